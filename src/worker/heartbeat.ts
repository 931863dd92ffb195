import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { declareStatement } from '../db/statement.js';
import { configuredModules } from '../deliveries/announced-modules.js';
import { packageVersion } from '../foundation/package-version.js';
import type { Runtime } from '../runtime.js';

export interface Heartbeat {
  beat(state: 'running' | 'draining'): Promise<void>;
  leave(): Promise<void>;
}

/**
 * Keeps one row for each running worker, for doctor and the workspace. Each heartbeat also announces the worker's host
 * modules, which decide which callbacks are owed.
 */
export function createHeartbeat(runtime: Runtime): Heartbeat {
  const workerId = randomUUID();
  const { concurrency } = runtime.config.worker;
  const modules = configuredModules(runtime.config);
  return {
    async beat(state) {
      const { pid } = process;
      await runtime.db.run(beat, {
        workerId,
        host: hostname(),
        pid,
        version: packageVersion,
        state,
        concurrency,
        modules,
      });
      await runtime.db.run(announce);
    },
    async leave() {
      // A database outage must not keep a worker from stopping; its last heartbeat expires by itself.
      await runtime.db.run(leave, { workerId }).catch(() => {});
    },
  };
}

/** Writes a heartbeat; removes those of workers that died more than a day ago. */
const beat = declareStatement<{
  workerId: string;
  host: string;
  pid: number;
  version: string;
  state: string;
  concurrency: number;
  modules: string[];
}>(
  'worker.beat',
  (s, p) => `
    WITH forgotten AS (
      DELETE FROM ${s}.worker_heartbeats WHERE worker_id IN (
        SELECT worker_id FROM ${s}.worker_heartbeats
        WHERE beat_at < ${s}.clock() - interval '1 day' AND worker_id <> ${p.workerId} FOR UPDATE SKIP LOCKED)
    )
    INSERT INTO ${s}.worker_heartbeats (worker_id, host, pid, version, state, concurrency, modules, started_at, beat_at)
    VALUES (${p.workerId}, ${p.host}, ${p.pid}, ${p.version}, ${p.state}, ${p.concurrency}, ${p.modules},
      ${s}.clock(), ${s}.clock())
    ON CONFLICT (worker_id) DO UPDATE SET state = excluded.state, beat_at = excluded.beat_at`,
);

const announce = declareStatement('worker.announce', (s) => `SELECT ${s}.announce_modules()`);

const leave = declareStatement<{ workerId: string }>(
  'worker.leave',
  (s, p) => `DELETE FROM ${s}.worker_heartbeats WHERE worker_id = ${p.workerId}`,
);
