import type { DeliveryTopic } from '../contracts/domain.js';
import { toDate } from '../db/timestamp.js';
import { announce } from '../events/announce.js';
import type { Runtime } from '../runtime.js';
import type { ClaimedDelivery } from './claim.js';
import { isMessageTopic } from './message-topics.js';
import type { ClaimOutcome } from './settle.js';
import type { TopicHandler } from './topic-handler.js';

export interface SettledAttempt {
  topic: DeliveryTopic;
  handler: TopicHandler;
  row: ClaimedDelivery;
  outcome: ClaimOutcome;
  /** Duration of the host's method, in seconds. */
  seconds: number;
  /** Seconds from when the delivery was due to when it was settled. */
  lagSeconds: number;
}

/** The seconds from when a delivery was due to when it was settled, given how long its worker held it. */
export function deliveryLagSeconds(row: ClaimedDelivery, leaseMs: number, heldSeconds: number): number {
  const claimedAt = Number(toDate(row.lease_until)) - leaseMs;
  return Math.max(0, (claimedAt - Number(toDate(row.available_at))) / 1000 + heldSeconds);
}

/** Logs and announces a settled attempt; call it after the commit. */
export function reportSettledAttempt(
  runtime: Runtime,
  { topic, handler, row, outcome, seconds, lagSeconds }: SettledAttempt,
): void {
  if (outcome.kind === 'released' || outcome.kind === 'postponed') return;
  const counted = outcome.kind === 'retry' ? 'retried' : outcome.kind === 'done' ? 'done' : 'discarded';
  announce(runtime, 'delivery.attempted', { topic, outcome: counted, seconds, lagSeconds });
  const line = {
    topic,
    deliveryId: row.id,
    conversationId: row.conversation_id,
    attempt: row.attempts,
    outcome: counted,
    durationMs: Math.round(seconds * 1000),
  };
  if (outcome.kind === 'done') {
    runtime.log.info(line, `${handler.method} done`);
    announceMessage(runtime, topic, row, 'sent');
    return;
  }
  const { maxAttempts } = runtime.config.worker;
  const failed = { ...line, maxAttempts, reason: outcome.error };
  if (outcome.kind === 'retry') {
    runtime.log.warn({ ...failed, retryInMs: outcome.delayMs }, `${handler.method} failed; it will be retried`);
    return;
  }
  runtime.log.error(failed, `${handler.method} failed for the last time; the delivery is discarded and can be retried`);
  announceMessage(runtime, topic, row, 'failed');
  announce(runtime, 'delivery.given_up', { topic, deliveryId: row.id, attempts: row.attempts });
}

function announceMessage(
  runtime: Runtime,
  topic: DeliveryTopic,
  { conversation_id: conversationId, subject_id: messageId }: ClaimedDelivery,
  outcome: 'sent' | 'failed',
): void {
  if (isMessageTopic(topic)) announce(runtime, 'message.settled', { topic, conversationId, messageId, outcome });
}
