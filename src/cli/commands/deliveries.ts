import { defineCommand } from '../command.js';
import { deliveriesDiscardCommand } from './deliveries/discard.js';
import { deliveriesListCommand } from './deliveries/list.js';
import { deliveriesRetryCommand } from './deliveries/retry.js';
import { deliveriesShowCommand } from './deliveries/show.js';

export const deliveriesCommand = defineCommand({
  examples: [
    'cairnloop deliveries list --state discarded',
    'cairnloop deliveries retry 0196f0c2-…',
    'cairnloop deliveries retry --topic outbound --since 2h --dry-run',
  ],
  subcommands: {
    list: { ...deliveriesListCommand, summary: 'List pending, failing and discarded deliveries, newest first' },
    show: { ...deliveriesShowCommand, summary: 'Show one delivery in full' },
    retry: {
      ...deliveriesRetryCommand,
      summary: 'Retry one delivery now, or a range of discarded ones',
    },
    discard: { ...deliveriesDiscardCommand, summary: 'Discard a pending delivery' },
  },
});
