import type { Logger } from 'pino';
import { channelName } from '../db/channel-name.js';
import type { Database } from '../db/connect.js';
import { listenOn } from '../db/listen.js';
import { errorText } from '../foundation/redact.js';
import { type Changes, createAnnouncer, readPayload } from './announce.js';
import type { ChangeFeed, ChangeListener, ChangeScope } from './change-feed.js';

/**
 * Activity through Postgres: one connection a process listens, opened for the first subscriber; what changed is
 * announced from the pool after its commit. An announcement that is lost costs an open page its immediacy, no more: the
 * page polls as well.
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
      // A connection that is opened now would be closed by nobody.
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
