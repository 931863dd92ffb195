import type { DeliveryTopic } from '../contracts/domain.js';
import { errorText } from '../foundation/redact.js';
import { withTimeout } from '../foundation/with-timeout.js';
import type { Runtime } from '../runtime.js';
import type { TracedDelivery } from '../telemetry/semantic-conventions.js';
import { backoffMs } from './backoff.js';
import type { ClaimedDelivery } from './claim.js';
import { givenBack, type LoadedCall, putOff } from './load-batch.js';
import { createOutageRecovery } from './outage-recovery.js';
import type { Outcome } from './settle.js';
import type { TopicHandler } from './topic-handler.js';

/** How long a delivery waits whose conversation another session has locked, in milliseconds. */
const putOffMs = 1000;

/** Calls the host for one claimed delivery and answers what is to become of it. Never rejects. */
export type Attempt = (row: ClaimedDelivery, call: LoadedCall, claimedAt: number) => Promise<Outcome>;

export function createAttempt(runtime: Runtime, topic: DeliveryTopic, handler: TopicHandler): Attempt {
  const { callbackTimeoutMs, maxAttempts } = runtime.config.worker;
  const recovery = createOutageRecovery(runtime, topic);

  async function callHost(call: () => unknown): Promise<void> {
    const failure = handler.failure(await withTimeout(callbackTimeoutMs, handler.method, call));
    if (failure !== null) throw new Error(failure);
  }

  const traced = (row: ClaimedDelivery, claimedAt: number): TracedDelivery => ({
    id: row.id,
    conversationId: row.conversation_id,
    topic,
    method: handler.method,
    attempt: row.attempts,
    traceparent: row.traceparent,
    claimedAt,
  });

  return async (row, call, claimedAt) => {
    if (row.attempts > maxAttempts) return { kind: 'exhausted', error: whyExhausted(row, maxAttempts) };
    if (call === givenBack) return { kind: 'released' };
    if (call === putOff) return { kind: 'postponed', delayMs: putOffMs };
    if (!call) return { kind: 'done' };
    try {
      const metadata = { topic, deliveryId: row.id, attempt: row.attempts };
      await runtime.telemetry.span('delivery.attempt', metadata, () =>
        runtime.traces.process(traced(row, claimedAt), () => callHost(call)),
      );
    } catch (error) {
      recovery.failed();
      return row.attempts < maxAttempts
        ? { kind: 'retry', error: errorText(error), delayMs: backoffMs(row.attempts) }
        : { kind: 'discarded', error: errorText(error) };
    }
    recovery.succeeded();
    return { kind: 'done' };
  };
}

/** `maxAttempts` may have been lowered since the last attempt. */
function whyExhausted({ leases_lost, attempts }: ClaimedDelivery, maxAttempts: number): string {
  return leases_lost > 0
    ? 'the worker died at the last attempt'
    : `it was tried ${attempts - 1} times, and worker.maxAttempts is ${maxAttempts} now`;
}
