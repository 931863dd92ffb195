import { readAuditAnchor } from '../audit/anchor.js';
import type { AuditAnchor } from '../contracts/domain.js';
import { declareStatement } from '../db/statement.js';
import { deepFreeze } from '../foundation/deep-freeze.js';
import { errorText } from '../foundation/redact.js';
import { returnedFailureReason } from '../foundation/returned-failure.js';
import { withTimeout } from '../foundation/with-timeout.js';
import type { Runtime } from '../runtime.js';

/**
 * How much longer the lease of a turn is than the time limit of a call, in milliseconds. When the lease ends, another
 * worker tries.
 */
const claimSlackMs = 30_000;

/** A claimed turn to hand over the audit anchor. Its id stays the same until the hand-over succeeds. */
interface Turn {
  id: string;
  attempts: number;
}

/**
 * Hands the end of the audit chain to `notifier.onAuditAnchor`, once a day over all workers. A failure is retried after
 * a minute, later ones after up to an hour. At least once: if a worker dies during the call, another one repeats it.
 */
export async function handOverAuditAnchor(runtime: Runtime): Promise<void> {
  const { config, db, log } = runtime;
  if (!config.notifier?.onAuditAnchor) return;
  const [turn] = await db.run(claimTurn, { leaseMs: config.worker.callbackTimeoutMs + claimSlackMs });
  if (!turn) return;
  const anchor = await readAuditAnchor(db);
  const failure = await call(runtime, anchor, turn);
  if (failure === null) {
    await db.run(finishTurn, { ...turn, seq: anchor.seq, hash: anchor.hash });
    log.info({ seq: anchor.seq }, 'audit anchor handed over');
  } else {
    await db.run(retryTurn, { ...turn, error: failure });
    log.warn({ reason: failure, attempt: turn.attempts }, 'notifier.onAuditAnchor failed; trying again');
  }
}

/** Calls the notifier; returns why the call failed, or null if it succeeded. */
async function call({ config }: Runtime, anchor: AuditAnchor, { id, attempts }: Turn): Promise<string | null> {
  const { notifier, worker } = config;
  const metadata = deepFreeze({ deliveryId: id, attempt: attempts });
  try {
    const returned = await withTimeout(worker.callbackTimeoutMs, 'notifier.onAuditAnchor', () =>
      notifier?.onAuditAnchor?.(deepFreeze(anchor), metadata),
    );
    return returnedFailureReason(returned);
  } catch (error) {
    return errorText(error);
  }
}

const claimTurn = declareStatement<{ leaseMs: number }, Turn>(
  'audit.claim_anchor',
  (s, p) => `
    UPDATE ${s}.audit_anchor SET
      attempts = attempts + 1, claimed_until = ${s}.clock() + make_interval(secs => ${p.leaseMs}::float8 / 1000)
    WHERE due_at <= ${s}.clock() AND (claimed_until IS NULL OR claimed_until <= ${s}.clock())
      AND EXISTS (SELECT FROM ${s}.audit_events WHERE seq IS NOT NULL)
    RETURNING id, attempts`,
);

const finishTurn = declareStatement<{ id: string; attempts: number; seq: number; hash: string }>(
  'audit.anchor_handed_over',
  (s, p) => `
    UPDATE ${s}.audit_anchor SET
      id = ${s}.time_id(), attempts = 0, claimed_until = NULL, last_error = NULL,
      due_at = ${s}.clock() + interval '1 day', handed_at = ${s}.clock(), handed_seq = ${p.seq}, handed_hash = ${p.hash}
    WHERE id = ${p.id} AND attempts = ${p.attempts}`,
);

const retryTurn = declareStatement<{ id: string; attempts: number; error: string }>(
  'audit.anchor_failed',
  (s, p) => `
    UPDATE ${s}.audit_anchor SET
      claimed_until = NULL, last_error = ${p.error},
      due_at = ${s}.clock() + least(interval '1 hour', interval '1 minute' * power(2, least(attempts, 10) - 1))
    WHERE id = ${p.id} AND attempts = ${p.attempts}`,
);
