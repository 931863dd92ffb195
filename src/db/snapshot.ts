import type { Database } from './connect.js';
import { declareStatement, type Executor } from './statement.js';

/** Runs `work` in a read-only transaction whose statements all see the same snapshot. */
export function runInSnapshot<T>(db: Database, work: (tx: Executor) => Promise<T>): Promise<T> {
  return db.transaction(async (tx) => {
    await tx.run(beginSnapshot);
    return work(tx);
  });
}

const beginSnapshot = declareStatement('snapshot', () => 'SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
