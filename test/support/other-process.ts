import { pino } from 'pino';
import { openChangeFeed } from '../../src/change-feed/open-change-feed.js';
import { openDatabase } from '../../src/db/connect.js';

/** Opens the broadcast of another process, with a connection of its own. */
export function broadcastOfOtherProcess(url: string) {
  const db = openDatabase({ url, schema: 'cairnloop', poolSize: 1 });
  const feed = openChangeFeed(db, pino({ level: 'silent' }));
  return {
    broadcast: feed.broadcast,
    async close() {
      await feed.close();
      await db.close();
    },
  };
}
