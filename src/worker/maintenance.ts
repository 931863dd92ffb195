import { auditKeysOf } from '../audit/keys.js';
import { sealAudit } from '../audit/seal.js';
import { maxRemovedPerCall, removeOldConversations } from '../customers/retention.js';
import { forgetDone, maxDeletedPerCall } from '../deliveries/retention.js';
import type { Runtime } from '../runtime.js';

/** How often done deliveries and old conversations are removed, in milliseconds. */
const retentionEveryMs = 10 * 60_000;

/** A worker's other work: sealing the audit record, and removing what is older than configured. */
export function createMaintenance(runtime: Runtime): () => Promise<void> {
  const forget = nowAndThen(maxDeletedPerCall, async () => {
    const forgotten = await forgetDone(runtime.db, runtime.config.retention.doneDays);
    if (forgotten > 0) runtime.log.info({ forgotten }, 'done deliveries cleared away');
    return forgotten;
  });
  const remove = nowAndThen(maxRemovedPerCall, async () => {
    const removed = await removeOldConversations(runtime);
    if (removed > 0) runtime.log.info({ removed }, 'conversations removed after retention.resolvedDays');
    return removed;
  });

  const keys = auditKeysOf(runtime.config.audit);

  // A failing task must not keep the others from their work.
  return async () => {
    await sealAudit(runtime.db, keys).finally(forget).finally(remove);
  };
}

/** Runs `work` every ten minutes, and at the next round already where it did as much as it may at a time. */
function nowAndThen(most: number, work: () => Promise<number>): () => Promise<void> {
  let next = 0;
  return async () => {
    if (performance.now() < next) return;
    next = performance.now() + retentionEveryMs;
    if ((await work()) >= most) next = 0;
  };
}
