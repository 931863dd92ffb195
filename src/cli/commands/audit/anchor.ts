import type { AuditAnchor } from '../../../contracts/domain.js';
import { configOption, cwdOption, defineCommand, jsonOption } from '../../command.js';
import { withDatabase } from '../../host-database.js';
import type { CommandReport } from '../../report.js';

export const auditAnchorCommand = defineCommand({
  about:
    'Store the printed anchor where the owner of the database cannot change it. `cairnloop audit verify --anchor` then detects any change to the events that are sealed now. A worker also passes an anchor to notifier.onAuditAnchor once a day.',
  options: [cwdOption, configOption, jsonOption],
  examples: ['cairnloop audit anchor --json >> anchors.jsonl', 'cairnloop audit verify --anchor anchors.jsonl'],
  async run({ options }, io) {
    const { readAuditAnchor } = await import('../../../audit/anchor.js');
    return withDatabase(options, io, async ({ db }) => anchorReport(await readAuditAnchor(db)));
  },
});

function anchorReport(found: AuditAnchor): CommandReport {
  const { seq, hash, count, at, keyId } = found;
  const signed = keyId === null ? 'not signed' : `signed with key ${keyId}`;
  const text = `${seq}:${hash}\n${count} sealed event(s) at ${at.toISOString()}, ${signed}`;
  return { text, json: found };
}
