import type { Delivery } from '../../../contracts/domain.js';
import { CairnloopError } from '../../../foundation/errors.js';
import { configOption, cwdOption, defineCommand, jsonOption } from '../../command.js';
import { mayPrompt } from '../../finish-plan.js';
import { withCairnloop } from '../../host-database.js';
import type { CliIo } from '../../io.js';
import type { CommandReport } from '../../report.js';
import { singleLine } from '../../single-line-text.js';
import { cliActor } from './cli-actor.js';
import { redactedDelivery } from './delivery-text.js';

export const deliveriesDiscardCommand = defineCommand({
  arguments: [
    { name: '<id>', description: 'id of a pending delivery, but not of the breach callback of a running SLA clock' },
  ],
  options: [
    { flags: '-y, --yes', description: 'do not ask for confirmation (asked only in a terminal, without --json)' },
    cwdOption,
    configOption,
    jsonOption,
  ],
  examples: ['cairnloop deliveries discard 0196f0c2-…', 'cairnloop deliveries discard 0196f0c2-… --yes'],
  exitCodes: { 130: 'cancelled' },
  async run({ args: [id], options }, io) {
    return withCairnloop(options, io, async ({ deliveries }) => {
      if (mayPrompt(options, io)) await confirm(await deliveries.get(id), io);
      const delivery = await deliveries.discard(id, { actor: cliActor() });
      return {
        text: `Delivery ${delivery.id} (${delivery.topic}) is discarded. \`cairnloop deliveries retry ${delivery.id}\` retries it.`,
        json: redactedDelivery(delivery),
      } satisfies CommandReport;
    });
  },
});

async function confirm(delivery: Delivery, io: CliIo): Promise<void> {
  const { id, topic, attempts, lastError } = redactedDelivery(delivery);
  const standing = `${topic}, attempts: ${attempts}, last error: ${singleLine(lastError ?? 'none', 200)}`;
  const agreed = await io.ask.confirm({ message: `Discard ${id} (${standing})?`, initial: false });
  if (!agreed) throw new CairnloopError('CANCELLED', {});
}
