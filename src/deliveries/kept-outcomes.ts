import type { DeliveryTopic } from '../contracts/domain.js';
import { declareStatement, type Executor, type NoStatementParams } from '../db/statement.js';
import type { Timestamp } from '../db/timestamp.js';
import type { Runtime } from '../runtime.js';
import { reportSettledAttempt } from './report.js';
import { type ClaimOutcome, type DeliverySettlement, settleDeliveries } from './settle.js';
import type { TopicHandler } from './topic-handler.js';

/** Number of outcomes read by one statement. */
const pageSize = 500;

/** Writes the outcomes that any worker kept because of a lock, as far as these locks are gone, and reports them. */
export async function writeKeptOutcomes(
  runtime: Runtime,
  handlers: Record<DeliveryTopic, TopicHandler>,
): Promise<void> {
  let after: string | undefined = '00000000-0000-0000-0000-000000000000';
  while (after) {
    const rows: KeptRow[] = await runtime.db.run(selectKept, { after, limit: pageSize });
    if (rows.length > 0) await writePage(runtime, handlers, rows);
    after = rows.length === pageSize ? rows.at(-1)?.id : undefined;
  }
}

async function writePage(
  runtime: Runtime,
  handlers: Record<DeliveryTopic, TopicHandler>,
  rows: readonly KeptRow[],
): Promise<void> {
  const written = await settleDeliveries(runtime.db, rows.flatMap(toSettlement));
  const over = rows.filter(({ id }) => written.get(id) !== 'kept');
  if (over.length === 0) return;
  await runtime.db.run(forget, { ids: over.map(({ id }) => id), claims: over.map(({ claims }) => claims) });
  for (const row of over) {
    if (!row.topic || written.get(row.id) !== 'settled') continue;
    const [settlement] = toSettlement(row);
    if (settlement)
      reportSettledAttempt(runtime, {
        ...settlement,
        handler: handlers[row.topic],
        lagSeconds: Math.max(0, row.lag_seconds),
      });
  }
}

/** Returns the number of kept outcomes, and the age of the oldest in seconds. */
export async function countKeptOutcomes(executor: Executor): Promise<{ count: number; oldestSeconds: number }> {
  const [row] = await executor.run(countKept);
  return { count: row?.count ?? 0, oldestSeconds: row?.oldest_seconds ?? 0 };
}

interface KeptRow {
  id: string;
  claims: number;
  attempts: number;
  kind: ClaimOutcome['kind'];
  delay_ms: number;
  error: string | null;
  seconds: number;
  /** The topic of the delivery; null if the delivery was deleted. */
  topic: DeliveryTopic | null;
  conversation_id: string;
  subject_id: string | null;
  available_at: Timestamp;
  lag_seconds: number;
}

/** Turns a kept outcome into a settlement; returns an empty list if the delivery was deleted. */
function toSettlement(kept: KeptRow): DeliverySettlement[] {
  const { id, claims, topic, conversation_id, subject_id, available_at, seconds } = kept;
  if (!topic) return [];
  const row = { id, claims, conversation_id, subject_id, available_at: available_at as Date };
  // Set `isClaimedAgain`, so that the settlement stores these attempts: a newer claim may have raised those of the row.
  const held = { payload: {}, lease_until: null, leases_lost: 0, traceparent: null, isClaimedAgain: true };
  const claimed = { ...row, ...held, attempts: attemptsOf(kept) };
  return [{ row: claimed, topic, outcome: toOutcome(kept), seconds }];
}

function toOutcome({ kind, delay_ms: delayMs, error: reason }: KeptRow): ClaimOutcome {
  const error = reason ?? '';
  if (kind === 'retry') return { kind, error, delayMs };
  if (kind === 'postponed') return { kind, delayMs };
  return kind === 'done' || kind === 'released' ? { kind } : { kind, error };
}

/** The attempts as the claim counted them. If no call was made, the settlement subtracts one, so one is added here. */
function attemptsOf({ kind, attempts }: KeptRow): number {
  return kind === 'released' || kind === 'postponed' || kind === 'exhausted' ? attempts + 1 : attempts;
}

const selectKept = declareStatement<{ after: string; limit: number }, KeptRow>(
  'outcome.select_kept',
  (s, p) => `
    SELECT o.delivery_id AS id, o.claims, o.attempts, o.kind, o.delay_ms, o.error, o.seconds,
      d.topic, d.conversation_id, d.subject_id, d.available_at,
      extract(epoch FROM ${s}.clock() - d.available_at)::float8 AS lag_seconds
    FROM ${s}.delivery_outcomes o LEFT JOIN ${s}.deliveries d ON d.id = o.delivery_id
    WHERE o.delivery_id > ${p.after} ORDER BY o.delivery_id LIMIT ${p.limit}`,
);

/** Deletes outcomes that need not be kept any more; the outcome of a newer claim stays. */
const forget = declareStatement<{ ids: string[]; claims: number[] }>(
  'outcome.forget',
  (s, p) => `
    DELETE FROM ${s}.delivery_outcomes o USING unnest(${p.ids}::uuid[], ${p.claims}::int[]) AS over (id, claims)
    WHERE o.delivery_id = over.id AND o.claims = over.claims`,
);

const countKept = declareStatement<NoStatementParams, { count: number; oldest_seconds: number }>(
  'outcome.count_kept',
  (s) => `
    SELECT count(*)::int AS count,
      coalesce(extract(epoch FROM ${s}.clock() - min(reached_at)), 0)::float8 AS oldest_seconds
    FROM ${s}.delivery_outcomes`,
);
