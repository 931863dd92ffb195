import {
  type Delivery,
  type DeliveryState,
  deliveryStates,
  deliveryTopics,
  type Page,
} from '../../../contracts/domain.js';
import type { WorkerHealth } from '../../../workspace/model.js';
import { configOption, cwdOption, defineCommand, jsonOption, wholeNumberParser } from '../../command.js';
import { withDatabase } from '../../host-database.js';
import type { CommandReport } from '../../report.js';
import { formatTable } from '../../table.js';
import { describeNextAttempt, formatAge, redactedDelivery } from './delivery-text.js';

/** The states that `deliveries list` shows by default. */
const undelivered: DeliveryState[] = ['pending', 'discarded'];

export const deliveriesListCommand = defineCommand({
  options: [
    {
      flags: '--state <state>',
      description: 'only deliveries in this state (default: pending and discarded)',
      choices: deliveryStates,
    },
    { flags: '--topic <topic>', description: 'only deliveries of this topic', choices: deliveryTopics },
    {
      flags: '--limit <number>',
      description: 'page size (default: 50)',
      parse: wholeNumberParser('--limit', { min: 1, max: 200 }),
    },
    { flags: '--cursor <cursor>', description: 'continue after the previous page, with the cursor that it printed' },
    cwdOption,
    configOption,
    jsonOption,
  ],
  examples: ['cairnloop deliveries list', 'cairnloop deliveries list --state discarded --topic outbound --json'],
  async run({ options }, io) {
    const { listDeliveries } = await import('../../../deliveries/list.js');
    const { findWorkerHealth } = await import('../../../workspace/queries/delivery-lines.js');
    const { state = undelivered, topic, cursor, limit } = options;
    return withDatabase(options, io, async ({ db }) => {
      const page = await listDeliveries({ db }, { state, topic, cursor, limit });
      const printed = { ...page, items: page.items.map(redactedDelivery) };
      return pageReport(printed, await findWorkerHealth({ db }), io.stdout.columns);
    });
  },
});

function pageReport(
  { items, nextCursor }: Page<Delivery>,
  health: WorkerHealth,
  width: number | undefined,
): CommandReport {
  const { now, oldestDueAt, lastBeatAt, workers } = health;
  const rows = items.map((delivery) => [
    delivery.id,
    delivery.topic,
    delivery.state,
    String(delivery.attempts),
    describeNextAttempt(delivery, now),
    formatAge(delivery.createdAt, now),
    delivery.lastError ?? '',
  ]);
  const head = ['id', 'topic', 'state', 'attempts', 'next try', 'age', 'last error'];
  const more = nextCursor ? [`More: --cursor ${nextCursor}`] : [];
  const found = rows.length === 0 ? 'No deliveries match.' : formatTable([head, ...rows], { width, free: [6] });
  return {
    text: [...healthLines(health), '', found, ...more].join('\n'),
    json: { now, oldestDueAt, lastBeatAt, workers, items, nextCursor },
  };
}

function healthLines({ now, oldestDueAt, lastBeatAt, workers }: WorkerHealth): string[] {
  const running = workers > 0 ? '' : '; no worker is running';
  return [
    oldestDueAt ? `Oldest due delivery: waiting for ${formatAge(oldestDueAt, now)}` : 'Oldest due delivery: none',
    lastBeatAt
      ? `Last worker heartbeat: ${formatAge(lastBeatAt, now)} ago${running}`
      : 'Last worker heartbeat: no worker is running',
  ];
}
