import { execFile } from 'node:child_process';
import { readFile, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CairnloopError } from '../foundation/errors.js';
import type { PostgresCluster } from './cluster.js';

/** The Postgres server of a cluster, as the pid file names it. */
export interface RunningPostgres {
  pid: number;
  port: number;
}

/** Finds the Postgres server that runs on a data folder, if any. A pid file alone does not prove that one runs. */
export async function findRunningPostgres(data: string): Promise<RunningPostgres | undefined> {
  const named = await readPidFile(data);
  return named && (await servesData(named.pid, data)) ? named : undefined;
}

/** Throws `EMBEDDED_POSTGRES_RUNNING` when a server runs on this cluster. */
export async function refuseIfPostgresRuns({ data }: PostgresCluster, dataDir: string): Promise<void> {
  const server = await findRunningPostgres(data);
  if (server) throw new CairnloopError('EMBEDDED_POSTGRES_RUNNING', { dataDir, ...server });
}

/**
 * Removes a pid file that a crash has left. Postgres would mistake another process with the same id for a running
 * server and refuse to start.
 */
export async function removeStalePidFile({ data }: PostgresCluster): Promise<void> {
  const named = await readPidFile(data);
  if (named && !(await servesData(named.pid, data))) await rm(pidFile(data), { force: true });
}

async function readPidFile(data: string): Promise<RunningPostgres | undefined> {
  const lines = (await readFile(pidFile(data), 'utf8').catch(() => '')).split('\n');
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  return pid > 0 ? { pid, port } : undefined;
}

function pidFile(data: string): string {
  return join(data, 'postmaster.pid');
}

/**
 * Whether a process is the Postgres server of a data folder: on Linux by its working directory, elsewhere only by its
 * name.
 */
async function servesData(pid: number, data: string): Promise<boolean> {
  try {
    if (process.platform === 'linux') return (await realpath(`/proc/${pid}/cwd`)) === (await realpath(data));
    return (await programOf(pid)).includes('postgres');
  } catch {
    return false;
  }
}

async function programOf(pid: number): Promise<string> {
  const command: [string, string[]] =
    process.platform === 'win32'
      ? ['tasklist', ['/fi', `PID eq ${pid}`, '/fo', 'csv', '/nh']]
      : ['ps', ['-p', String(pid), '-o', 'comm=']];
  return (await promisify(execFile)(...command)).stdout;
}
