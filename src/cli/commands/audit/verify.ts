import type { Link } from '../../../audit/hash-chain.js';
import type { AuditCheck } from '../../../audit/verify.js';
import { CairnloopError } from '../../../foundation/errors.js';
import { configOption, cwdOption, defineCommand, jsonOption } from '../../command.js';
import { type HostOptions, withDatabase } from '../../host-database.js';
import type { Report } from '../../report.js';

interface VerifyOptions extends HostOptions {
  expect?: Link;
}

export const verify = defineCommand<VerifyOptions>({
  options: [
    {
      flags: '--expect <number:hash>',
      description: 'an end that was printed before: it must still be part of the record',
      parse: readLink,
    },
    cwdOption,
    configOption,
    jsonOption,
  ],
  examples: ['cairnloop audit verify', 'cairnloop audit verify --expect 1234:9f86d081884c7d65…'],
  exitCodes: { 1: 'the record is not what was sealed' },
  async run({ options }, io) {
    const { verifyAudit } = await import('../../../audit/verify.js');
    return withDatabase(options, io, async ({ db }) => checkReport(await verifyAudit(db, options.expect)));
  },
});

function readLink(text: string): Link {
  const [, seq, hash = ''] = /^(\d{1,15}):([0-9a-f]{64})$/i.exec(text) ?? [];
  if (seq !== undefined) return { seq: Number(seq), hash: hash.toLowerCase() };
  throw new CairnloopError('USAGE', {
    message: `--expect expected <number>:<64 hexadecimal digits>, found "${text}".`,
    hint: 'Copy it from what `cairnloop audit verify` printed before.',
  });
}

function checkReport({ end, broken, unsealed }: AuditCheck): Report {
  const json = { intact: broken === null, end, broken, unsealed };
  const waiting = `${unsealed} event(s) not sealed yet; a running worker seals them.`;
  if (!broken) {
    const text = `The record is intact: ${end.seq} sealed event(s), end ${end.seq}:${end.hash}\n${waiting}`;
    return { text, json };
  }
  const at = broken.eventId ? ` (${broken.eventId})` : '';
  const text = `The record is broken at event ${broken.seq}${at}: ${broken.reason}\nIt holds up to event ${end.seq}. ${waiting}`;
  return { text, json, exitCode: 1 };
}
