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
    list: { ...list, summary: 'List callbacks that wait, fail or were discarded, newest first' },
    show: { ...show, summary: 'Show all that is known of one delivery' },
    retry: {
      ...retry,
      summary: 'Call deliveries again now: one that waits or was discarded, or a range of discarded ones',
    },
    discard: { ...discard, summary: 'Give a waiting delivery up' },
  },
});
