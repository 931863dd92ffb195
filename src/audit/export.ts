import type { Database } from '../db/connect.js';
import { runInSnapshot } from '../db/snapshot.js';
import type { Executor } from '../db/statement.js';
import type { AuditChainEvent, SealedAuditEvent } from './hash-chain.js';
import { sealedPages, unsealedPages } from './pages.js';

/** An exported audit event; `seq` and `hash` are null where the event is not sealed yet. */
export type ExportedAuditEvent = AuditChainEvent & (Pick<SealedAuditEvent, 'seq' | 'hash'> | { seq: null; hash: null });

/**
 * Passes the whole audit record to `write`, page by page: sealed events in the order of the chain, then unsealed ones.
 * Returns their number.
 */
export function exportAudit(
  db: Database,
  write: (events: readonly ExportedAuditEvent[]) => void | Promise<void>,
): Promise<number> {
  return runInSnapshot(db, async (tx) => {
    let exported = 0;
    for await (const page of allPages(tx)) {
      await write(page);
      exported += page.length;
    }
    return exported;
  });
}

async function* allPages(tx: Executor): AsyncGenerator<ExportedAuditEvent[]> {
  yield* sealedPages(tx);
  for await (const page of unsealedPages(tx)) yield page.map((event) => ({ ...event, seq: null, hash: null }));
}
