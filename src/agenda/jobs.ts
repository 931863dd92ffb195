import type { DeliveryTopic } from '../contracts/domain.js';

/** The Agenda job that drains each kind of delivery. */
export const jobNames: Record<DeliveryTopic, string> = {
  conversation_resolved: 'notify-resolved',
  sla_breach: 'sla-countdown',
  outbound: 'outbound',
  reply: 'reply',
  draft: 'draft',
  customer_erased: 'customer-erased',
};

/** The Agenda job of one topic, as this worker runs it. */
export interface TopicJob {
  run(): Promise<void>;
  /** Saturated: wake-ups go to other workers, and this one claims again by itself. */
  readonly full: boolean;
}

/**
 * Wake-ups through Agenda. Postgres holds all state, so this may be down or wiped: the sweep finds what a lost wake-up
 * missed.
 */
export interface Jobs {
  /** Asks for a drain of the topic. Call it after the commit; it returns at once, never throws, and merges bursts. */
  wake(topic: DeliveryTopic): void;
  /** Runs `drains[topic]` in that topic's Agenda job until {@link Jobs.stop}. Throws `JOBS_UNREACHABLE`. */
  start(drains: Record<DeliveryTopic, TopicJob>): Promise<void>;
  /** Takes no more jobs; running ones keep their locks. */
  stop(): Promise<void>;
  /** Rejects with `JOBS_UNREACHABLE` unless the job store answers. */
  probe(): Promise<void>;
  close(): Promise<void>;
}
