import type { Database } from '../db/connect.js';
import { workerLockTimeoutMs } from '../db/lock-limit.js';
import { migrationsAreCurrent } from '../db/migrations/current.js';
import { declareStatement } from '../db/statement.js';
import { countKeptOutcomes } from '../deliveries/kept-outcomes.js';
import { withTimeout } from '../foundation/with-timeout.js';
import type { Runtime } from '../runtime.js';
import type { WorkerWithReadiness } from '../worker/worker.js';
import type { Readiness, ReadinessCheckStatus } from './operations.js';

/** Time limit of one readiness check, in milliseconds. */
const probeTimeoutMs = 2000;

/** If a callback outcome stays unwritten for longer than this, in milliseconds, the process is not ready. */
const stuckAfterMs = 10_000;

/**
 * Checks whether this process can work now: writable database, job store, migrations, and a worker that is not stopping
 * and can write outcomes.
 */
export async function checkReadiness(runtime: Runtime, worker: WorkerWithReadiness): Promise<Readiness> {
  const db = runtime.db.waitingFor(workerLockTimeoutMs);
  const [database, migrations, jobs, settlements] = await Promise.all([
    check('database', () => write(db)),
    check('migrations', () => migrationsAreCurrent(db)),
    check('jobs', () => runtime.jobs.probe()),
    worker.state === 'stopped' ? 'ok' : check('settlements', () => outcomesAreWritten(db, worker)),
  ]);
  const draining = worker.state === 'draining';
  const isStuck = settlements === 'failed' && database === 'ok' && migrations === 'ok';
  const ok = database === 'ok' && migrations === 'ok' && jobs === 'ok' && !draining && !isStuck;
  return {
    status: ok ? 'ok' : 'unavailable',
    checks: {
      database,
      jobs,
      migrations,
      ...(draining && { worker: 'draining' as const }),
      ...(isStuck && { settlements: 'waiting' as const }),
    },
  };
}

/**
 * Only a write reveals a standby or a read-only primary. A missing table is not reported here, but by the check of
 * migrations.
 */
async function write(db: Database): Promise<void> {
  await db.run(changeNothing).catch(async (error) => {
    if (!noSuchTable.has((error as { code?: string }).code ?? '')) throw error;
    await db.pool.query('SELECT 1');
  });
}

async function outcomesAreWritten(db: Database, worker: WorkerWithReadiness): Promise<boolean> {
  const { oldestSeconds } = await countKeptOutcomes(db);
  return Math.max(worker.unwrittenMs, oldestSeconds * 1000) < stuckAfterMs;
}

const noSuchTable = new Set(['3F000', '42P01']);

/**
 * An UPDATE of no row, which fails where a write would: in a read-only database, for a role without the right, on a
 * locked table.
 */
const changeNothing = declareStatement(
  'readiness.write',
  (s) => `UPDATE ${s}.deliveries SET attempts = attempts WHERE false`,
);

async function check(what: string, probe: () => Promise<unknown>): Promise<ReadinessCheckStatus> {
  try {
    return (await withTimeout(probeTimeoutMs, what, probe)) === false ? 'failed' : 'ok';
  } catch {
    return 'failed';
  }
}
