import { defineCommand } from '../command.js';
import { discard } from './deliveries/discard.js';
import { list } from './deliveries/list.js';
import { retry } from './deliveries/retry.js';
import { show } from './deliveries/show.js';

export const command = defineCommand({
  examples: [
    'cairnloop deliveries list --state discarded',
    'cairnloop deliveries retry 0196f0c2-…',
    'cairnloop deliveries retry --topic outbound --since 2h --dry-run',
  ],
  subcommands: {
    list: { ...list, summary: 'List pending, failing and discarded deliveries, newest first' },
    show: { ...show, summary: 'Show one delivery in full' },
    retry: {
      ...retry,
      summary: 'Retry one delivery now, or a range of discarded ones',
    },
    discard: { ...discard, summary: 'Discard a pending delivery' },
  },
});
