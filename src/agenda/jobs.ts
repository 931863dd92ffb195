import { type DeliveryTopic, deliveryTopics } from '../contracts/domain.js';

/** The name of the Agenda job that drains each topic. */
export const agendaJobNames: Record<DeliveryTopic, string> = {
  conversation_resolved: 'notify-resolved',
  sla_breach: 'sla-countdown',
  outbound: 'outbound',
  reply: 'reply',
  draft: 'draft',
  customer_erased: 'customer-erased',
};

/**
 * Maximum number of Agenda's connections. Agenda polls for all jobs at once, and stalls with fewer connections than
 * jobs.
 */
export const maxAgendaConnections = deliveryTopics.length;

/** The Agenda job of one topic, as this worker runs it. */
export interface AgendaTopicJob {
  run(): Promise<void>;
  /** Whether this worker is saturated: wake-ups go to other workers, and this one claims again by itself. */
  readonly full: boolean;
}

/**
 * Sends and receives wake-ups through Agenda. Postgres holds all state, so the job store may be down or wiped: the
 * sweep finds deliveries whose wake-up was lost.
 */
export interface AgendaJobs {
  /** Asks for a drain of the topic. Call it after the commit; it returns at once, never throws, and merges bursts. */
  wake(topic: DeliveryTopic): void;
  /** Runs `drains[topic]` in that topic's Agenda job until {@link AgendaJobs.stop}. Throws `JOBS_UNREACHABLE`. */
  start(drains: Record<DeliveryTopic, AgendaTopicJob>): Promise<void>;
  /** Stops taking jobs; running jobs keep their locks. */
  stop(): Promise<void>;
  /** Rejects with `JOBS_UNREACHABLE` unless the job store responds. */
  probe(): Promise<void>;
  close(): Promise<void>;
}
