import { isDeepStrictEqual } from 'node:util';
import type { BusinessCalendar, SlaPolicy } from '../../../contracts/sla-policy-provider.js';
import { CairnloopError } from '../../../foundation/errors.js';
import { maxSlaTermMinutes } from '../../../sla/validate-policies.js';
import {
  configOption,
  cwdOption,
  declareOptions,
  defineCommand,
  jsonOption,
  wholeNumberParser,
} from '../../command.js';
import type { OptionValues } from '../../command-input.js';
import { formatSlaPolicies } from '../../format-sla-policies.js';
import { withDatabase } from '../../host-database.js';
import type { CliIo } from '../../io.js';
import { readJsonFile } from '../../json-file.js';
import type { CommandReport } from '../../report.js';

const minutes = { min: 1, max: maxSlaTermMinutes };

const options = declareOptions([
  {
    flags: '--response <minutes>',
    description: 'minutes until a reply is due',
    parse: wholeNumberParser('--response', minutes),
  },
  {
    flags: '--breach <minutes>',
    description: 'minutes until the breach callback is called',
    parse: wholeNumberParser('--breach', minutes),
  },
  { flags: '--calendar <file>', description: 'business hours: a JSON file with timeZone, hours and holidays' },
  { flags: '--actor <id>', description: 'who sets the terms, for the audit record', default: 'system:cli' },
  cwdOption,
  configOption,
  jsonOption,
]);

type SetOptions = OptionValues<typeof options>;

export const slaSetCommand = defineCommand({
  arguments: [{ name: '<priority>', description: 'the priority that the terms apply to' }],
  options,
  examples: ['cairnloop sla set high --response 60 --breach 240', 'cairnloop sla set high --breach 480'],
  exitCodes: { 1: 'the provider is read-only or refused the terms; nothing was changed' },
  async run({ args: [priority], options }, io) {
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

/** Reads the terms again: a provider may report success without storing them. */
function rereadReport(priority: string, attrs: Partial<SlaPolicy>, policies: SlaPolicy[]): CommandReport {
  const active = policies.find((policy) => policy.priority === priority);
  const took = active !== undefined && isDeepStrictEqual({ ...active, ...attrs }, active);
  const json = { priority, stored: took, policy: active ?? null };
  if (took) return { text: `Stored; the next clock runs under these terms.\n${formatSlaPolicies([active])}`, json };
  const found = active ? `still\n${formatSlaPolicies([active])}` : `no policy for priority "${priority}"`;
  return {
    text: `The provider accepted the terms for "${priority}", but getActivePolicies returns ${found}`,
    json,
    exitCode: 1,
  };
}
