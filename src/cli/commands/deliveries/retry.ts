import { deliveryTopics } from '../../../contracts/domain.js';
import type { RetryRange } from '../../../contracts/inputs.js';
import type { DeliveryCountsByTopic } from '../../../deliveries/retry-range.js';
import { CairnloopError } from '../../../foundation/errors.js';
import { configOption, cwdOption, declareOptions, defineCommand, jsonOption } from '../../command.js';
import type { OptionValues } from '../../command-input.js';
import { mayPrompt } from '../../finish-plan.js';
import { type HostOptions, withCairnloop, withDatabase } from '../../host-database.js';
import type { CliIo } from '../../io.js';
import type { CommandReport } from '../../report.js';
import { sinceOption } from '../../since.js';
import { cliActor } from './cli-actor.js';
import { redactedDelivery } from './delivery-text.js';

const options = declareOptions([
  { flags: '--topic <topic>', description: 'discarded deliveries of this topic', choices: deliveryTopics },
  {
    flags: '--state <state>',
    description: 'all deliveries that were discarded after their last attempt',
    choices: ['discarded'],
  },
  { ...sinceOption, description: `deliveries discarded ${sinceOption.description}` },
  {
    flags: '--all',
    description: 'all discarded deliveries, except those discarded by hand: retry each of these by its id',
  },
  { flags: '--dry-run', description: 'print how many would be retried and change nothing' },
  { flags: '-y, --yes', description: 'do not ask before a range is retried; with an id: send a scheduled message now' },
  cwdOption,
  configOption,
  jsonOption,
]);

type RetryOptions = OptionValues<typeof options>;

export const deliveriesRetryCommand = defineCommand({
  arguments: [
    {
      name: '[id]',
      description: 'id of a pending or discarded delivery, but not of the breach callback of a running SLA clock',
    },
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
  const found = id === undefined ? 'neither' : isRange ? 'both' : 'an id with --dry-run, which needs a range';
  throw new CairnloopError('USAGE', {
    message: `deliveries retry expected either an id or a range, found ${found}.`,
    hint: 'Name one delivery, or a range with --topic, --since, --state discarded or --all.',
  });
}

async function retryOne(id: string, options: RetryOptions, io: CliIo): Promise<CommandReport> {
  const input = { actor: cliActor(), releaseScheduled: options.yes ?? false };
  const delivery = await withCairnloop(options, io, ({ deliveries }) => deliveries.retry(id, input));
  // A message may be scheduled for later, and the breach callback of a running SLA clock is due when the clock ends.
  const isLater = delivery.availableAt.getTime() > Date.now() + 1000;
  const name = `Delivery ${delivery.id} (${delivery.topic})`;
  return {
    text: isLater
      ? `${name} will be retried at ${delivery.availableAt.toISOString()}.`
      : `${name} will be retried by the next free worker.`,
    json: redactedDelivery(delivery),
  };
}

async function preview(range: RetryRange, options: HostOptions, io: CliIo): Promise<CommandReport> {
  const { countRetryableDeliveries } = await import('../../../deliveries/retry-range.js');
  const topics = await withDatabase(options, io, ({ db }) => countRetryableDeliveries({ db }, range));
  return rangeReport('would be retried', topics, true);
}

async function retryAll(range: RetryRange, options: RetryOptions, io: CliIo): Promise<CommandReport> {
  const actor = cliActor();
  const topics = await withCairnloop(options, io, async ({ deliveries }) => {
    if (mayPrompt(options, io)) await confirm(await deliveries.countRetryable(range), io);
    return deliveries.retryRange(range, { actor });
  });
  return rangeReport('will be retried by the next free worker', topics, false);
}

/** Asks for confirmation, because a message that was sent to a customer cannot be recalled. */
async function confirm(topics: DeliveryCountsByTopic, io: CliIo): Promise<void> {
  const { text, json } = rangeReport('would be retried', topics, true);
  if ((json as { count: number }).count === 0) return;
  const agreed = await io.ask.confirm({ message: `${text} Retry?`, initial: false });
  if (!agreed) throw new CairnloopError('CANCELLED', {});
}

function rangeReport(what: string, topics: DeliveryCountsByTopic, dryRun: boolean): CommandReport {
  const count = Object.values(topics).reduce((sum, each) => sum + each, 0);
  const listed = Object.entries(topics).map(([topic, each]) => `${topic} ${each}`);
  const deliveries = count === 1 ? 'delivery' : 'deliveries';
  const text = `${count} discarded ${deliveries} ${what}${count > 0 ? `: ${listed.join(', ')}` : ''}.`;
  return { text, json: { dryRun, count, topics } };
}
