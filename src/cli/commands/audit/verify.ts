import { auditLevels } from '../../../audit/levels.js';
import type { AuditVerification } from '../../../audit/verify.js';
import { configOption, cwdOption, defineCommand, jsonOption } from '../../command.js';
import { withDatabase } from '../../host-database.js';
import { withProgress } from '../../progress.js';
import type { CommandReport } from '../../report.js';
import { parseChainLink, readGivenAuditAnchors } from './read-anchors.js';

export const auditVerifyCommand = defineCommand({
  about:
    'Reports what each of three levels proves: the hash chain alone, an anchor that was stored elsewhere (--anchor), and the key of the config (audit.key). docs/audit.md lists the tampering that each of them detects.',
  options: [
    {
      flags: '--anchor <file|number:hash>',
      description:
        'an anchor that `cairnloop audit anchor` printed, or a file of them: each must still be part of the record',
    },
    {
      flags: '--expect <number:hash>',
      description: 'like --anchor, for the end of the chain that an earlier `audit verify` printed',
      parse: (text: string) => parseChainLink('--expect', text),
    },
    cwdOption,
    configOption,
    jsonOption,
  ],
  examples: [
    'cairnloop audit verify',
    'cairnloop audit verify --anchor anchors.jsonl',
    'cairnloop audit verify --anchor 1234:9f86d081884c7d65…',
  ],
  exitCodes: {
    1: 'the record was changed after it was sealed, or signed events could not be checked because their key is missing',
  },
  async run({ options }, io) {
    const { verifyAudit } = await import('../../../audit/verify.js');
    const { toAuditKeys } = await import('../../../audit/keys.js');
    const named = options.anchor === undefined ? [] : await readGivenAuditAnchors(options.anchor, io);
    const anchors = options.expect ? [...named, options.expect] : named;
    return withDatabase(options, io, async ({ db, config }) =>
      withProgress('Checking the audit record', options, io, async (show) => {
        const onPage = (seq: number) => show(`checked up to event ${seq}`);
        return checkReport(await verifyAudit(db, { anchors, keys: toAuditKeys(config.audit), onPage }));
      }),
    );
  },
});

function checkReport(check: AuditVerification): CommandReport {
  const { end, broken, unsealed, intact, levels } = check;
  const json = { intact, end, broken, unsealed, levels };
  const text = [
    ...verdict(check),
    'What is proven:',
    ...auditLevels.map((level) => `  ${level.padEnd(6)}  ${levels[level].status.padEnd(7)}  ${levels[level].proves}`),
  ].join('\n');
  return intact ? { text, json } : { text, json, exitCode: 1 };
}

function verdict({ end, broken, unsealed, intact }: AuditVerification): string[] {
  const waiting = `${unsealed} event(s) not sealed yet; a running worker seals them.`;
  if (broken) {
    const at = broken.eventId ? ` (${broken.eventId})` : '';
    const where = `The audit record is broken at event ${broken.seq}${at}: ${broken.reason}`;
    return [where, `The audit record is intact up to event ${end.seq}. ${waiting}`];
  }
  const state = `${end.seq} sealed event(s), end ${end.seq}:${end.hash}`;
  return [
    intact
      ? `The audit record is intact: ${state}`
      : `The chain is consistent, but its signatures were not checked: ${state}`,
    waiting,
  ];
}
