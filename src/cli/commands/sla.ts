import { defineCommand } from '../command.js';
import { slaExplainCommand } from './sla/explain.js';
import { slaListCommand } from './sla/list.js';
import { slaSetCommand } from './sla/set.js';
import { slaSimulateCommand } from './sla/simulate.js';

export const slaCommand = defineCommand({
  examples: [
    'cairnloop sla list',
    'cairnloop sla set high --response 60 --breach 240',
    'cairnloop sla explain 0196f0c2-…',
    'cairnloop sla simulate --policy file.json --since 30d',
  ],
  subcommands: {
    list: { ...slaListCommand, summary: "Show the terms that the host's slaPolicyProvider returns" },
    set: { ...slaSetCommand, summary: "Set the terms of a priority through the host's slaPolicyProvider" },
    explain: { ...slaExplainCommand, summary: 'Explain when the clocks of a conversation are due, and why' },
    simulate: { ...slaSimulateCommand, summary: 'Replay past conversations under other SLA terms' },
  },
});
