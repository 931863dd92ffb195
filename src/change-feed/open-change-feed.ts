import type { Logger } from 'pino';
import { channelName } from '../db/channel-name.js';
import type { Database } from '../db/connect.js';
import { listenOn } from '../db/listen.js';
import { errorText } from '../foundation/redact.js';
import { anything, createAnnouncer } from './announce.js';
import type { ChangeFeed, ChangeListener } from './change-feed.js';

/**
 * Activity through Postgres: one connection a process listens, opened for the first subscriber; what changed is
 * announced from the pool after its commit. An announcement that is lost costs an open page its immediacy, no more: the
 * page polls as well.
 */
export function openChangeFeed(db: Database, log: Logger): ChangeFeed {
  const channel = channelName('activity', db.schema);
  const listeners = new Set<ChangeListener>();
  const announcer = createAnnouncer(db, channel, log);
  let listening: { close(): Promise<void> } | undefined;
  let closed = false;

  const tell: ChangeListener = (ids) => {
    for (const listener of listeners) {
      try {
        listener(ids);
      } catch (error) {
        log.warn({ reason: errorText(error) }, 'an activity listener failed');
      }
    }
  };

  return {
    changed: announcer.add,
    subscribe(listener) {
      // A connection that is opened now would be closed by nobody.
      if (closed) return () => {};
      listeners.add(listener);
      listening ??= listenOn({
        connection: { url: db.url, schema: db.schema, name: 'cairnloop' },
        channel,
        log,
        what: 'activity',
        hear: (payload) => tell(payload === anything ? [] : payload.split(',')),
        missed: () => tell([]),
      });
      return () => listeners.delete(listener);
    },
    async close() {
      closed = true;
      listeners.clear();
      await Promise.all([announcer.close(), listening?.close()]);
    },
  };
}
