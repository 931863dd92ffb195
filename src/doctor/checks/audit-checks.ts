import { createOkFinding, createToCheckFinding, type DoctorCheck, defineCheck } from './check.js';
import { formatAge } from './format-age.js';

/**
 * The age in milliseconds above which doctor reports an audit event without a seal; a running worker seals within
 * seconds.
 */
const staleSealMs = 10 * 60_000;

/**
 * The age in milliseconds above which doctor reports the last audit anchor: one is due each day, and a failed call is
 * repeated within the hour.
 */
const staleAnchorMs = 26 * 3_600_000;

const key = defineCheck({
  code: 'AUDIT_KEY',
  title: 'key of the audit record',
  needs: 'config',
  judge: ({ file, auditKeyIds }, { work }) => {
    const used = work.state === 'known' ? work.value.audit.keyId : null;
    if (used !== null && !auditKeyIds.includes(used)) {
      const message = `The audit record is signed with key ${used}, which is not in ${file}: a worker with this config seals no events.`;
      return createToCheckFinding(message, `set audit.key to key ${used}, or list that key in audit.previousKeys`);
    }
    const [current] = auditKeyIds;
    if (current !== undefined) return createOkFinding(`The audit record is signed with audit.key (key ${current}).`);
    return createOkFinding(
      'No audit.key: the owner of the tables can rewrite the audit record, and only an anchor that was kept shows it.',
    );
  },
});

const sealing = defineCheck({
  code: 'AUDIT_SEALING',
  title: 'sealing of the audit record',
  needs: 'work',
  judge: ({ audit: { oldestUnsealedMs } }) => {
    if (oldestUnsealedMs === null || oldestUnsealedMs <= staleSealMs)
      return createOkFinding('Audit events are sealed.');
    const message = `Audit events have waited ${formatAge(oldestUnsealedMs)} to be sealed: no worker runs, or none has the audit.key of the record.`;
    return createToCheckFinding(
      message,
      'cairnloop worker; the log of the worker says why audit events are not sealed',
    );
  },
});

const anchor = defineCheck({
  code: 'AUDIT_ANCHOR',
  title: 'anchors of the audit record',
  needs: 'config',
  judge: ({ handsAnchors }, { work }) => {
    if (!handsAnchors) return createOkFinding('No notifier.onAuditAnchor: keep what `cairnloop audit anchor` prints.');
    if (work.state !== 'known') return createOkFinding('Audit anchors are handed to notifier.onAuditAnchor.');
    const { anchorHandedMs, anchorError } = work.value.audit;
    const last =
      anchorHandedMs === null
        ? 'No audit anchor was handed over yet'
        : `The last audit anchor was handed over ${formatAge(anchorHandedMs)} ago`;
    if (anchorError !== null)
      return createToCheckFinding(
        `${last}; onAuditAnchor failed: ${anchorError}.`,
        'correct notifier.onAuditAnchor; a worker tries again',
      );
    if (anchorHandedMs !== null && anchorHandedMs > staleAnchorMs)
      return createToCheckFinding(`${last}.`, 'cairnloop worker');
    return createOkFinding(`${last}.`);
  },
});

export const auditChecks: readonly DoctorCheck[] = [key, sealing, anchor];
