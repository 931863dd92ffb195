import { type DraftStatus, draftStatuses } from '../contracts/domain.js';
import type { ReportInput } from '../contracts/inputs.js';
import { readDatabaseTime } from '../db/database-time.js';
import type { Executor } from '../db/statement.js';
import { CairnloopError } from '../foundation/errors.js';
import { createInputSchema, moment, parseInput } from '../validation/input.js';
import { editDistance, median } from './edit-distance.js';
import {
  type DeliveryCountRow,
  type DraftCountRow,
  type EditedDraftRow,
  maxCountedDeliveries,
  maxCountedRows,
  type OpenedConversationsRow,
  type ReportPeriod,
  type SlaClocksRow,
  selectDeliveryCounts,
  selectDraftCounts,
  selectEditedDrafts,
  selectOpenedConversations,
  selectSlaClocks,
} from './report-statements.js';
import type { Report, ReportDay, ReportNumber } from './report-types.js';

export type * from './report-types.js';

const dayMs = 86_400_000;
const defaultDays = 30;
const mostDays = 366;

const reportInput = createInputSchema<ReportInput>()({
  since: moment().optional(),
  until: moment().optional(),
}).default({});

/**
 * Counts the conversations, SLA clocks, drafts and deliveries from `since` (default: 30 days before `until`) up to
 * `until` (default: now), at most 366 days. Throws `INPUT_INVALID`.
 */
export async function createPeriodReport({ db }: { db: Executor }, input?: ReportInput): Promise<Report> {
  const period = await periodOf(db, input);
  const [opened, clocks, drafts, edited, deliveries] = await Promise.all([
    one(db.run(selectOpenedConversations, period)),
    one(db.run(selectSlaClocks, period)),
    db.run(selectDraftCounts, period),
    db.run(selectEditedDrafts, period),
    db.run(selectDeliveryCounts, period),
  ]);
  return {
    ...period,
    truncated: isTruncated(opened, clocks, drafts, deliveries),
    opened: opened.opened,
    firstResponse: {
      medianSeconds: opened.median,
      p90Seconds: opened.p90,
      answered: opened.answered,
      unanswered: opened.unanswered,
    },
    sla: {
      metShare: share(clocks.met, [clocks.met, clocks.breached]),
      met: listed(clocks.met),
      breached: listed(clocks.breached),
      running: listed(clocks.running),
    },
    csat: {
      positiveShare: share(opened.positive, [opened.positive, opened.negative]),
      positive: opened.positive,
      negative: opened.negative,
    },
    drafts: draftNumbers(drafts, edited),
    deliveries: deliveries.map((row) => ({ ...row, number: listed(row.number) })),
    days: mergeDays(opened.days, clocks.days),
  };
}

async function periodOf(db: Executor, input: ReportInput | undefined): Promise<ReportPeriod> {
  const given = parseInput('report', reportInput, input);
  const until = given.until ?? (await readDatabaseTime(db));
  const since = given.since ?? new Date(until.getTime() - defaultDays * dayMs);
  const days = (until.getTime() - since.getTime()) / dayMs;
  // Round the length of the period down: a caller's "366 days ago" was computed before `until` was read.
  if (days > 0 && Math.floor(days) <= mostDays) return { since, until };
  const expected = `a time at most ${mostDays} days before ${until.toISOString()}`;
  const problems = [{ path: 'since', expected, found: since.toISOString() }];
  throw new CairnloopError('INPUT_INVALID', { operation: 'report', problems });
}

async function one<Row>(rows: Promise<Row[]>): Promise<Row> {
  const [row] = await rows;
  return row as Row;
}

function isTruncated(
  opened: OpenedConversationsRow,
  clocks: SlaClocksRow,
  drafts: readonly DraftCountRow[],
  deliveries: readonly DeliveryCountRow[],
): boolean {
  const sum = (rows: readonly { number: ReportNumber }[]) =>
    rows.reduce((total, { number }) => total + number.count, 0);
  return (
    Math.max(opened.counted, clocks.counted, sum(drafts)) > maxCountedRows || sum(deliveries) > maxCountedDeliveries
  );
}

/** Lists each conversation once, because it may have several clocks, drafts or deliveries. */
function listed({ count, conversationIds }: ReportNumber): ReportNumber {
  return { count, conversationIds: [...new Set(conversationIds)] };
}

function share(part: ReportNumber, all: readonly ReportNumber[]): number | null {
  const total = all.reduce((sum, { count }) => sum + count, 0);
  return total === 0 ? null : part.count / total;
}

function draftNumbers(rows: readonly DraftCountRow[], edited: readonly EditedDraftRow[]): Report['drafts'] {
  const none: ReportNumber = { count: 0, conversationIds: [] };
  const found = new Map(rows.map(({ status, number }) => [status, listed(number)]));
  const byStatus = Object.fromEntries(draftStatuses.map((status) => [status, found.get(status) ?? none])) as Record<
    DraftStatus,
    ReportNumber
  >;
  const { approved, edited: changed, discarded } = byStatus;
  const accepted = { count: approved.count + changed.count, conversationIds: [] };
  return {
    acceptedShare: share(accepted, [accepted, discarded]),
    medianEditDistance: median(edited.map(({ proposed, sent }) => editDistance(proposed, sent))),
    byStatus,
  };
}

function mergeDays(opened: OpenedConversationsRow['days'], clocks: SlaClocksRow['days']): ReportDay[] {
  const days = new Map<string, ReportDay>();
  const of = (day: string): ReportDay => {
    const known = days.get(day) ?? { day, opened: 0, medianFirstResponseSeconds: null, slaMet: 0, slaBreached: 0 };
    days.set(day, known);
    return known;
  };
  for (const { day, opened: count, median: seconds } of opened)
    Object.assign(of(day), { opened: count, medianFirstResponseSeconds: seconds });
  for (const { day, met, breached } of clocks) Object.assign(of(day), { slaMet: met, slaBreached: breached });
  return [...days.values()].sort((a, b) => (a.day < b.day ? -1 : 1));
}
