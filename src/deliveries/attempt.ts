import type { DeliveryTopic } from '../contracts/domain.js';
import type { Awaitable } from '../contracts/result.js';
import { errorText } from '../foundation/redact.js';
import { withTimeout } from '../foundation/with-timeout.js';
import type { Runtime } from '../runtime.js';
import type { TracedDelivery } from '../telemetry/semantic-conventions.js';
import { backoffMs } from './backoff.js';
import type { ClaimedDelivery } from './claim.js';
import { type LoadedCall, postponedCallMark, releasedCallMark } from './load-batch.js';
import { createOutageRecovery } from './outage-recovery.js';
import type { ClaimOutcome } from './settle.js';
import type { TopicHandler } from './topic-handler.js';

/** Delay of a delivery whose conversation is locked by another session, in milliseconds. */
const postponeMs = 1000;

/**
 * Calls the host for one claimed delivery and returns the outcome, synchronously if the callback returned no promise:
 * at thousands of calls a second, promises cost more than the callbacks. Never throws or rejects.
 */
export type DeliveryAttempt = (row: ClaimedDelivery, call: LoadedCall, claimedAt: number) => Awaitable<ClaimOutcome>;

export function createDeliveryAttempt(runtime: Runtime, topic: DeliveryTopic, handler: TopicHandler): DeliveryAttempt {
  const { callbackTimeoutMs, maxAttempts } = runtime.config.worker;
  const recovery = createOutageRecovery(runtime, topic);

  function requireSuccess(returned: unknown): void {
    const failure = handler.failure(returned);
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

  function callHost(call: () => unknown): Awaitable<void> {
    const returned: unknown = withTimeout(callbackTimeoutMs, handler.method, call);
    return returned instanceof Promise ? returned.then(requireSuccess) : requireSuccess(returned);
  }

  function succeeded(): ClaimOutcome {
    recovery.succeeded();
    return { kind: 'done' };
  }

  function failed({ attempts }: ClaimedDelivery, error: unknown): ClaimOutcome {
    recovery.failed();
    return attempts < maxAttempts
      ? { kind: 'retry', error: errorText(error), delayMs: backoffMs(attempts) }
      : { kind: 'discarded', error: errorText(error) };
  }

  return (row, call, claimedAt) => {
    if (row.attempts > maxAttempts) return { kind: 'exhausted', error: whyExhausted(row, maxAttempts) };
    if (call === releasedCallMark) return { kind: 'released' };
    if (call === postponedCallMark) return { kind: 'postponed', delayMs: postponeMs };
    if (!call) return { kind: 'done' };
    try {
      const metadata = { topic, deliveryId: row.id, attempt: row.attempts };
      const ended = runtime.telemetry.span('delivery.attempt', metadata, () =>
        runtime.traces.process(traced(row, claimedAt), () => callHost(call)),
      );
      return ended instanceof Promise ? ended.then(succeeded, (error) => failed(row, error)) : succeeded();
    } catch (error) {
      return failed(row, error);
    }
  };
}

/** Why a delivery has no attempts left: a worker died at the last one, or `maxAttempts` was lowered since. */
function whyExhausted({ leases_lost, attempts }: ClaimedDelivery, maxAttempts: number): string {
  return leases_lost > 0
    ? 'the worker died at the last attempt'
    : `the delivery was tried ${attempts - 1} times, and worker.maxAttempts is ${maxAttempts} now`;
}
