import { migrationsAreCurrent } from '../db/migrations/current.js';
import { withTimeout } from '../host/call.js';
import type { Runtime } from '../runtime.js';
import type { Worker } from '../worker/worker.js';
import type { Check, Readiness } from './operations.js';

/** A probe that has not answered by then counts as failed, in milliseconds. */
const probeTimeoutMs = 2000;

/** Whether this process could do its work now: database, job store, migrations, and a worker that is not on its way out. */
export async function readiness(runtime: Runtime, worker: Worker): Promise<Readiness> {
  const [database, migrations, jobs] = await Promise.all([
    check('database', () => runtime.db.pool.query('SELECT 1')),
    check('migrations', () => migrationsAreCurrent(runtime.db)),
    check('jobs', () => runtime.jobs.probe()),
  ]);
  const draining = worker.state === 'draining';
  const ok = database === 'ok' && migrations === 'ok' && jobs === 'ok' && !draining;
  return {
    status: ok ? 'ok' : 'unavailable',
    checks: { database, jobs, migrations, ...(draining && { worker: 'draining' as const }) },
  };
}

async function check(what: string, probe: () => Promise<unknown>): Promise<Check> {
  try {
    return (await withTimeout(probeTimeoutMs, what, probe)) === false ? 'failed' : 'ok';
  } catch {
    return 'failed';
  }
}
