import { auditKeys } from '../audit/keys.js';
import { sealAudit } from '../audit/seal.js';
import { forgetDone, mostForgotten } from '../deliveries/retention.js';
import type { Runtime } from '../runtime.js';

/** How often done deliveries are cleared away, in milliseconds. */
const retentionEveryMs = 10 * 60_000;

/** What a worker does beside its deliveries: sealing the audit record and forgetting done deliveries. */
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
