import type { DeliveryTopic, DraftStatus } from '../contracts/domain.js';

/** A count, and the conversations behind it. */
export interface ReportNumber {
  count: number;
  /** The newest of them, at most 50, each once. Those that retention has removed are counted and not listed. */
  conversationIds: string[];
}

/** Outcome of a delivery; `retrying` is pending and has failed before. */
export type DeliveryOutcomeName = 'done' | 'pending' | 'retrying' | 'discarded';

/**
 * How the team did in a period. Shares are from 0 to 1; null where there is nothing to divide by. Conversations that
 * were removed with `retention.keep: 'shape'` are counted, but for their deliveries and the edit distance of their
 * drafts.
 */
export interface Report {
  since: Date;
  until: Date;
  /**
   * True where the period holds more than is counted: the newest 100 000 conversations, clocks and drafts, and 500 000
   * deliveries.
   */
  truncated: boolean;
  /** Conversations opened in the period. */
  opened: ReportNumber;
  /** From the customer's first message to the first answer, of the conversations opened in the period. */
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
    /** Share of the drafts decided by operators that were sent, unchanged or edited. */
    acceptedShare: number | null;
    /** Median of edited characters divided by length, over the newest 200 edited drafts. */
    medianEditDistance: number | null;
    byStatus: Record<DraftStatus, ReportNumber>;
  };
  /** Deliveries written in the period. Done ones are deleted after `retention.doneDays`. */
  deliveries: { topic: DeliveryTopic; outcome: DeliveryOutcomeName; number: ReportNumber }[];
  /** One entry a day in UTC, without those on which nothing was opened and no clock started. */
  days: ReportDay[];
}

export interface ReportDay {
  /** `YYYY-MM-DD` */
  day: string;
  opened: number;
  medianFirstResponseSeconds: number | null;
  slaMet: number;
  slaBreached: number;
}
