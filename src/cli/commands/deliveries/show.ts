import type { Delivery } from '../../../contracts/domain.js';
import { configOption, cwdOption, defineCommand, jsonOption } from '../../command.js';
import { withDatabase } from '../../host-database.js';
import type { CommandReport } from '../../report.js';
import { formatTable } from '../../table.js';
import { describeNextAttempt, redactedDelivery } from './delivery-text.js';

export const deliveriesShowCommand = defineCommand({
  arguments: [{ name: '<id>', description: 'the `deliveryId` that the callback received' }],
  options: [cwdOption, configOption, jsonOption],
  examples: ['cairnloop deliveries show 0196f0c2-…'],
  async run({ args: [id], options }, io) {
    const { getDelivery } = await import('../../../deliveries/list.js');
    const { readDatabaseTime } = await import('../../../db/database-time.js');
    return withDatabase(options, io, async ({ db }) => {
      const delivery = redactedDelivery(await getDelivery({ db }, id));
      return { text: deliveryText(delivery, await readDatabaseTime(db)), json: delivery } satisfies CommandReport;
    });
  },
});

function deliveryText(delivery: Delivery, now: Date): string {
  const lines: [string, string][] = [
    ['delivery', delivery.id],
    ['topic', delivery.topic],
    ['state', delivery.state],
    ['attempts', String(delivery.attempts)],
    ['next try', describeNextAttempt(delivery, now)],
    ['conversation', delivery.conversationId],
    ['about', delivery.subjectId ?? '-'],
    ['created', delivery.createdAt.toISOString()],
    ['due', delivery.availableAt.toISOString()],
    ['settled', delivery.settledAt?.toISOString() ?? '-'],
    ['last error', delivery.lastError ?? '-'],
  ];
  return formatTable(lines);
}
