import { auditKeys } from '../audit/keys.js';
import { sealAudit } from '../audit/seal.js';
import { forgetDone, mostForgotten } from '../deliveries/retention.js';
import type { Runtime } from '../runtime.js';

/** How often done deliveries are removed, in milliseconds. */
const retentionEveryMs = 10 * 60_000;

/** A worker's other work: sealing the audit record, removing done deliveries. */
export function createMaintenance(runtime: Runtime): () => Promise<void> {
  let nextRetention = 0;

  async function forget(): Promise<void> {
    if (performance.now() < nextRetention) return;
    nextRetention = performance.now() + retentionEveryMs;
    const forgotten = await forgetDone(runtime.db, runtime.config.retention.doneDays);
    if (forgotten === mostForgotten) nextRetention = 0;
    if (forgotten > 0) runtime.log.info({ forgotten }, 'done deliveries cleared away');
  }

  const keys = auditKeys(runtime.config.audit);

  // One that fails must not keep the other from its work.
  return async () => {
    await sealAudit(runtime.db, keys).finally(forget);
  };
}
