import type { Cairnloop } from '../../../contracts/cairnloop.js';
import type { ErasureCounts } from '../../../contracts/customer-data.js';
import { CairnloopError } from '../../../foundation/errors.js';
import { configOption, cwdOption, declareOptions, defineCommand, jsonOption } from '../../command.js';
import type { OptionValues } from '../../command-input.js';
import { mayPrompt } from '../../finish-plan.js';
import { withCairnloop } from '../../host-database.js';
import type { CliIo } from '../../io.js';
import { withProgress } from '../../progress.js';
import type { CommandReport } from '../../report.js';
import { cliActor } from '../deliveries/cli-actor.js';

const options = declareOptions([
  {
    flags: '--reason <text>',
    description: "the reason for the audit record, without the customer's name or address",
    default: 'requested on the command line',
  },
  { flags: '--dry-run', description: 'count what would be erased and erase nothing' },
  { flags: '-y, --yes', description: 'do not ask for confirmation; required without a terminal' },
  cwdOption,
  configOption,
  jsonOption,
]);

type EraseOptions = OptionValues<typeof options>;

export const customerEraseCommand = defineCommand({
  arguments: [{ name: '<actorId>', description: 'the exact id that the host gave the customer' }],
  options,
  examples: [
    'cairnloop customer erase cust-7 --dry-run',
    'cairnloop customer erase cust-7 --reason "Request 4711" --yes',
  ],
  exitCodes: { 130: 'cancelled' },
  async run({ args: [actorId], options }, io) {
    return withCairnloop(options, io, async ({ customers }) => {
      if (options.dryRun) return report(actorId, await customers.erase(actorId, { dryRun: true }), true);
      if (!options.yes) await agree(customers, actorId, options, io);
      const counts = await withProgress('Erasing', options, io, () =>
        customers.erase(actorId, { actor: cliActor(), reason: options.reason }),
      );
      return report(actorId, counts, false);
    });
  },
});

/** Shows what would be erased and asks for confirmation. Throws `USAGE` or `CANCELLED`. */
async function agree(
  customers: Cairnloop['customers'],
  actorId: string,
  options: EraseOptions,
  io: CliIo,
): Promise<void> {
  const { text } = report(actorId, await customers.erase(actorId, { dryRun: true }), true);
  if (!mayPrompt(options, io)) {
    throw new CairnloopError('USAGE', {
      message: `${text}\ncustomer erase expected --yes, because it cannot ask for confirmation here; found none.`,
      hint: 'Nothing was erased. Run the command again with --yes.',
    });
  }
  const agreed = await io.ask.confirm({ message: `${text} Erase it for good?`, initial: false });
  if (!agreed) throw new CairnloopError('CANCELLED', {});
}

function report(actorId: string, counts: ErasureCounts, dryRun: boolean): CommandReport {
  const { conversations, messages, drafts, auditEvents, deliveries } = counts;
  const listed = [
    counted(conversations, 'conversation'),
    counted(messages, 'message'),
    counted(drafts, 'draft'),
    counted(auditEvents, 'audit event'),
    deliveries === 1 ? '1 delivery' : `${deliveries} deliveries`,
  ].join(', ');
  const text = `${dryRun ? 'Would erase' : 'Erased'} what is stored about "${actorId}": ${listed}.`;
  return { text, json: { dryRun, ...counts } };
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
