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
    list: { ...list, summary: "Show the terms that the host's slaPolicyProvider answers" },
    set: { ...set, summary: "Hand new terms to the host's slaPolicyProvider" },
    explain: { ...explain, summary: "Say why a conversation's clocks are due when they are" },
    simulate: { ...simulate, summary: 'Replay past conversations under other SLA terms' },
  },
});
