import type { DeliveryTopic } from '../contracts/domain.js';
import { declareStatement, type Executor } from '../db/statement.js';
import { isCairnloopError } from '../foundation/errors.js';
import { errorText } from '../foundation/redact.js';
import type { Runtime } from '../runtime.js';
import { isUnclaimedSql } from './sql-conditions.js';

/** An outage of the host: for this long (ms) all calls failed, and there were at least this many failures. */
const outage = { lastsMs: 30_000, failures: 10 };

/** Retries are moved into this window (ms), spread evenly so that the host is not overloaded. */
const spreadMs = 20_000;

/** Time allowed for writing the outcome of an ended call, in milliseconds. */
const settledMs = 2000;

/** Tracks the successes and failures of one topic's calls. */
export interface OutageRecovery {
  failed(): void;
  succeeded(): void;
}

/**
 * After an outage of the host, retries would wait about as long again as it lasted. At the first success they are made
 * due soon. A host that fails now and then never counts as having an outage.
 */
export function createOutageRecovery(
  runtime: Runtime,
  topic: DeliveryTopic,
  now: () => number = () => performance.now(),
): OutageRecovery {
  let failures = 0;
  let since = 0;

  /** Brings retries forward now, and again later, for calls that began before the recovery and failed after it. */
  function afterReturn(): void {
    bringForwardOrSay();
    for (const waitMs of [settledMs, runtime.config.worker.callbackTimeoutMs + settledMs])
      setTimeout(bringForwardOrSay, waitMs).unref();
  }

  function bringForwardOrSay(): void {
    bringForward().catch((error) => {
      if (isCairnloopError(error) && error.code === 'CLOSED') return;
      runtime.log.warn(
        { topic, reason: errorText(error) },
        'could not bring retries forward; each is made when it is due',
      );
    });
  }

  async function bringForward(): Promise<void> {
    const brought = await makeRetriesDueSoon(runtime.db, topic);
    if (brought > 0)
      runtime.log.info({ topic, brought }, 'calls succeed again after an outage; retries brought forward');
  }

  return {
    failed() {
      if (failures === 0) since = now();
      failures += 1;
    },
    succeeded() {
      const wasAway = failures >= outage.failures && now() - since >= outage.lastsMs;
      failures = 0;
      if (wasAway) afterReturn();
    },
  };
}

/** Makes the waiting retries of a topic due within 20 seconds, and returns how many there were. */
export async function makeRetriesDueSoon(executor: Executor, topic: DeliveryTopic): Promise<number> {
  const [row] = await executor.run(bringForward, { topic, spreadMs });
  return row?.brought ?? 0;
}

/** A retry waits an hour at most, so a delivery that is due later was scheduled and is left alone. */
const bringForward = declareStatement<{ topic: DeliveryTopic; spreadMs: number }, { brought: number }>(
  'delivery.bring_forward',
  (s, p) => `
    WITH waiting AS MATERIALIZED (
      SELECT id FROM ${s}.deliveries
      WHERE topic = ${p.topic} AND state = 'pending' AND attempts > 0 AND ${isUnclaimedSql(s)}
        AND available_at > ${s}.clock() + make_interval(secs => ${p.spreadMs}::float8 / 1000)
        AND available_at <= ${s}.clock() + interval '61 minutes'
      FOR NO KEY UPDATE SKIP LOCKED
    ), brought AS (
      UPDATE ${s}.deliveries d SET
        available_at = ${s}.clock() + make_interval(secs => random() * ${p.spreadMs}::float8 / 1000)
      FROM waiting WHERE d.id = waiting.id
      RETURNING d.id
    )
    SELECT count(*)::int AS brought FROM brought`,
);
