import { toAuditKeys } from '../audit/keys.js';
import { sealAudit } from '../audit/seal.js';
import { maxConversationsRemovedPerCall, removeOldConversations } from '../customers/retention.js';
import { deleteDoneDeliveries, maxDeliveriesDeletedPerCall } from '../deliveries/retention.js';
import type { Runtime } from '../runtime.js';

/** How often done deliveries and old conversations are removed, in milliseconds. */
const retentionEveryMs = 10 * 60_000;

/**
 * Creates the maintenance task of a worker: it seals the audit record, and removes deliveries and conversations that
 * are older than `retention` allows.
 */
export function createMaintenanceTask(runtime: Runtime): () => Promise<void> {
  const forget = nowAndThen(maxDeliveriesDeletedPerCall, async () => {
    const forgotten = await deleteDoneDeliveries(runtime.db, runtime.config.retention.doneDays);
    if (forgotten > 0) runtime.log.info({ forgotten }, 'done deliveries removed');
    return forgotten;
  });
  const remove = nowAndThen(maxConversationsRemovedPerCall, async () => {
    const removed = await removeOldConversations(runtime);
    if (removed > 0) runtime.log.info({ removed }, 'conversations removed after retention.resolvedDays');
    return removed;
  });

  const keys = toAuditKeys(runtime.config.audit);

  // If sealing or removing fails, the next step runs nevertheless.
  return async () => {
    await sealAudit(runtime.db, keys).finally(forget).finally(remove);
  };
}

/** Runs `work` every ten minutes; if it removed as many rows as one call may, it runs again at the next call. */
function nowAndThen(most: number, work: () => Promise<number>): () => Promise<void> {
  let next = 0;
  return async () => {
    if (performance.now() < next) return;
    next = performance.now() + retentionEveryMs;
    if ((await work()) >= most) next = 0;
  };
}
