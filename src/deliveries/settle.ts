import type { DeliveryTopic } from '../contracts/domain.js';
import { formatArrayLiteral } from '../db/array-literal.js';
import { declareStatement, type Executor, type Statement, type StatementPlaceholders } from '../db/statement.js';
import { type AuditLine, insertAuditLinesSql, systemActorSql } from '../events/audit-lines.js';
import type { ClaimedDelivery } from './claim.js';
import { isMessageTopic, isMessageTopicSql } from './message-topics.js';
import { releaseNextDeliveryCte } from './ordered-topics.js';
import { isUnsettledSql } from './sql-conditions.js';

/**
 * The outcome of a claim. `released` gives back an unstarted delivery, `postponed` does so with a delay, `exhausted`
 * discards one whose last attempt ended with its worker.
 */
export type ClaimOutcome =
  | { kind: 'done' }
  | { kind: 'retry'; error: string; delayMs: number }
  | { kind: 'discarded'; error: string }
  | { kind: 'exhausted'; error: string }
  | { kind: 'postponed'; delayMs: number }
  | { kind: 'released' };

export interface DeliverySettlement {
  row: ClaimedDelivery;
  topic: DeliveryTopic;
  outcome: ClaimOutcome;
  /** Duration of the host's method, in seconds. */
  seconds: number;
}

/**
 * What became of an outcome. `kept`: the delivery or its message is locked, so the outcome waits in
 * `delivery_outcomes`. `refused`: the delivery was claimed by another worker, settled or deleted meanwhile.
 */
export type OutcomeWriteResult = 'settled' | 'kept' | 'refused';

/**
 * Writes outcomes and the status of delivered messages. Does not wait for locked rows, and writes nothing for a worker
 * whose claim was taken over.
 */
export async function settleDeliveries(
  executor: Executor,
  settlements: readonly DeliverySettlement[],
): Promise<Map<string, OutcomeWriteResult>> {
  const written = new Map<string, OutcomeWriteResult>();
  for (const [how, group] of grouped(settlements)) {
    const left = await (how === settleDone
      ? executor.run(settleDone, claimsOf(group))
      : executor.run(how, outcomesOf(group)));
    for (const { row } of group) written.set(row.id, 'settled');
    for (const { id, locked } of left) written.set(id, locked ? 'kept' : 'refused');
  }
  return written;
}

/** Stores outcomes in `delivery_outcomes` without reading their deliveries, for when whole tables are locked. */
export async function storeKeptOutcomes(
  executor: Executor,
  settlements: readonly DeliverySettlement[],
): Promise<Map<string, OutcomeWriteResult>> {
  await executor.run(keepAll, outcomesOf(settlements));
  return new Map(settlements.map(({ row }) => [row.id, 'kept']));
}

interface LeftRow {
  id: string;
  locked: boolean;
}

/** Parallel lists with one element for each delivery; ids and numbers as Postgres array literals. */
interface ClaimParams {
  ids: string;
  claims: string;
  attempts: string;
  seconds: string;
}

interface OutcomeParams extends ClaimParams {
  kinds: string[];
  delaysMs: number[];
  errors: (string | null)[];
}

type SettleStatement = Statement<OutcomeParams, LeftRow>;

/**
 * Groups settlements by their statement, so that each locks only the tables it needs: deliveries without a message
 * settle while `messages` is locked.
 */
function grouped(settlements: readonly DeliverySettlement[]): Map<SettleStatement, DeliverySettlement[]> {
  const groups = new Map<SettleStatement, DeliverySettlement[]>();
  for (const settlement of settlements) {
    const how = statementFor(settlement);
    const group = groups.get(how);
    if (group) group.push(settlement);
    else groups.set(how, [settlement]);
  }
  return groups;
}

function statementFor({ row, topic, outcome }: DeliverySettlement): SettleStatement {
  if (isMessageTopic(topic)) return settleMessages;
  if (topic === 'customer_erased') return settleErased;
  return outcome.kind === 'done' && !row.isClaimedAgain ? settleDone : settleOthers;
}

function claimsOf(group: readonly DeliverySettlement[]): ClaimParams {
  return {
    ids: formatArrayLiteral(group.map(({ row }) => row.id)),
    claims: formatArrayLiteral(group.map(({ row }) => row.claims)),
    attempts: formatArrayLiteral(group.map(attemptsAfter)),
    seconds: formatArrayLiteral(group.map(({ seconds }) => seconds)),
  };
}

function outcomesOf(group: readonly DeliverySettlement[]): OutcomeParams {
  return {
    ...claimsOf(group),
    kinds: group.map(({ outcome }) => outcome.kind),
    delaysMs: group.map(({ outcome }) => ('delayMs' in outcome ? outcome.delayMs : 0)),
    errors: group.map(({ outcome }) => ('error' in outcome ? outcome.error : null)),
  };
}

const notCalled: ReadonlySet<ClaimOutcome['kind']> = new Set(['released', 'postponed', 'exhausted']);

/** The number of attempts to store: the claim counted one, which is subtracted if no call was made. */
function attemptsAfter({ row, outcome }: DeliverySettlement): number {
  return notCalled.has(outcome.kind) ? row.attempts - 1 : row.attempts;
}

const claimLists = (p: StatementPlaceholders<ClaimParams>) =>
  `${p.ids}::uuid[], ${p.claims}::int[], ${p.attempts}::int[], ${p.seconds}::float8[]`;

const outcomeRows = (p: StatementPlaceholders<OutcomeParams>) =>
  `unnest(${claimLists(p)}, ${p.kinds}::text[], ${p.delaysMs}::float8[], ${p.errors}::text[])
        AS o (id, claims, attempts, seconds, kind, delay_ms, error)`;

/**
 * The outcomes of a group with only `done`, the usual case, which need fewer parameters: `attempts` stays as claimed.
 */
const doneRows = (p: StatementPlaceholders<ClaimParams>) =>
  `unnest(${claimLists(p)}) AS o (id, claims, attempts, seconds)`;

const isMine = `d.id = o.id AND d.claims = o.claims AND d.${isUnsettledSql}`;

/** SQL fragments of a settlement: the parameter with all ids, and a FROM item `o` with the outcomes. */
interface Outcomes {
  ids: string;
  rows: string;
}

/**
 * A CTE that locks the deliveries of the outcomes and skips deliveries that another session has locked. `ANY` needs one
 * index scan, a join one for each row.
 */
function heldRows(s: string, { ids, rows }: Outcomes, columns: string): string {
  return `held AS MATERIALIZED (
      SELECT ${columns} FROM ${rows} JOIN ${s}.deliveries d ON ${isMine}
      WHERE d.id = ANY (${ids}::uuid[])
      FOR NO KEY UPDATE OF d SKIP LOCKED
    )`;
}

function setOutcome(s: string, from: string, lastError = `coalesce(${from}.error, d.last_error)`): string {
  return `state = CASE WHEN ${from}.kind = 'done' THEN 'done' WHEN ${from}.kind IN ('discarded', 'exhausted') THEN 'discarded' ELSE 'pending' END,
        settled_at = CASE WHEN ${from}.kind IN ('done', 'discarded', 'exhausted') THEN ${s}.clock() END,
        available_at = CASE WHEN ${from}.kind IN ('retry', 'postponed') THEN ${s}.clock() + make_interval(secs => ${from}.delay_ms / 1000)
          ELSE d.available_at END,
        last_error = ${lastError},
        attempts = ${from}.attempts, leases_lost = 0, lease_until = NULL`;
}

/**
 * A CTE that keeps the outcomes of locked deliveries, and the main query, which returns the deliveries that were not
 * settled. The anti-join is skipped when every row was settled.
 */
function keptAndLeft(s: string, { ids, rows }: Outcomes, [kind, delayMs, error]: readonly string[]): string {
  const left = `(SELECT count(*) FROM settled) < cardinality(${ids}::uuid[]) AND o.id NOT IN (SELECT id FROM settled)`;
  const locked = `EXISTS (SELECT FROM ${s}.deliveries d WHERE ${isMine})`;
  return `kept AS (
      INSERT INTO ${s}.delivery_outcomes (delivery_id, claims, attempts, seconds, kind, delay_ms, error, reached_at)
      SELECT o.id, o.claims, o.attempts, o.seconds, ${kind}, ${delayMs}, ${error}, ${s}.clock()
      FROM ${rows} WHERE ${left} AND ${locked}
      ${newerClaimWins}
    )
    SELECT o.id, ${locked} AS locked FROM ${rows} WHERE ${left}`;
}

const newerClaimWins = `ON CONFLICT (delivery_id) DO UPDATE SET claims = excluded.claims, attempts = excluded.attempts,
        seconds = excluded.seconds, kind = excluded.kind, delay_ms = excluded.delay_ms, error = excluded.error
      WHERE delivery_outcomes.claims < excluded.claims`;

const worker = systemActorSql('worker');

const discardedLine = (s: string): AuditLine => ({
  from: `settled WHERE state = 'discarded'`,
  at: `${s}.clock()`,
  actor: worker,
  action: 'delivery.discarded',
  subjectId: 'id',
  detail: `jsonb_build_object('topic', topic, 'attempts', attempts)`,
});

const settleDone = declareStatement<ClaimParams, LeftRow>('delivery.settle_done', (s, p) => {
  const outcomes = { ids: p.ids, rows: doneRows(p) };
  return `
    WITH ${heldRows(s, outcomes, 'd.id')}, settled AS (
      UPDATE ${s}.deliveries d SET
        state = 'done', settled_at = (SELECT ${s}.clock()), leases_lost = 0, lease_until = NULL
      WHERE d.id = ANY (ARRAY(SELECT id FROM held))
      RETURNING d.id
    ), ${keptAndLeft(s, outcomes, ["'done'", '0', 'NULL'])}`;
});

/** A statement that settles deliveries without a message. */
const settleStatement = (name: string, set: (s: string) => string) =>
  declareStatement<OutcomeParams, LeftRow>(name, (s, p) => {
    const outcomes = { ids: p.ids, rows: outcomeRows(p) };
    return `
    WITH ${heldRows(s, outcomes, 'o.*')}, settled AS (
      UPDATE ${s}.deliveries d SET ${set(s)}
      FROM held WHERE d.id = held.id
      RETURNING d.id, d.topic, d.state, d.conversation_id, d.attempts
    ), audit AS (${insertAuditLinesSql(s, discardedLine(s))}
    ), ${keptAndLeft(s, outcomes, ['o.kind', 'o.delay_ms', 'o.error'])}`;
  });

const settleOthers = settleStatement('delivery.settle', (s) => setOutcome(s, 'held'));

/**
 * After a successful call the customer's id is not needed any more, so it is removed from the payload; an earlier
 * error, which may contain it, is removed too.
 */
const settleErased = settleStatement(
  'delivery.settle_erased',
  (s) => `${setOutcome(s, 'held', `CASE held.kind WHEN 'done' THEN NULL ELSE coalesce(held.error, d.last_error) END`)},
        payload = CASE held.kind WHEN 'done' THEN '{}' ELSE d.payload END`,
);

/** Settles a delivery and its message together or not at all. */
const settleMessages = declareStatement<OutcomeParams, LeftRow>('delivery.settle_messages', (s, p) => {
  const outcomes = { ids: p.ids, rows: outcomeRows(p) };
  return `
    WITH
    -- The deliveries of these outcomes that nobody has locked, and those of their messages that nobody has locked.
    ${heldRows(s, outcomes, 'd.subject_id, o.*')},
    message AS MATERIALIZED (
      SELECT m.id FROM held JOIN ${s}.messages m ON m.id = held.subject_id AND m.status <> 'sent'
      WHERE held.kind IN ('done', 'discarded', 'exhausted')
      FOR NO KEY UPDATE OF m SKIP LOCKED
    ),
    -- A delivery whose message is locked is not settled.
    free AS (
      SELECT * FROM held
      WHERE kind NOT IN ('done', 'discarded', 'exhausted') OR subject_id IN (SELECT id FROM message)
        OR NOT EXISTS (SELECT FROM ${s}.messages m WHERE m.id = held.subject_id AND m.status <> 'sent')
    ),
    settled AS (
      UPDATE ${s}.deliveries d SET ${setOutcome(s, 'free')}
      FROM free WHERE d.id = free.id
      RETURNING d.id, d.topic, d.state, d.conversation_id, d.subject_id, d.attempts, d.last_error
    ),
    sent AS (
      UPDATE ${s}.messages m SET
        status = CASE settled.state WHEN 'done' THEN 'sent' ELSE 'failed' END,
        sent_at = CASE settled.state WHEN 'done' THEN ${s}.clock() END,
        metadata = CASE settled.state WHEN 'done' THEN m.metadata ELSE m.metadata || jsonb_build_object(
          'failure', jsonb_build_object('reason', settled.last_error, 'attempts', settled.attempts)) END
      FROM message JOIN settled ON settled.subject_id = message.id
      WHERE ${isMessageTopicSql('settled.topic')} AND settled.state <> 'pending' AND m.id = message.id
      RETURNING m.id, m.conversation_id, m.status, settled.topic
    ),
    audit AS (${insertAuditLinesSql(
      s,
      { from: 'sent', at: `${s}.clock()`, actor: worker, actionSql: `topic || '.' || status`, subjectId: 'id' },
      discardedLine(s),
    )}
    ),
    -- A delivery that waited for a settled one is due now; an outcome that could not be written is kept.
    ${releaseNextDeliveryCte(s, 'settled')}, ${keptAndLeft(s, outcomes, ['o.kind', 'o.delay_ms', 'o.error'])}`;
});

const keepAll = declareStatement<OutcomeParams>(
  'delivery.keep_outcomes',
  (s, p) => `
    INSERT INTO ${s}.delivery_outcomes (delivery_id, claims, attempts, seconds, kind, delay_ms, error, reached_at)
    SELECT o.id, o.claims, o.attempts, o.seconds, o.kind, o.delay_ms, o.error, ${s}.clock() FROM ${outcomeRows(p)}
    ${newerClaimWins}`,
);
