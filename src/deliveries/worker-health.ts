import { declareStatement, type Executor, type NoStatementParams } from '../db/statement.js';
import type { CallbackModule } from './announced-modules.js';

/** A worker without a heartbeat for this long counts as gone, in milliseconds. Workers send one every 5 s. */
const aliveMs = 15_000;

export interface WorkerHeartbeat {
  host: string;
  version: string;
  /** Age of the worker's last heartbeat, by the database's clock. */
  ageMs: number;
  /** The host modules that the worker announced; null for a worker of a version that announces none. */
  modules: CallbackModule[] | null;
}

/** Whether a worker is alive, by its last heartbeat; doctor, workspace and command line share this rule. */
export function isWorkerAlive({ ageMs }: Pick<WorkerHeartbeat, 'ageMs'>): boolean {
  return ageMs <= aliveMs;
}

/** The last heartbeat of every worker of the last day, newest first. */
export function findWorkerHeartbeats(executor: Executor): Promise<WorkerHeartbeat[]> {
  return executor.run(selectBeats);
}

const selectBeats = declareStatement<NoStatementParams, WorkerHeartbeat>(
  'worker.beats',
  (s) => `
    SELECT host, version, modules, (extract(epoch FROM ${s}.clock() - beat_at) * 1000)::float8 AS "ageMs"
    FROM ${s}.worker_heartbeats ORDER BY beat_at DESC LIMIT 1000`,
);
