import { defineCommand } from '../command.js';
import { explain } from './sla/explain.js';
import { list } from './sla/list.js';
import { set } from './sla/set.js';
import { simulate } from './sla/simulate.js';

export const command = defineCommand({
  examples: [
    'cairnloop sla list',
    'cairnloop sla set high --response 60 --breach 240',
    'cairnloop sla explain 0196f0c2-…',
    'cairnloop sla simulate --policy file.json --since 30d',
  ],
  subcommands: {
    list: { ...list, summary: "Show the terms that the host's slaPolicyProvider returns" },
    set: { ...set, summary: "Set the terms of a priority through the host's slaPolicyProvider" },
    explain: { ...explain, summary: 'Explain when the clocks of a conversation are due, and why' },
    simulate: { ...simulate, summary: 'Replay past conversations under other SLA terms' },
  },
});
