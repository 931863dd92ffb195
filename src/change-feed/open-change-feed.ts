import type { Logger } from 'pino';
import { notifyChannelName } from '../db/channel-name.js';
import type { Database } from '../db/connect.js';
import { listenForNotifications } from '../db/listen.js';
import { errorText } from '../foundation/redact.js';
import { type ChangedConversations, createChangeAnnouncer, parseNotifyPayload } from './announce.js';
import type { ChangeFeed, ChangeListener, ChangeVisibility } from './change-feed.js';
import { openProcessBroadcast } from './process-broadcast.js';

interface Subscription {
  listener: ChangeListener;
  scope: ChangeVisibility;
}

/**
 * Opens a change feed over LISTEN and NOTIFY: one listening connection per process, opened for the first subscriber;
 * announcements use the pool. A lost announcement only delays a page, because pages also poll.
 */
export function openChangeFeed(db: Database, log: Logger): ChangeFeed {
  const channel = notifyChannelName('activity', db.schema);
  const subscriptions = new Set<Subscription>();
  const broadcast = openProcessBroadcast(db, notifyChannelName('news', db.schema), log);
  const announcer = createChangeAnnouncer(db, channel, log);
  let listening: { close(): Promise<void> } | undefined;
  let closed = false;

  const tell = (changes: ChangedConversations | null) => notify(subscriptions, changes, log);

  function listen(): void {
    listening ??= listenForNotifications({
      connection: { url: db.url, schema: db.schema, name: 'cairnloop' },
      channel,
      log,
      what: 'activity',
      hear: (payload) => tell(parseNotifyPayload(payload)),
      also: broadcast,
      missed: () => {
        tell(null);
        broadcast.missed();
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
    broadcast: {
      say: broadcast.say,
      hear(listener, missed) {
        if (closed) return () => {};
        const stop = broadcast.add(listener, missed);
        listen();
        return stop;
      },
    },
    async close() {
      closed = true;
      subscriptions.clear();
      await Promise.all([announcer.close(), broadcast.close(), listening?.close()]);
    },
  };
}

/**
 * Calls each listener whose scope includes one of the changed conversations. If `changes` is null, any conversation may
 * have changed.
 */
function notify(subscriptions: ReadonlySet<Subscription>, changes: ChangedConversations | null, log: Logger): void {
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
