import type { DeliveryTopic } from '../contracts/domain.js';
import { type Executor, statement } from '../db/statement.js';
import { isCairnloopError } from '../foundation/errors.js';
import { errorText } from '../foundation/redact.js';
import type { Runtime } from '../runtime.js';
import { isUnclaimed } from './sql-conditions.js';

/** An outage: only failures for this long (ms), and at least this many. */
const outage = { lastsMs: 30_000, failures: 10 };

/** Retries are moved into this window (ms), spread evenly so that the host is not overloaded. */
const spreadMs = 20_000;

/** Time until the outcome of an ended call is written, in milliseconds. */
const settledMs = 2000;

/** Tracks successes and failures of one topic. */
export interface OutageRecovery {
  failed(): void;
  succeeded(): void;
}

/**
 * After an outage, retries wait about as long as it lasted. At the first success this moves them forward. A host that
 * fails now and then never counts as an outage.
 */
export function createOutageRecovery(
  runtime: Runtime,
  topic: DeliveryTopic,
  now: () => number = () => performance.now(),
): OutageRecovery {
  let failures = 0;
  let since = 0;

  /** Brings retries forward now, and later for calls that began before the recovery and fail after it. */
  function afterReturn(): void {
    bringForwardOrSay();
    for (const waitMs of [settledMs, runtime.config.worker.callbackTimeoutMs + settledMs])
      setTimeout(bringForwardOrSay, waitMs).unref();
  }

  function bringForwardOrSay(): void {
    bringForward().catch((error) => {
      if (isCairnloopError(error) && error.code === 'CLOSED') return;
      runtime.log.warn({ topic, reason: errorText(error) }, 'retries not brought forward; they come at their time');
    });
  }

  async function bringForward(): Promise<void> {
    const brought = await bringRetriesForward(runtime.db, topic);
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

/** Returns how many waiting retries were moved forward. */
export async function bringRetriesForward(executor: Executor, topic: DeliveryTopic): Promise<number> {
  const [row] = await executor.run(bringForward, { topic, spreadMs });
  return row?.brought ?? 0;
}

/** A retry waits an hour at most, so a delivery that is due later is a scheduled one. */
const bringForward = statement<{ topic: DeliveryTopic; spreadMs: number }, { brought: number }>(
  'delivery.bring_forward',
  (s, p) => `
    WITH waiting AS MATERIALIZED (
      SELECT id FROM ${s}.deliveries
      WHERE topic = ${p.topic} AND state = 'pending' AND attempts > 0 AND ${isUnclaimed(s)}
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
