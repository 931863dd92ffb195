import { setTimeout as sleep } from 'node:timers/promises';
import type { ChangeFeed } from '../change-feed/change-feed.js';
import { deliveryTopics } from '../contracts/domain.js';
import { isTransientError } from '../db/outage.js';
import type { Executor } from '../db/statement.js';
import {
  type DeliveryLine,
  matchesFilter,
  type TailFilter,
  type TailLine,
  toDeliveryLine,
  toEventLine,
} from './tail-lines.js';
import {
  maxRowsPerPoll,
  selectDeliveries,
  selectEvents,
  selectServerTime,
  type TailedDeliveryRow,
} from './tail-statements.js';

export interface TailOptions {
  db: Executor;
  changeFeed: Pick<ChangeFeed, 'subscribe'>;
  filter: TailFilter;
  /** Aborting it ends the tail. */
  signal: AbortSignal;
  show(lines: readonly TailLine[]): void;
  /** Called when lines were left out, and when the database is away or back. */
  warn(message: string): void;
}

/** Settlements are not announced, so poll at least this often, in milliseconds. */
const lookEveryMs = 1000;

/** Announcements come in bursts; looks are at least so far apart, in milliseconds. */
const leastGapMs = 100;

/**
 * How long after creating its ids a transaction may commit, in milliseconds; rows of a later commit are not shown as
 * new.
 */
const lookBackMs = 10_000;

/** How many deliveries and events are kept in memory; beyond it the oldest are dropped. */
const mostRemembered = 5000;

/** How many unsettled deliveries are read again at each look; the newest. */
const mostWatched = 1000;

/**
 * Shows deliveries and events as they happen, from now on, until `signal` aborts. Woken by the change feed, and by a timer
 * for what nobody announces. While the database is away it waits.
 */
export async function tail(options: TailOptions): Promise<void> {
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
    /** After the least gap: at once where something was announced, else at the next one or the next turn of the timer. */
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

/** Makes what reads and compares; the first look only learns how things stand. */
function createLook({ db, filter, warn }: TailOptions): () => Promise<TailLine[]> {
  /** How each known delivery stood; events have an empty text. */
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

  /** Whether rows between the last look and these were left out: none of these was there at the last look. */
  function isCutOff(newest: readonly { id: string }[]): boolean {
    return newest.length === maxRowsPerPoll && !newest.some(({ id }) => known.has(id));
  }

  function deliveryLines(rows: readonly TailedDeliveryRow[]): DeliveryLine[] {
    const lines = rows.map((row) => ({ row, line: toDeliveryLine(row) }));
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
      db.run(selectDeliveries, { from, watched, topics, conversationId }),
      db.run(selectEvents, { from, conversationId }),
    ]);
    if (isCutOff(deliveries.filter((row) => row.is_new)) || isCutOff(events))
      warn(`More than ${maxRowsPerPoll} at once; the oldest of them are not shown.`);
    from = new Date(Math.max(from.getTime(), now.getTime() - lookBackMs));
    const eventLines = events.map(toEventLine).filter(({ id }) => isChanged(id, '', true));
    const lines: TailLine[] = [...deliveryLines(deliveries), ...eventLines];
    forgetOldest(known, mostRemembered);
    forgetOldest(pendingIds, mostWatched);
    return lines.filter((line) => matchesFilter(line, filter)).sort(byTime);
  };
}

function forgetOldest(remembered: Map<string, unknown> | Set<string>, most: number): void {
  for (const id of remembered.keys()) {
    if (remembered.size <= most) return;
    remembered.delete(id);
  }
}

/** Lines of one time stand in the order in which their rows were written. */
const byTime = (a: TailLine, b: TailLine): number => a.at.getTime() - b.at.getTime() || (a.id < b.id ? -1 : 1);
