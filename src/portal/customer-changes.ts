import type { ChangeFeed } from '../change-feed/change-feed.js';
import type { Database } from '../db/connect.js';
import { declareStatement } from '../db/statement.js';

/** Ids of changed conversations by customer id; null if any conversation may have changed. */
export type ChangedConversationsByCustomer = ReadonlyMap<string, readonly string[]> | null;

/**
 * Calls `listener` with changed conversations grouped by customer, so that a stream never names another customer's
 * conversation. Changes that arrive together share one query, regardless of how many streams are open.
 */
export function subscribeToCustomerChanges(
  { changeFeed, db }: { changeFeed: ChangeFeed; db: Pick<Database, 'run'> },
  listener: (news: ChangedConversationsByCustomer) => void,
): () => void {
  const waiting = new Set<string>();
  let looking = false;

  async function look(): Promise<void> {
    while (waiting.size > 0) {
      const ids = [...waiting];
      waiting.clear();
      try {
        listener(byCustomer(await db.run(selectOwners, { ids })));
      } catch {
        // The database could not name the customers of the changes: null makes every page reload.
        listener(null);
      }
    }
    looking = false;
  }

  return changeFeed.subscribe((ids) => {
    if (ids.length === 0) return listener(null);
    for (const id of ids) waiting.add(id);
    if (looking) return;
    looking = true;
    void look();
  }, 'visible');
}

interface Owned {
  id: string;
  actor_id: string;
}

function byCustomer(rows: readonly Owned[]): ChangedConversationsByCustomer {
  const news = new Map<string, string[]>();
  for (const { id, actor_id } of rows) {
    const ids = news.get(actor_id);
    if (ids) ids.push(id);
    else news.set(actor_id, [id]);
  }
  return news;
}

const selectOwners = declareStatement<{ ids: string[] }, Owned>(
  'portal.owners',
  (s, p) => `SELECT id, actor_id FROM ${s}.conversations WHERE id = ANY (${p.ids}::uuid[]) AND actor_id IS NOT NULL`,
);
