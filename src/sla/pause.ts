import type { Actor, Sla } from '../contracts/domain.js';
import type { PauseInput, ResumeInput } from '../contracts/inputs.js';
import { databaseTime } from '../db/database-time.js';
import { type Executor, statement } from '../db/statement.js';
import { hasModule, isOwed } from '../deliveries/announced-modules.js';
import { isUnsettled } from '../deliveries/sql-conditions.js';
import { CairnloopError } from '../foundation/errors.js';
import type { Runtime } from '../runtime.js';
import { actor, isId, parseInput, schemaOf, text } from '../validation/input.js';
import { type SlaRow, toClock, toSla } from './rows.js';
import { resume } from './sla-clock.js';

const pauseInput = schemaOf<PauseInput>()({ reason: text(1000), actor });
const resumeInput = schemaOf<ResumeInput>()({ actor });

/** Pauses a running clock: it cannot breach until it is resumed. Throws `SLA_NOT_ACTIVE`, `INPUT_INVALID`. */
export async function pauseSla(runtime: Runtime, conversationId: string, input: PauseInput): Promise<Sla> {
  const { reason, actor } = parseInput('sla.pause', pauseInput, input);
  const [row] = isId(conversationId) ? await runtime.db.run<SlaRow>(hold, [conversationId, actor, reason]) : [];
  if (!row) throw new CairnloopError('SLA_NOT_ACTIVE', { conversationId, action: 'paused', found: 'no running clock' });
  runtime.changeFeed.changed(conversationId);
  return toSla(row);
}

/** Resumes a paused clock with the time it had left. Throws `SLA_NOT_ACTIVE`, `INPUT_INVALID`. */
export async function resumeSla(runtime: Runtime, conversationId: string, input: ResumeInput): Promise<Sla> {
  const { actor } = parseInput('sla.resume', resumeInput, input);
  const now = await databaseTime(runtime.db);
  const resumed = isId(conversationId)
    ? await runtime.traces.send(['sla_breach'], () =>
        runtime.db.transaction((tx) => resumeHeldClock(tx, runtime, conversationId, actor, now)),
      )
    : null;
  if (!resumed)
    throw new CairnloopError('SLA_NOT_ACTIVE', { conversationId, action: 'resumed', found: 'no paused clock' });
  runtime.changeFeed.changed(conversationId);
  return resumed;
}

/** Resumes the conversation's paused clock, if any, in the caller's transaction. */
export async function resumeHeldClock(
  tx: Executor,
  { config, traces }: Pick<Runtime, 'config' | 'traces'>,
  conversationId: string,
  actor: Actor,
  now: Date,
): Promise<Sla | null> {
  const [held] = await tx.run<SlaRow>(lockHeld, [conversationId]);
  if (!held) return null;
  const { responseDueAt, breachAt } = resume(toClock(held), now);
  const [row] = await tx.run<SlaRow>(letRun, [
    held.id,
    responseDueAt,
    breachAt,
    actor,
    hasModule(config, 'notifier'),
    traces.traceparent(),
  ]);
  return row ? toSla(row) : null;
}

const hold = statement(
  'sla.pause',
  (s) => `
    WITH conversation AS (
      SELECT id FROM ${s}.conversations WHERE id = $1 FOR UPDATE
    ), held AS (
      UPDATE ${s}.slas SET paused_at = ${s}.clock() FROM conversation
      WHERE slas.conversation_id = conversation.id
        AND status = 'active' AND paused_at IS NULL AND breach_at > ${s}.clock()
      RETURNING slas.*
    ), countdown AS (
      DELETE FROM ${s}.deliveries USING held
      WHERE topic = 'sla_breach' AND dedupe_key = held.id::text AND ${isUnsettled}
    ), touched AS (
      UPDATE ${s}.conversations SET updated_at = ${s}.clock() WHERE id IN (SELECT conversation_id FROM held)
    ), audit AS (
      INSERT INTO ${s}.audit_events (at, actor, action, conversation_id, subject_id, detail)
      SELECT paused_at, $2, 'sla.paused', conversation_id, id, jsonb_build_object('reason', $3::text) FROM held
    )
    SELECT * FROM held`,
);

/** Locks the conversation before its clock, the order everywhere. */
const lockHeld = statement(
  'sla.lock_held',
  (s) => `
    WITH conversation AS (
      SELECT id FROM ${s}.conversations WHERE id = $1 FOR UPDATE
    )
    SELECT slas.* FROM conversation JOIN ${s}.slas ON slas.conversation_id = conversation.id
    WHERE status = 'active' AND paused_at IS NOT NULL FOR UPDATE OF slas`,
);

const letRun = statement(
  'sla.resume',
  (s) => `
    WITH running AS (
      UPDATE ${s}.slas SET paused_at = NULL, response_due_at = $2, breach_at = $3 WHERE id = $1 RETURNING *
    ), countdown AS (
      INSERT INTO ${s}.deliveries (topic, conversation_id, subject_id, dedupe_key, available_at, created_at, payload,
        traceparent)
      SELECT 'sla_breach', conversation_id, id, id, breach_at, ${s}.clock(),
        jsonb_build_object('notify', ${isOwed(s, '$5', 'notifier')}), $6
      FROM running
      ON CONFLICT (topic, dedupe_key) DO UPDATE SET
        state = 'pending', available_at = excluded.available_at, attempts = 0, claims = deliveries.claims + 1,
        lease_until = NULL, settled_at = NULL, by_hand = false, traceparent = excluded.traceparent
    ), touched AS (
      UPDATE ${s}.conversations SET updated_at = ${s}.clock() WHERE id IN (SELECT conversation_id FROM running)
    ), audit AS (
      INSERT INTO ${s}.audit_events (at, actor, action, conversation_id, subject_id, detail)
      SELECT ${s}.clock(), $4, 'sla.resumed', conversation_id, id,
        jsonb_build_object('responseDueAt', response_due_at, 'breachAt', breach_at)
      FROM running
    )
    SELECT * FROM running`,
);
