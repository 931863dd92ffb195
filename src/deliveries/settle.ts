import type { DeliveryTopic } from '../contracts/domain.js';
import { arrayLiteral } from '../db/array-literal.js';
import { type Executor, type Statement, statement } from '../db/statement.js';
import type { ClaimedDelivery } from './claim.js';
import { carriesMessage, isMessageTopic } from './message-topics.js';
import { isUnsettled } from './sql-conditions.js';

/**
 * What became of one claim. `released` gives an unstarted delivery back as if it had not been claimed, `postponed` does
 * so for a while, and `exhausted` discards one whose last attempt ended with its worker.
 */
export type Outcome =
  | { kind: 'done' }
  | { kind: 'retry'; error: string; delayMs: number }
  | { kind: 'discarded'; error: string }
  | { kind: 'exhausted'; error: string }
  | { kind: 'postponed'; delayMs: number }
  | { kind: 'released' };

export interface Settlement {
  row: ClaimedDelivery;
  topic: DeliveryTopic;
  outcome: Outcome;
  /** What the host's method took. */
  seconds: number;
}

/**
 * What was done with an outcome. `kept`: the delivery or its message is locked, so the outcome waits in a table of its
 * own. `refused`: someone else has claimed the delivery since, or it was settled or deleted.
 */
export type Written = 'settled' | 'kept' | 'refused';

/**
 * Writes outcomes, and with them the status of the messages that were handed over. It waits for no locked row: one
 * foreign session must not hold up the outcomes of others. A worker that was thought dead writes nothing.
 */
export async function settle(executor: Executor, settlements: readonly Settlement[]): Promise<Map<string, Written>> {
  const written = new Map<string, Written>();
  for (const [how, group] of grouped(settlements)) {
    const left = await executor.run<LeftRow>(how, parameters(how, group));
    for (const { row } of group) written.set(row.id, 'settled');
    for (const { id, locked } of left) written.set(id, locked ? 'kept' : 'refused');
  }
  return written;
}

/** Keeps outcomes without a look at their deliveries: where whole tables are locked. */
export async function keepOutcomes(
  executor: Executor,
  settlements: readonly Settlement[],
): Promise<Map<string, Written>> {
  await executor.run(keepAll, parameters(keepAll, settlements));
  return new Map(settlements.map(({ row }) => [row.id, 'kept']));
}

interface LeftRow {
  id: string;
  locked: boolean;
}

/** Each statement locks no more tables than it has to: what hands over no message settles while messages are locked. */
function grouped(settlements: readonly Settlement[]): Map<Statement, Settlement[]> {
  const groups = new Map<Statement, Settlement[]>();
  for (const settlement of settlements) {
    const how = statementFor(settlement);
    const group = groups.get(how);
    if (group) group.push(settlement);
    else groups.set(how, [settlement]);
  }
  return groups;
}

function statementFor({ topic, outcome }: Settlement): Statement {
  if (isMessageTopic(topic)) return settleMessages;
  return outcome.kind === 'done' ? settleDone : settleOthers;
}

function parameters(how: Statement, group: readonly Settlement[]): unknown[] {
  const common = [
    arrayLiteral(group.map(({ row }) => row.id)),
    arrayLiteral(group.map(({ row }) => row.claims)),
    arrayLiteral(group.map(attemptsAfter)),
    arrayLiteral(group.map(({ seconds }) => seconds)),
  ];
  if (how === settleDone) return common;
  return [
    ...common,
    group.map(({ outcome }) => outcome.kind),
    group.map(({ outcome }) => ('delayMs' in outcome ? outcome.delayMs : 0)),
    group.map(({ outcome }) => ('error' in outcome ? outcome.error : null)),
  ];
}

const notCalled: ReadonlySet<Outcome['kind']> = new Set(['released', 'postponed', 'exhausted']);

/** The claim counted one more; what was not called gives it back. */
function attemptsAfter({ row, outcome }: Settlement): number {
  return notCalled.has(outcome.kind) ? row.attempts - 1 : row.attempts;
}

const outcomeRows = `unnest($1::uuid[], $2::int[], $3::int[], $4::float8[], $5::text[], $6::float8[], $7::text[])
        AS o (id, claims, attempts, seconds, kind, delay_ms, error)`;

/** Where every outcome is `done`, as in most groups, there is less to send and to work out. */
const doneRows = `unnest($1::uuid[], $2::int[], $3::int[], $4::float8[]) AS o (id, claims, attempts, seconds)`;

const isMine = `d.id = o.id AND d.claims = o.claims AND d.${isUnsettled}`;

/** The deliveries that nobody else has locked, with their outcomes. */
function heldRows(s: string, outcomes: string, columns: string): string {
  return `held AS MATERIALIZED (
      SELECT ${columns} FROM ${outcomes} JOIN ${s}.deliveries d ON ${isMine}
      FOR NO KEY UPDATE OF d SKIP LOCKED
    )`;
}

function setOutcome(s: string, from: string): string {
  return `state = CASE WHEN ${from}.kind = 'done' THEN 'done' WHEN ${from}.kind IN ('discarded', 'exhausted') THEN 'discarded' ELSE 'pending' END,
        settled_at = CASE WHEN ${from}.kind IN ('done', 'discarded', 'exhausted') THEN ${s}.clock() END,
        available_at = CASE WHEN ${from}.kind IN ('retry', 'postponed') THEN ${s}.clock() + make_interval(secs => ${from}.delay_ms / 1000)
          ELSE d.available_at END,
        last_error = coalesce(${from}.error, d.last_error),
        attempts = ${from}.attempts, leases_lost = 0, lease_until = NULL`;
}

/** Keeps the outcomes of what was locked. The count skips the search where everything was settled. */
function keptAndLeft(s: string, outcomes: string, [kind, delayMs, error]: readonly string[]): string {
  const left = `(SELECT count(*) FROM settled) < cardinality($1::uuid[]) AND o.id NOT IN (SELECT id FROM settled)`;
  const locked = `EXISTS (SELECT FROM ${s}.deliveries d WHERE ${isMine})`;
  return `kept AS (
      INSERT INTO ${s}.delivery_outcomes (delivery_id, claims, attempts, seconds, kind, delay_ms, error, reached_at)
      SELECT o.id, o.claims, o.attempts, o.seconds, ${kind}, ${delayMs}, ${error}, ${s}.clock()
      FROM ${outcomes} WHERE ${left} AND ${locked}
      ${newerClaimWins}
    )
    SELECT o.id, ${locked} AS locked FROM ${outcomes} WHERE ${left}`;
}

const newerClaimWins = `ON CONFLICT (delivery_id) DO UPDATE SET claims = excluded.claims, attempts = excluded.attempts,
        seconds = excluded.seconds, kind = excluded.kind, delay_ms = excluded.delay_ms, error = excluded.error
      WHERE delivery_outcomes.claims < excluded.claims`;

const discardedAudit = (s: string) => `
      SELECT ${s}.clock(), '{"id": "system:worker"}'::jsonb, 'delivery.discarded', conversation_id, id,
        jsonb_build_object('topic', topic, 'attempts', attempts)
      FROM settled WHERE state = 'discarded'`;

const settleDone = statement(
  'delivery.settle_done',
  (s) => `
    WITH ${heldRows(s, doneRows, 'o.id, o.attempts')}, settled AS (
      UPDATE ${s}.deliveries d SET
        state = 'done', settled_at = (SELECT ${s}.clock()), attempts = held.attempts, leases_lost = 0, lease_until = NULL
      FROM held WHERE d.id = held.id
      RETURNING d.id
    ), ${keptAndLeft(s, doneRows, ["'done'", '0', 'NULL'])}`,
);

const settleOthers = statement(
  'delivery.settle',
  (s) => `
    WITH ${heldRows(s, outcomeRows, 'o.*')}, settled AS (
      UPDATE ${s}.deliveries d SET ${setOutcome(s, 'held')}
      FROM held WHERE d.id = held.id
      RETURNING d.id, d.topic, d.state, d.conversation_id, d.attempts
    ), audit AS (
      INSERT INTO ${s}.audit_events (at, actor, action, conversation_id, subject_id, detail)
      ${discardedAudit(s)}
    ), ${keptAndLeft(s, outcomeRows, ['o.kind', 'o.delay_ms', 'o.error'])}`,
);

/** A delivery and its message are settled together or not at all. */
const settleMessages = statement(
  'delivery.settle_messages',
  (s) => `
    WITH ${heldRows(s, outcomeRows, 'd.subject_id, o.*')}, message AS MATERIALIZED (
      SELECT m.id FROM held JOIN ${s}.messages m ON m.id = held.subject_id AND m.status <> 'sent'
      WHERE held.kind IN ('done', 'discarded', 'exhausted')
      FOR NO KEY UPDATE OF m SKIP LOCKED
    ), free AS (
      SELECT * FROM held
      WHERE kind NOT IN ('done', 'discarded', 'exhausted') OR subject_id IN (SELECT id FROM message)
        OR NOT EXISTS (SELECT FROM ${s}.messages m WHERE m.id = held.subject_id AND m.status <> 'sent')
    ), settled AS (
      UPDATE ${s}.deliveries d SET ${setOutcome(s, 'free')}
      FROM free WHERE d.id = free.id
      RETURNING d.id, d.topic, d.state, d.conversation_id, d.subject_id, d.attempts, d.last_error
    ), sent AS (
      UPDATE ${s}.messages m SET
        status = CASE settled.state WHEN 'done' THEN 'sent' ELSE 'failed' END,
        sent_at = CASE settled.state WHEN 'done' THEN ${s}.clock() END,
        metadata = CASE settled.state WHEN 'done' THEN m.metadata ELSE m.metadata || jsonb_build_object(
          'failure', jsonb_build_object('reason', settled.last_error, 'attempts', settled.attempts)) END
      FROM message JOIN settled ON settled.subject_id = message.id
      WHERE ${carriesMessage('settled.topic')} AND settled.state <> 'pending' AND m.id = message.id
      RETURNING m.id, m.conversation_id, m.status, settled.topic
    ), audit AS (
      INSERT INTO ${s}.audit_events (at, actor, action, conversation_id, subject_id, detail)
      SELECT ${s}.clock(), '{"id": "system:worker"}'::jsonb, topic || '.' || status, conversation_id, id, '{}'::jsonb FROM sent
      UNION ALL ${discardedAudit(s)}
    ), ${keptAndLeft(s, outcomeRows, ['o.kind', 'o.delay_ms', 'o.error'])}`,
);

const keepAll = statement(
  'delivery.keep_outcomes',
  (s) => `
    INSERT INTO ${s}.delivery_outcomes (delivery_id, claims, attempts, seconds, kind, delay_ms, error, reached_at)
    SELECT o.id, o.claims, o.attempts, o.seconds, o.kind, o.delay_ms, o.error, ${s}.clock() FROM ${outcomeRows}
    ${newerClaimWins}`,
);
