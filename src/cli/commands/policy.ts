import { defineCommand } from '../command.js';
import { replay } from './policy/replay.js';

export const command = defineCommand({
  examples: ['cairnloop policy replay --since 30d', 'cairnloop policy replay --json'],
  subcommands: {
    replay: { ...replay, summary: 'Put stored proposals to the configured policy, without acting' },
  },
});
