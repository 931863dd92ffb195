import type { Cairnloop } from '../../../contracts/cairnloop.js';
import type { ErasureCounts } from '../../../contracts/domain.js';
import { CairnloopError } from '../../../foundation/errors.js';
import { configOption, cwdOption, defineCommand, jsonOption } from '../../command.js';
import { mayAsk } from '../../finish-plan.js';
import { type HostOptions, withCairnloop } from '../../host-database.js';
import type { CliIo } from '../../io.js';
import type { Report } from '../../report.js';
import { cliActor } from '../deliveries/cli-actor.js';

interface EraseOptions extends HostOptions {
  reason: string;
  dryRun?: boolean;
  yes?: boolean;
  json?: boolean;
}

export const erase = defineCommand<EraseOptions>({
  arguments: [{ name: '<actorId>', description: 'the id that the host gave the customer, to the letter' }],
  options: [
    {
      flags: '--reason <text>',
      description: 'why, for the audit record, without the name or the address of the customer',
      default: 'requested on the command line',
    },
    { flags: '--dry-run', description: 'count what would be erased and erase nothing' },
    { flags: '-y, --yes', description: 'do not ask; needed where nobody can be asked' },
    cwdOption,
    configOption,
    jsonOption,
  ],
  examples: [
    'cairnloop customer erase cust-7 --dry-run',
    'cairnloop customer erase cust-7 --reason "Request 4711" --yes',
  ],
  exitCodes: { 130: 'cancelled' },
  async run({ args: [actorId = ''], options }, io) {
    return withCairnloop(options, io, async ({ customers }) => {
      if (options.dryRun) return report(actorId, await customers.erase(actorId, { dryRun: true }), true);
      if (!options.yes) await agree(customers, actorId, options, io);
      const counts = await customers.erase(actorId, { actor: cliActor(), reason: options.reason });
      return report(actorId, counts, false);
    });
  },
});

/** Names what would be erased before it is. */
async function agree(
  customers: Cairnloop['customers'],
  actorId: string,
  options: EraseOptions,
  io: CliIo,
): Promise<void> {
  const { text } = report(actorId, await customers.erase(actorId, { dryRun: true }), true);
  if (!mayAsk(options, io)) {
    throw new CairnloopError('USAGE', {
      message: `${text}\ncustomer erase expected --yes, as nobody can be asked here; found none.`,
      hint: 'Nothing was erased. Run the command again with --yes.',
    });
  }
  const agreed = await io.ask.confirm({ message: `${text} Erase it for good?`, initial: false });
  if (!agreed) throw new CairnloopError('CANCELLED', {});
}

function report(actorId: string, counts: ErasureCounts, dryRun: boolean): Report {
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
