import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Database } from '../db/connect.js';
import { declareStatement } from '../db/statement.js';
import { createThrottledSender } from '../db/throttled-sender.js';
import { errorText } from '../foundation/redact.js';
import type { ChangeVisibility } from './change-feed.js';

/** The most ids in one NOTIFY payload, which Postgres limits to 8000 bytes: an id takes 38 with its mark and comma. */
const idsPerPayload = 200;
/** If more changed conversations than this wait to be announced, one message announces that any may have changed. */
const maxWaiting = 1000;
/**
 * Milliseconds between two announcements, in which changes are collected. The gap grows while changes keep coming; the
 * first change is announced at once.
 */
const gapMs = { shortest: 25, longest: 100 };

/** The payload that stands for all conversations, sent if too many changed to list their ids. */
const anything = '*';

/** Prefix of a conversation's id in a payload, if only operators see its change. */
const internalMark = '~';

/** The ids of changed conversations, each with the widest scope of its changes. */
export type ChangedConversations = Map<string, ChangeVisibility>;

export function addConversationChange(
  changes: ChangedConversations,
  conversationId: string,
  scope: ChangeVisibility,
): void {
  if (scope === 'visible' || !changes.has(conversationId)) changes.set(conversationId, scope);
}

/** Collects the ids of changed conversations and sends them over NOTIFY in the background, one statement at a time. */
export function createChangeAnnouncer(db: Database, channel: string, log: Logger) {
  const waiting: ChangedConversations = new Map();
  const closing = new AbortController();
  const closed = new Promise((resolve) => closing.signal.addEventListener('abort', resolve, { once: true }));
  const sender = createThrottledSender(gapMs, async () => {
    // Under a test's fake timers `nextTurn` never resolves: `closed` ends the wait, so that `close` does not hang.
    await Promise.race([nextTurn(), closed]);
    const payloads = toNotifyPayloads(waiting);
    waiting.clear();
    if (payloads.length > 0) await db.run(notify, { channel, payloads }).catch(logFailure);
  });

  function logFailure(error: unknown): void {
    log.warn(
      { reason: errorText(error) },
      'changed conversations could not be announced; open pages find the changes by polling',
    );
  }

  return {
    add(conversationId: string, scope: ChangeVisibility = 'internal'): void {
      if (closing.signal.aborted) return;
      if (waiting.size < maxWaiting) addConversationChange(waiting, conversationId, scope);
      sender.ask();
    },
    /**
     * Sends the changes still waiting, so that a script which changes one conversation and closes at once announces it.
     */
    async close(): Promise<void> {
      closing.abort();
      await sender.finish();
    },
  };
}

/** Packs changes into as few NOTIFY payloads as their size limit allows. */
export function toNotifyPayloads(changes: ChangedConversations): string[] {
  if (changes.size >= maxWaiting) return [anything];
  const ids = [...changes].map(([id, scope]) => (scope === 'visible' ? id : internalMark + id));
  const payloads: string[] = [];
  for (let from = 0; from < ids.length; from += idsPerPayload) {
    payloads.push(ids.slice(from, from + idsPerPayload).join(','));
  }
  return payloads;
}

/** Parses the changes in a NOTIFY payload. Returns null if any conversation may have changed. */
export function parseNotifyPayload(payload: string): ChangedConversations | null {
  if (payload === anything) return null;
  const entry = (word: string): [string, ChangeVisibility] =>
    word.startsWith(internalMark) ? [word.slice(internalMark.length), 'internal'] : [word, 'visible'];
  return new Map(payload.split(',').map(entry));
}

const notify = declareStatement<{ channel: string; payloads: string[] }>(
  'activity.notify',
  (_, p) => `SELECT pg_notify(${p.channel}, payload) FROM unnest(${p.payloads}::text[]) payload`,
);
