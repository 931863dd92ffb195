import type { Logger } from 'pino';
import { channelName } from '../db/channel-name.js';
import type { Database } from '../db/connect.js';
import { listenOn } from '../db/listen.js';
import { errorText } from '../foundation/redact.js';
import { type Changes, createAnnouncer, readPayload } from './announce.js';
import type { ChangeFeed, ChangeListener, ChangeScope } from './change-feed.js';
import { openNews } from './news.js';

interface Subscription {
  listener: ChangeListener;
  scope: ChangeScope;
}

/**
 * Opens a change feed over LISTEN and NOTIFY: one listening connection per process, opened for the first subscriber;
 * announcements use the pool. A lost announcement only delays a page, because pages also poll.
 */
export function openChangeFeed(db: Database, log: Logger): ChangeFeed {
  const channel = channelName('activity', db.schema);
  const subscriptions = new Set<Subscription>();
  const news = openNews(db, channelName('news', db.schema), log);
  const announcer = createAnnouncer(db, channel, log);
  let listening: { close(): Promise<void> } | undefined;
  let closed = false;

  const tell = (changes: Changes | null) => notify(subscriptions, changes, log);

  function listen(): void {
    listening ??= listenOn({
      connection: { url: db.url, schema: db.schema, name: 'cairnloop' },
      channel,
      log,
      what: 'activity',
      hear: (payload) => tell(readPayload(payload)),
      also: news,
      missed: () => {
        tell(null);
        news.missed();
      },
    });
  }

  return {
    changed: announcer.add,
    subscribe(listener, scope = 'internal') {
      // A connection opened after `close` would never be closed.
      if (closed) return () => {};
      const subscription = { listener, scope };
      subscriptions.add(subscription);
      listen();
      return () => subscriptions.delete(subscription);
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
      subscriptions.clear();
      await Promise.all([announcer.close(), news.close(), listening?.close()]);
    },
  };
}

/**
 * Calls each listener whose scope includes one of the changes. Null `changes` mean that any conversation may have
 * changed.
 */
function notify(subscriptions: ReadonlySet<Subscription>, changes: Changes | null, log: Logger): void {
  for (const { listener, scope } of subscriptions) {
    const ids = [...(changes ?? [])].filter(([, seen]) => scope === 'internal' || seen === 'visible');
    if (changes && ids.length === 0) continue;
    try {
      listener(ids.map(([id]) => id));
    } catch (error) {
      log.warn({ reason: errorText(error) }, 'a listener of the change feed threw an error');
    }
  }
}
