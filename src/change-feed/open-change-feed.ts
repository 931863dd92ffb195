import type { Logger } from 'pino';
import { channelName } from '../db/channel-name.js';
import type { Database } from '../db/connect.js';
import { listenOn } from '../db/listen.js';
import { errorText } from '../foundation/redact.js';
import { anything, createAnnouncer } from './announce.js';
import type { ChangeFeed, ChangeListener } from './change-feed.js';
import { openNews } from './news.js';

/**
 * A change feed over LISTEN and NOTIFY: one listening connection a process, opened for the first subscriber; changes
 * are announced from the pool after the commit. A lost announcement only delays a page, which also polls.
 */
export function openChangeFeed(db: Database, log: Logger): ChangeFeed {
  const channel = channelName('activity', db.schema);
  const listeners = new Set<ChangeListener>();
  const news = openNews(db, channelName('news', db.schema), log);
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

  function listen(): void {
    listening ??= listenOn({
      connection: { url: db.url, schema: db.schema, name: 'cairnloop' },
      channel,
      log,
      what: 'activity',
      hear: (payload) => tell(payload === anything ? [] : payload.split(',')),
      also: news,
      missed: () => {
        tell([]);
        news.missed();
      },
    });
  }

  return {
    changed: announcer.add,
    subscribe(listener) {
      // After `close` nobody would close a new connection.
      if (closed) return () => {};
      listeners.add(listener);
      listen();
      return () => listeners.delete(listener);
    },
    news: {
      say: news.say,
      hear(listener, missed) {
        if (closed) return () => {};
        const stop = news.add(listener, missed);
        listen();
        return stop;
      },
    },
    async close() {
      closed = true;
      listeners.clear();
      await Promise.all([announcer.close(), news.close(), listening?.close()]);
    },
  };
}
