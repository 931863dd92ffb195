import type { DeliveryTopic, DraftStatus } from '../contracts/domain.js';

/** A count, and the conversations that it counts. */
export interface ReportNumber {
  count: number;
  /**
   * Ids of the newest conversations counted, at most 50, each once. Conversations that retention has removed are
   * counted and not listed.
   */
  conversationIds: string[];
}

/** The outcome of a delivery; `retrying` means pending after a failed attempt. */
export type DeliveryOutcomeName = 'done' | 'pending' | 'retrying' | 'discarded';

/**
 * Figures of the team's work in a period. Shares are from 0 to 1, and null if nothing was counted. Conversations that
 * were removed with `retention.keep: 'shape'` are counted, except for their deliveries and the edit distance of their
 * drafts.
 */
export interface Report {
  since: Date;
  until: Date;
  /**
   * Whether the period holds more than a report counts: the newest 100 000 conversations, SLA clocks and drafts each,
   * and the newest 500 000 deliveries.
   */
  truncated: boolean;
  /** Conversations opened in the period. */
  opened: ReportNumber;
  /** Time from the customer's first message to the first answer, for conversations opened in the period. */
  firstResponse: {
    medianSeconds: number | null;
    p90Seconds: number | null;
    answered: ReportNumber;
    unanswered: ReportNumber;
  };
  /** SLA clocks started in the period. */
  sla: { metShare: number | null; met: ReportNumber; breached: ReportNumber; running: ReportNumber };
  /** Ratings of the conversations opened in the period. */
  csat: { positiveShare: number | null; positive: ReportNumber; negative: ReportNumber };
  /** Drafts made in the period. */
  drafts: {
    /** Of the drafts that operators decided on, the share that was sent, unchanged or edited. */
    acceptedShare: number | null;
    /** Median share of changed characters, over the newest 200 edited drafts. */
    medianEditDistance: number | null;
    byStatus: Record<DraftStatus, ReportNumber>;
  };
  /**
   * Deliveries written in the period. Done deliveries are deleted after `retention.doneDays`, and then no longer
   * counted.
   */
  deliveries: { topic: DeliveryTopic; outcome: DeliveryOutcomeName; number: ReportNumber }[];
  /** One entry per day in UTC; days on which no conversation was opened and no SLA clock started are left out. */
  days: ReportDay[];
}

export interface ReportDay {
  /** The date in UTC, as `YYYY-MM-DD`. */
  day: string;
  opened: number;
  medianFirstResponseSeconds: number | null;
  slaMet: number;
  slaBreached: number;
}
