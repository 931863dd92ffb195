import type { Logger } from 'pino';
import { channelName } from '../db/channel-name.js';
import type { Database } from '../db/connect.js';
import { listenOn } from '../db/listen.js';
import { errorText } from '../foundation/redact.js';
import { type Changes, createAnnouncer, readPayload } from './announce.js';
import type { ChangeFeed, ChangeListener, ChangeScope } from './change-feed.js';

/**
 * A change feed over LISTEN and NOTIFY: one listening connection a process, opened for the first subscriber; changes
 * are announced from the pool after the commit. A lost announcement only delays a page, which also polls.
 */
export function openChangeFeed(db: Database, log: Logger): ChangeFeed {
  const channel = channelName('activity', db.schema);
  const subscriptions = new Set<{ listener: ChangeListener; scope: ChangeScope }>();
  const announcer = createAnnouncer(db, channel, log);
  let listening: { close(): Promise<void> } | undefined;
  let closed = false;

  function tell(changes: Changes | null): void {
    for (const { listener, scope } of subscriptions) {
      const ids = [...(changes ?? [])].filter(([, seen]) => scope === 'internal' || seen === 'visible');
      if (changes && ids.length === 0) continue;
      try {
        listener(ids.map(([id]) => id));
      } catch (error) {
        log.warn({ reason: errorText(error) }, 'an activity listener failed');
      }
    }
  }

  return {
    changed: announcer.add,
    subscribe(listener, scope = 'internal') {
      // After `close` nobody would close a new connection.
      if (closed) return () => {};
      const subscription = { listener, scope };
      subscriptions.add(subscription);
      listening ??= listenOn({
        connection: { url: db.url, schema: db.schema, name: 'cairnloop' },
        channel,
        log,
        what: 'activity',
        hear: (payload) => tell(readPayload(payload)),
        missed: () => tell(null),
      });
      return () => subscriptions.delete(subscription);
    },
    async close() {
      closed = true;
      subscriptions.clear();
      await Promise.all([announcer.close(), listening?.close()]);
    },
  };
}
