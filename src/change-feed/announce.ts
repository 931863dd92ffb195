import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Logger } from 'pino';
import { abortableSleep } from '../db/abortable-sleep.js';
import type { Database } from '../db/connect.js';
import { statement } from '../db/statement.js';
import { errorText } from '../foundation/redact.js';
import type { ChangeScope } from './change-feed.js';

/** Keeps a payload below Postgres' 8000 bytes: 36 for an id, a mark and a comma. */
const idsPerPayload = 200;
/** With more waiting ids than this, one message says that anything may have changed. */
const maxWaiting = 1000;
/**
 * How long ids are collected after an announcement, in milliseconds: it grows while changes keep coming. The first goes
 * out at once.
 */
const gapMs = { shortest: 25, longest: 100 };

/** Sent instead of ids when there are too many. */
const anything = '*';

/** Precedes the id of a conversation in which only operators see the change. */
const internalMark = '~';

/** The changed conversations, each with the widest scope of its changes. */
export type Changes = Map<string, ChangeScope>;

export function addChange(changes: Changes, conversationId: string, scope: ChangeScope): void {
  if (scope === 'visible' || !changes.has(conversationId)) changes.set(conversationId, scope);
}

/** Collects ids and announces them off the caller's path, one statement at a time. */
export function createAnnouncer(db: Database, channel: string, log: Logger) {
  const waiting: Changes = new Map();
  let sending: Promise<void> | undefined;
  const closing = new AbortController();
  const closed = new Promise((resolve) => closing.signal.addEventListener('abort', resolve, { once: true }));

  async function send(): Promise<void> {
    // Besides the timer, because under a test's faked timers it never fires and `close` would hang.
    await Promise.race([nextTurn(), closed]);
    for (let gap = gapMs.shortest; waiting.size > 0; gap = Math.min(gap * 2, gapMs.longest)) {
      const payloads = toPayloads(waiting);
      waiting.clear();
      try {
        await db.run(notify, { channel, payloads });
      } catch (error) {
        log.warn({ reason: errorText(error) }, 'activity could not be announced; open pages notice by polling');
      }
      await abortableSleep(gap, closing.signal);
    }
    sending = undefined;
  }

  return {
    add(conversationId: string, scope: ChangeScope = 'internal'): void {
      if (closing.signal.aborted) return;
      if (waiting.size < maxWaiting) addChange(waiting, conversationId, scope);
      sending ??= send();
    },
    /** Sends the pending changes, also those of a script that changes one thing and closes at once. */
    async close(): Promise<void> {
      closing.abort();
      await sending;
    },
  };
}

/** Packs changes into as few payloads as the size limit allows. */
export function toPayloads(changes: Changes): string[] {
  if (changes.size >= maxWaiting) return [anything];
  const ids = [...changes].map(([id, scope]) => (scope === 'visible' ? id : internalMark + id));
  const payloads: string[] = [];
  for (let from = 0; from < ids.length; from += idsPerPayload) {
    payloads.push(ids.slice(from, from + idsPerPayload).join(','));
  }
  return payloads;
}

/** The changes of a payload; null: anything may have changed. */
export function readPayload(payload: string): Changes | null {
  if (payload === anything) return null;
  const entry = (word: string): [string, ChangeScope] =>
    word.startsWith(internalMark) ? [word.slice(internalMark.length), 'internal'] : [word, 'visible'];
  return new Map(payload.split(',').map(entry));
}

const notify = statement<{ channel: string; payloads: string[] }>(
  'activity.notify',
  (_, p) => `SELECT pg_notify(${p.channel}, payload) FROM unnest(${p.payloads}::text[]) payload`,
);
