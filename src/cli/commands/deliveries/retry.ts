import { deliveryTopics } from '../../../contracts/domain.js';
import type { RetryRange } from '../../../contracts/inputs.js';
import type { TopicCounts } from '../../../deliveries/retry-range.js';
import { CairnloopError } from '../../../foundation/errors.js';
import { configOption, cwdOption, declareOptions, defineCommand, jsonOption } from '../../command.js';
import type { OptionsOf } from '../../command-input.js';
import { mayPrompt } from '../../finish-plan.js';
import { type HostOptions, withCairnloop, withDatabase } from '../../host-database.js';
import type { CliIo } from '../../io.js';
import type { Report } from '../../report.js';
import { sinceOption } from '../../since.js';
import { cliActor } from './cli-actor.js';
import { redactedDelivery } from './delivery-text.js';

const options = declareOptions([
  { flags: '--topic <topic>', description: 'discarded deliveries of this topic', choices: deliveryTopics },
  { flags: '--state <state>', description: 'all that were discarded after their last attempt', choices: ['discarded'] },
  { ...sinceOption, description: `deliveries discarded ${sinceOption.description}` },
  { flags: '--all', description: 'all except those discarded by hand, which are retried by id' },
  { flags: '--dry-run', description: 'print how many would be retried and change nothing' },
  { flags: '-y, --yes', description: 'do not ask before a range is retried; send a scheduled message now' },
  cwdOption,
  configOption,
  jsonOption,
]);

type RetryOptions = OptionsOf<typeof options>;

export const retry = defineCommand({
  arguments: [
    { name: '[id]', description: 'id of a pending or discarded delivery, except the countdown of a running SLA clock' },
  ],
  options,
  examples: [
    'cairnloop deliveries retry 0196f0c2-…',
    'cairnloop deliveries retry --topic outbound --since 2h --dry-run',
    'cairnloop deliveries retry --all',
  ],
  exitCodes: { 130: 'cancelled' },
  async run({ args: [id], options }, io) {
    const { topic, since } = options;
    refuseVague(id, options);
    if (id !== undefined) return retryOne(id, options, io);
    return options.dryRun ? preview({ topic, since }, options, io) : retryAll({ topic, since }, options, io);
  },
});

/** Requires one delivery or an explicit range, so that a forgotten option does not retry everything. */
function refuseVague(id: string | undefined, { topic, state, since, all, dryRun }: RetryOptions): void {
  const isRange = Boolean(topic ?? state ?? since ?? all);
  if (id === undefined ? isRange : !isRange && !dryRun) return;
  const found = id === undefined ? 'neither' : isRange ? 'both' : 'an id with --dry-run, which goes with a range';
  throw new CairnloopError('USAGE', {
    message: `deliveries retry expected either an id or a range, found ${found}.`,
    hint: 'Name one delivery, or a range with --topic, --since, --state discarded or --all.',
  });
}

async function retryOne(id: string, options: RetryOptions, io: CliIo): Promise<Report> {
  const input = { actor: cliActor(), releaseScheduled: options.yes ?? false };
  const delivery = await withCairnloop(options, io, ({ deliveries }) => deliveries.retry(id, input));
  // Scheduled for later, or the countdown of a clock that still runs.
  const when =
    delivery.availableAt.getTime() > Date.now() + 1000
      ? `at ${delivery.availableAt.toISOString()}`
      : 'by the next free worker';
  return {
    text: `Delivery ${delivery.id} (${delivery.topic}) is called again ${when}.`,
    json: redactedDelivery(delivery),
  };
}

async function preview(range: RetryRange, options: HostOptions, io: CliIo): Promise<Report> {
  const { countRetryableDeliveries } = await import('../../../deliveries/retry-range.js');
  const topics = await withDatabase(options, io, ({ db }) => countRetryableDeliveries({ db }, range));
  return rangeReport(() => 'would be called again', topics, true);
}

async function retryAll(range: RetryRange, options: RetryOptions, io: CliIo): Promise<Report> {
  const actor = cliActor();
  const topics = await withCairnloop(options, io, async ({ deliveries }) => {
    if (mayPrompt(options, io)) await confirm(await deliveries.countRetryable(range), io);
    return deliveries.retryRange(range, { actor });
  });
  return rangeReport((are) => `${are} called again by the next free worker`, topics, false);
}

/** Asks first, because a message sent to a customer cannot be taken back. */
async function confirm(topics: TopicCounts, io: CliIo): Promise<void> {
  const { text, json } = rangeReport(() => 'would be called again', topics, true);
  if ((json as { count: number }).count === 0) return;
  const agreed = await io.ask.confirm({ message: `${text} Call again?`, initial: false });
  if (!agreed) throw new CairnloopError('CANCELLED', {});
}

function rangeReport(what: (are: 'is' | 'are') => string, topics: TopicCounts, dryRun: boolean): Report {
  const count = Object.values(topics).reduce((sum, each) => sum + each, 0);
  const listed = Object.entries(topics).map(([topic, each]) => `${topic} ${each}`);
  const [deliveries, are] = count === 1 ? (['delivery', 'is'] as const) : (['deliveries', 'are'] as const);
  const text = `${count} discarded ${deliveries} ${what(are)}${count > 0 ? `: ${listed.join(', ')}` : ''}.`;
  return { text, json: { dryRun, count, topics } };
}
