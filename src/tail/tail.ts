import { setTimeout as sleep } from 'node:timers/promises';
import type { ChangeFeed } from '../change-feed/change-feed.js';
import { deliveryTopics } from '../contracts/domain.js';
import { isTransientError } from '../db/outage.js';
import type { Executor } from '../db/statement.js';
import {
  type DeliveryTailLine,
  matchesTailFilter,
  type TailFilter,
  type TailLine,
  toAuditEventTailLine,
  toDeliveryTailLine,
} from './tail-lines.js';
import {
  maxTailRowsPerPoll,
  selectServerTime,
  selectTailedAuditEvents,
  selectTailedDeliveries,
  type TailedDeliveryRow,
} from './tail-statements.js';

export interface TailOptions {
  db: Executor;
  changeFeed: Pick<ChangeFeed, 'subscribe'>;
  filter: TailFilter;
  /** Aborting this signal ends the tail. */
  signal: AbortSignal;
  show(lines: readonly TailLine[]): void;
  /** Called when changes were too many to show, and when the database becomes unreachable or reachable again. */
  warn(message: string): void;
}

/**
 * The longest time between two polls, in milliseconds: settled deliveries are not announced, so only a poll finds them.
 */
const lookEveryMs = 1000;

/** The shortest time between two polls, in milliseconds: announcements of changes come in bursts. */
const leastGapMs = 100;

/**
 * How long a transaction may take from creating an id to its commit, in milliseconds; rows committed later are not
 * shown as new.
 */
const lookBackMs = 10_000;

/** The most deliveries and audit events remembered to detect changes; beyond it the oldest are dropped. */
const mostRemembered = 5000;

/** Maximum number of unsettled deliveries that each poll reads again; it reads the newest. */
const mostWatched = 1000;

/**
 * Shows deliveries and audit events as they happen, from now until `signal` aborts. Polls when the change feed
 * announces a change, and at least every second. Waits while the database is unreachable.
 */
export async function tailActivity(options: TailOptions): Promise<void> {
  const { changeFeed, signal, show, warn } = options;
  const wake = createWake(signal);
  const unsubscribe = changeFeed.subscribe(wake.now);
  const look = createLook(options);
  let isAway = false;
  try {
    while (!signal.aborted) {
      try {
        const lines = await look();
        if (isAway) warn('The database is reachable again.');
        isAway = false;
        if (lines.length > 0) show(lines);
      } catch (error) {
        if (!isTransientError(error)) throw error;
        if (!isAway) warn('The database is unreachable; waiting for it.');
        isAway = true;
      }
      await wake.next();
    }
  } finally {
    unsubscribe();
  }
}

function createWake(signal: AbortSignal) {
  let asked = false;
  let ring = () => {};
  return {
    now() {
      asked = true;
      ring();
    },
    /**
     * Resolves when the next poll is due: after `leastGapMs` if a change was announced meanwhile, else at the next
     * announcement or after `lookEveryMs`.
     */
    async next(): Promise<void> {
      await pause(leastGapMs, signal);
      if (!asked && !signal.aborted) {
        const rung = new AbortController();
        ring = () => rung.abort();
        await pause(lookEveryMs - leastGapMs, AbortSignal.any([signal, rung.signal]));
      }
      asked = false;
    },
  };
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {});
}

/**
 * Creates a function that polls and returns what changed since its last call; the first call only records the present
 * state.
 */
function createLook({ db, filter, warn }: TailOptions): () => Promise<TailLine[]> {
  /** Status and attempts of each known delivery, by id; an empty text for an audit event. */
  const known = new Map<string, string>();
  const pendingIds = new Set<string>();
  const topics = filter.topic === undefined ? [...deliveryTopics] : [filter.topic];
  let from: Date | undefined;

  function isChanged(id: string, stands: string, isShown: boolean): boolean {
    const before = known.get(id);
    known.delete(id);
    known.set(id, stands);
    return before === undefined ? isShown : before !== stands;
  }

  /** Whether rows were skipped: the poll reached its limit, and none of its rows was known from the last poll. */
  function isCutOff(newest: readonly { id: string }[]): boolean {
    return newest.length === maxTailRowsPerPoll && !newest.some(({ id }) => known.has(id));
  }

  function deliveryLines(rows: readonly TailedDeliveryRow[]): DeliveryTailLine[] {
    const lines = rows.map((row) => ({ row, line: toDeliveryTailLine(row) }));
    for (const { line } of lines) {
      if (line.state === 'pending') pendingIds.add(line.id);
      else pendingIds.delete(line.id);
    }
    return lines
      .filter(({ row, line }) => isChanged(line.id, `${line.status} ${line.attempts}`, row.is_new))
      .map(({ line }) => line);
  }

  return async () => {
    const [time] = await db.run(selectServerTime);
    const now = new Date(time?.now ?? Date.now());
    from ??= now;
    const { conversationId = null } = filter;
    const watched = [...pendingIds].slice(-mostWatched);
    const [deliveries, events] = await Promise.all([
      db.run(selectTailedDeliveries, { from, watched, topics, conversationId }),
      db.run(selectTailedAuditEvents, { from, conversationId }),
    ]);
    if (isCutOff(deliveries.filter((row) => row.is_new)) || isCutOff(events))
      warn(`More than ${maxTailRowsPerPoll} new deliveries or audit events at once; the oldest are not shown.`);
    from = new Date(Math.max(from.getTime(), now.getTime() - lookBackMs));
    const eventLines = events.map(toAuditEventTailLine).filter(({ id }) => isChanged(id, '', true));
    const lines: TailLine[] = [...deliveryLines(deliveries), ...eventLines];
    forgetOldest(known, mostRemembered);
    forgetOldest(pendingIds, mostWatched);
    return lines.filter((line) => matchesTailFilter(line, filter)).sort(byTime);
  };
}

function forgetOldest(remembered: Map<string, unknown> | Set<string>, most: number): void {
  for (const id of remembered.keys()) {
    if (remembered.size <= most) return;
    remembered.delete(id);
  }
}

/** Sorts the lines of the tail by time; lines of the same time in the order in which their rows were written. */
const byTime = (a: TailLine, b: TailLine): number => a.at.getTime() - b.at.getTime() || (a.id < b.id ? -1 : 1);
