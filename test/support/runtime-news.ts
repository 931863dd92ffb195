import { pino } from 'pino';
import { openChangeFeed } from '../../src/change-feed/open-change-feed.js';
import { openDatabase } from '../../src/db/connect.js';

/** The channel of one process, as another process has its own. */
export function runtimeNews(url: string) {
  const db = openDatabase({ url, schema: 'cairnloop', poolSize: 1 });
  const feed = openChangeFeed(db, pino({ level: 'silent' }));
  return {
    news: feed.news,
    async close() {
      await feed.close();
      await db.close();
    },
  };
}
