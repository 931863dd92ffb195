import { isDeepStrictEqual } from 'node:util';
import type { BusinessCalendar, SlaPolicy } from '../../../contracts/sla-policy-provider.js';
import { CairnloopError } from '../../../foundation/errors.js';
import { maxTermMinutes } from '../../../sla/validate-policies.js';
import { configOption, cwdOption, defineCommand, jsonOption, wholeNumber } from '../../command.js';
import { type HostOptions, withDatabase } from '../../host-database.js';
import type { CliIo } from '../../io.js';
import { readJsonFile } from '../../json-file.js';
import { policyTable } from '../../policy-table.js';
import type { Report } from '../../report.js';

interface SetOptions extends HostOptions {
  response?: number;
  breach?: number;
  calendar?: string;
  actor: string;
}

const minutes = { min: 1, max: maxTermMinutes };

export const set = defineCommand<SetOptions>({
  arguments: [{ name: '<priority>', description: 'the priority that the terms are for' }],
  options: [
    {
      flags: '--response <minutes>',
      description: 'when an answer is due',
      parse: wholeNumber('--response', minutes),
    },
    {
      flags: '--breach <minutes>',
      description: 'when the breach callback is called',
      parse: wholeNumber('--breach', minutes),
    },
    { flags: '--calendar <file>', description: 'business hours: a JSON file with timeZone, hours and holidays' },
    { flags: '--actor <id>', description: 'who sets them, for the audit record', default: 'system:cli' },
    cwdOption,
    configOption,
    jsonOption,
  ],
  examples: ['cairnloop sla set high --response 60 --breach 240', 'cairnloop sla set high --breach 480'],
  exitCodes: { 1: 'the provider is read-only or refused the terms; nothing was changed' },
  async run({ args: [priority = ''], options }, io) {
    const attrs = await readTerms(options, io);
    const { activePolicies, setPolicy } = await import('../../../sla/policies.js');
    const { pino } = await import('pino');
    return withDatabase(options, io, async ({ config, db }) => {
      const runtime = { config, db, log: pino({ level: 'silent' }) };
      await setPolicy(runtime, priority, attrs, { actor: { id: options.actor } });
      return rereadReport(priority, attrs, await activePolicies(runtime));
    });
  },
});

async function readTerms({ response, breach, calendar }: SetOptions, io: CliIo): Promise<Partial<SlaPolicy>> {
  if (response === undefined && breach === undefined && calendar === undefined) {
    throw new CairnloopError('USAGE', {
      message: 'sla set expected terms to set, found none.',
      hint: 'Give --response, --breach or --calendar.',
    });
  }
  return {
    ...(response !== undefined && { responseMinutes: response }),
    ...(breach !== undefined && { breachMinutes: breach }),
    ...(calendar !== undefined && { calendar: (await readJsonFile(calendar, io)) as BusinessCalendar }),
  };
}

/** A provider that says it stored the terms but does not answer them has not: the next clock would run under others. */
function rereadReport(priority: string, attrs: Partial<SlaPolicy>, policies: SlaPolicy[]): Report {
  const active = policies.find((policy) => policy.priority === priority);
  const took = active !== undefined && isDeepStrictEqual({ ...active, ...attrs }, active);
  const json = { priority, stored: took, policy: active ?? null };
  if (took) return { text: `Stored; the next clock runs under these terms.\n${policyTable([active])}`, json };
  const found = active ? `still\n${policyTable([active])}` : 'no policy for it';
  return {
    text: `The provider accepted the terms for "${priority}", but getActivePolicies answers ${found}`,
    json,
    exitCode: 1,
  };
}
