import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Database } from '../db/connect.js';
import { pause } from '../db/pause.js';
import { statement } from '../db/statement.js';
import { errorText } from '../foundation/redact.js';

/** A payload stays below Postgres' 8000 bytes: an id has 36, and a comma. */
const idsPerPayload = 200;
/** Beyond it ids are worth less than the message that says "everything". */
const maxWaiting = 1000;
/** How long announcements are gathered behind the one before; the first goes out at once. */
const gapMs = 25;

/** What is sent instead of ids when there are too many of them. */
export const anything = '*';

/** Gathers ids and sends them off the caller's path, one statement at a time. */
export function createAnnouncer(db: Database, channel: string, log: Logger) {
  const waiting = new Set<string>();
  let sending: Promise<void> | undefined;
  const closing = new AbortController();
  const closed = new Promise((resolve) => closing.signal.addEventListener('abort', resolve, { once: true }));

  async function send(): Promise<void> {
    // Never a timer alone: where a host's tests fake them, none would come and `close` would hang.
    await Promise.race([nextTurn(), closed]);
    while (waiting.size > 0) {
      const payloads = toPayloads([...waiting]);
      waiting.clear();
      try {
        await db.run(notify, [channel, payloads]);
      } catch (error) {
        log.warn({ reason: errorText(error) }, 'activity could not be announced; open pages notice by polling');
      }
      await pause(gapMs, closing.signal);
    }
    sending = undefined;
  }

  return {
    add(conversationId: string): void {
      if (closing.signal.aborted) return;
      if (waiting.size < maxWaiting) waiting.add(conversationId);
      sending ??= send();
    },
    /** Sends what is still waiting: a script that changes one thing and closes is heard as well. */
    async close(): Promise<void> {
      closing.abort();
      await sending;
    },
  };
}

/** Packs ids into as few payloads as the size limit allows. */
export function toPayloads(ids: readonly string[]): string[] {
  if (ids.length >= maxWaiting) return [anything];
  const payloads: string[] = [];
  for (let from = 0; from < ids.length; from += idsPerPayload) {
    payloads.push(ids.slice(from, from + idsPerPayload).join(','));
  }
  return payloads;
}

const notify = statement('activity.notify', () => 'SELECT pg_notify($1, payload) FROM unnest($2::text[]) payload');
