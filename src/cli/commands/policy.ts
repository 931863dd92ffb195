import { defineCommand } from '../command.js';
import { policyReplayCommand } from './policy/replay.js';

export const policyCommand = defineCommand({
  examples: ['cairnloop policy replay --since 30d', 'cairnloop policy replay --json'],
  subcommands: {
    replay: { ...policyReplayCommand, summary: 'Re-run the policy on stored proposals (dry run)' },
  },
});
