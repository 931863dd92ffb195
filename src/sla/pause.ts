import type { Actor, Sla } from '../contracts/domain.js';
import type { PauseInput, ResumeInput } from '../contracts/inputs.js';
import { readDatabaseTime } from '../db/database-time.js';
import { declareStatement, type Executor } from '../db/statement.js';
import { isModuleConfigured } from '../deliveries/announced-modules.js';
import { isUnsettledSql } from '../deliveries/sql-conditions.js';
import { announce } from '../events/announce.js';
import { insertAuditLinesSql } from '../events/audit-lines.js';
import { CairnloopError } from '../foundation/errors.js';
import type { Runtime } from '../runtime.js';
import { actorSchema, createInputSchema, isId, parseInput, storableTextSchema } from '../validation/input.js';
import { type SlaRow, toSla, toSlaClockOfRow } from './rows.js';
import { toResumedSlaClock } from './sla-clock.js';
import { oweCountdown } from './start-clock.js';

const pauseInput = createInputSchema<PauseInput>()({ reason: storableTextSchema(1000), actor: actorSchema });
const resumeInput = createInputSchema<ResumeInput>()({ actor: actorSchema });

/** Pauses a running clock: it cannot breach until it is resumed. Throws `SLA_NOT_ACTIVE`, `INPUT_INVALID`. */
export async function pauseSla(runtime: Runtime, conversationId: string, input: PauseInput): Promise<Sla> {
  const { reason, actor } = parseInput('sla.pause', pauseInput, input);
  const [row] = isId(conversationId) ? await runtime.db.run(hold, { conversationId, actor, reason }) : [];
  if (!row) throw new CairnloopError('SLA_NOT_ACTIVE', { conversationId, action: 'paused', found: 'no running clock' });
  announce(runtime, 'sla.paused', { conversationId });
  return toSla(row);
}

/** Resumes a paused clock with the time it had left. Throws `SLA_NOT_ACTIVE`, `INPUT_INVALID`. */
export async function resumeSla(runtime: Runtime, conversationId: string, input: ResumeInput): Promise<Sla> {
  const { actor } = parseInput('sla.resume', resumeInput, input);
  const now = await readDatabaseTime(runtime.db);
  const resumed = isId(conversationId)
    ? await runtime.traces.send(['sla_breach'], () =>
        runtime.db.transaction((tx) => resumePausedSlaClock(tx, runtime, conversationId, actor, now)),
      )
    : null;
  if (!resumed)
    throw new CairnloopError('SLA_NOT_ACTIVE', { conversationId, action: 'resumed', found: 'no paused clock' });
  announce(runtime, 'sla.resumed', { conversationId });
  return resumed;
}

/** Resumes the conversation's paused clock, if any, in the caller's transaction. */
export async function resumePausedSlaClock(
  tx: Executor,
  { config, traces }: Pick<Runtime, 'config' | 'traces'>,
  conversationId: string,
  actor: Actor,
  now: Date,
): Promise<Sla | null> {
  const [held] = await tx.run(lockHeld, { conversationId });
  if (!held) return null;
  const { responseDueAt, breachAt } = toResumedSlaClock(toSlaClockOfRow(held), now);
  const [row] = await tx.run(letRun, {
    id: held.id,
    responseDueAt,
    breachAt,
    actor,
    hasNotifier: isModuleConfigured(config, 'notifier'),
    traceparent: traces.traceparent(),
  });
  return row ? toSla(row) : null;
}

const hold = declareStatement<{ conversationId: string; actor: Actor; reason: string }, SlaRow>(
  'sla.pause',
  (s, p) => `
    WITH conversation AS (
      SELECT id FROM ${s}.conversations WHERE id = ${p.conversationId} FOR UPDATE
    ), held AS (
      UPDATE ${s}.slas SET paused_at = ${s}.clock() FROM conversation
      WHERE slas.conversation_id = conversation.id
        AND status = 'active' AND paused_at IS NULL AND breach_at > ${s}.clock()
      RETURNING slas.*
    ), countdown AS (
      DELETE FROM ${s}.deliveries USING held
      WHERE topic = 'sla_breach' AND dedupe_key = held.id::text AND ${isUnsettledSql}
    ), touched AS (
      UPDATE ${s}.conversations SET updated_at = ${s}.clock() WHERE id IN (SELECT conversation_id FROM held)
    ), audit AS (${insertAuditLinesSql(s, {
      from: 'held',
      at: 'paused_at',
      actor: p.actor,
      action: 'sla.paused',
      subjectId: 'id',
      detail: `jsonb_build_object('reason', ${p.reason}::text)`,
    })}
    )
    SELECT * FROM held`,
);

/** Locks the conversation before its clock, as every statement does, to avoid deadlocks. */
const lockHeld = declareStatement<{ conversationId: string }, SlaRow>(
  'sla.lock_held',
  (s, p) => `
    WITH conversation AS (
      SELECT id FROM ${s}.conversations WHERE id = ${p.conversationId} FOR UPDATE
    )
    SELECT slas.* FROM conversation JOIN ${s}.slas ON slas.conversation_id = conversation.id
    WHERE status = 'active' AND paused_at IS NOT NULL FOR UPDATE OF slas`,
);

interface ResumeParams {
  id: string;
  responseDueAt: Date;
  breachAt: Date;
  actor: Actor;
  hasNotifier: boolean;
  traceparent: string | null;
}

const letRun = declareStatement<ResumeParams, SlaRow>(
  'sla.resume',
  (s, p) => `
    WITH
    running AS (
      UPDATE ${s}.slas SET paused_at = NULL, response_due_at = ${p.responseDueAt}, breach_at = ${p.breachAt}
      WHERE id = ${p.id}
      RETURNING *
    ),
    -- The pause deleted the delivery that is due at the breach, unless it was settled by then.
    countdown AS (${oweCountdown(s, p, { from: 'running', createdAt: `${s}.clock()` })}
      ON CONFLICT (topic, dedupe_key) DO UPDATE SET
        state = 'pending', available_at = excluded.available_at, attempts = 0, claims = deliveries.claims + 1,
        lease_until = NULL, settled_at = NULL, by_hand = false, traceparent = excluded.traceparent
    ),
    touched AS (
      UPDATE ${s}.conversations SET updated_at = ${s}.clock() WHERE id IN (SELECT conversation_id FROM running)
    ),
    audit AS (${insertAuditLinesSql(s, {
      from: 'running',
      at: `${s}.clock()`,
      actor: p.actor,
      action: 'sla.resumed',
      subjectId: 'id',
      detail: `jsonb_build_object('responseDueAt', response_due_at, 'breachAt', breach_at)`,
    })}
    )
    SELECT * FROM running`,
);
