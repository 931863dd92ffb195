import { arrayLiteral } from '../db/array-literal.js';
import { type Executor, statement } from '../db/statement.js';
import type { ClaimedDelivery } from './claim.js';
import { carriesMessage } from './message-topics.js';
import { isUnsettled } from './unsettled.js';

/**
 * What became of one claim. `released` gives an unstarted delivery back as if it had not been claimed; `exhausted`
 * discards one whose last attempt ended with its worker.
 */
export type Outcome =
  | { kind: 'done' }
  | { kind: 'retry'; error: string; delayMs: number }
  | { kind: 'discarded'; error: string }
  | { kind: 'exhausted'; error: string }
  | { kind: 'released' };

export interface Settlement {
  row: ClaimedDelivery;
  outcome: Outcome;
}

/**
 * Writes outcomes, and with them the status of the messages that were handed over. Answers the ids that it left alone: a row that
 * someone else has claimed since is theirs, so a worker that was thought dead writes nothing.
 */
export async function settle(executor: Executor, settlements: readonly Settlement[]): Promise<Set<string>> {
  const common = [
    arrayLiteral(settlements.map(({ row }) => row.id)),
    arrayLiteral(settlements.map(({ row }) => row.claims)),
    arrayLiteral(settlements.map(attemptsAfter)),
  ];
  const rows = settlements.every(({ outcome }) => outcome.kind === 'done')
    ? await executor.run<{ id: string }>(settleDone, common)
    : await executor.run<{ id: string }>(settleAll, [
        ...common,
        settlements.map(({ outcome }) => outcome.kind),
        settlements.map(({ outcome }) => ('delayMs' in outcome ? outcome.delayMs : 0)),
        settlements.map(({ outcome }) => ('error' in outcome ? outcome.error : null)),
      ]);
  return new Set(rows.map((row) => row.id));
}

/** The claim counted one more; what was not called gives it back. */
function attemptsAfter({ row, outcome }: Settlement): number {
  return outcome.kind === 'released' || outcome.kind === 'exhausted' ? row.attempts - 1 : row.attempts;
}

const settleAll = statement('delivery.settle', (s) =>
  settleText(
    s,
    `state = CASE WHEN o.kind = 'done' THEN 'done' WHEN o.kind IN ('discarded', 'exhausted') THEN 'discarded' ELSE 'pending' END,
        settled_at = CASE WHEN o.kind IN ('done', 'discarded', 'exhausted') THEN ${s}.clock() END,
        available_at = CASE o.kind WHEN 'retry' THEN ${s}.clock() + make_interval(secs => o.delay_ms / 1000)
          ELSE d.available_at END,
        last_error = coalesce(o.error, d.last_error)`,
    `unnest($1::uuid[], $2::int[], $3::int[], $4::text[], $5::float8[], $6::text[])
        AS o (id, claims, attempts, kind, delay_ms, error)`,
  ),
);

/** Where every outcome is `done`, as in most groups, there is less to send and to work out; the clock is read once. */
const settleDone = statement('delivery.settle_done', (s) =>
  settleText(
    s,
    `state = 'done', settled_at = (SELECT ${s}.clock())`,
    'unnest($1::uuid[], $2::int[], $3::int[]) AS o (id, claims, attempts)',
  ),
);

/** The count spares the look for what was left alone where nothing was. */
function settleText(s: string, set: string, outcomes: string): string {
  return `
    WITH settled AS (
      UPDATE ${s}.deliveries d SET
        ${set},
        attempts = o.attempts,
        leases_lost = 0,
        lease_until = NULL
      FROM ${outcomes}
      WHERE d.id = o.id AND d.claims = o.claims AND d.${isUnsettled}
      RETURNING d.id, d.topic, d.state, d.conversation_id, d.subject_id, d.attempts, d.last_error
    ), sent AS (
      UPDATE ${s}.messages m SET
        status = CASE settled.state WHEN 'done' THEN 'sent' ELSE 'failed' END,
        sent_at = CASE settled.state WHEN 'done' THEN ${s}.clock() END,
        metadata = CASE settled.state WHEN 'done' THEN m.metadata ELSE m.metadata || jsonb_build_object(
          'failure', jsonb_build_object('reason', settled.last_error, 'attempts', settled.attempts)) END
      FROM settled
      WHERE ${carriesMessage('settled.topic')} AND settled.state <> 'pending' AND m.id = settled.subject_id
        AND m.status <> 'sent'
      RETURNING m.id, m.conversation_id, m.status, settled.topic
    ), audit AS (
      INSERT INTO ${s}.audit_events (at, actor, action, conversation_id, subject_id, detail)
      SELECT ${s}.clock(), '{"id": "system:worker"}'::jsonb, topic || '.' || status, conversation_id, id, '{}'::jsonb FROM sent
      UNION ALL
      SELECT ${s}.clock(), '{"id": "system:worker"}', 'delivery.discarded', conversation_id, id,
        jsonb_build_object('topic', topic, 'attempts', attempts)
      FROM settled WHERE state = 'discarded'
    )
    SELECT given.id FROM unnest($1::uuid[]) AS given (id)
    WHERE (SELECT count(*) FROM settled) < cardinality($1::uuid[]) AND given.id NOT IN (SELECT id FROM settled)`;
}
