import type { AuditAnchor } from '../../../contracts/domain.js';
import { configOption, cwdOption, defineCommand, jsonOption } from '../../command.js';
import { withDatabase } from '../../host-database.js';
import type { Report } from '../../report.js';

export const anchor = defineCommand({
  about:
    'Keep what it prints where the owner of the database cannot change it. Later, `cairnloop audit verify --anchor` finds any change of what was sealed until now. A worker hands the same to notifier.onAuditAnchor once a day.',
  options: [cwdOption, configOption, jsonOption],
  examples: ['cairnloop audit anchor --json >> anchors.jsonl', 'cairnloop audit verify --anchor anchors.jsonl'],
  async run({ options }, io) {
    const { readAnchor } = await import('../../../audit/anchor.js');
    return withDatabase(options, io, async ({ db }) => anchorReport(await readAnchor(db)));
  },
});

function anchorReport(found: AuditAnchor): Report {
  const { seq, hash, count, at, keyId } = found;
  const signed = keyId === null ? 'not signed' : `signed with key ${keyId}`;
  const text = `${seq}:${hash}\n${count} sealed event(s) at ${at.toISOString()}, ${signed}`;
  return { text, json: found };
}
