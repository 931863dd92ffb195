import { readFile } from 'node:fs/promises';
import { CairnloopError, isCairnloopError } from '../foundation/errors.js';
import type { SystemAccount } from './account.js';
import type { PostgresCluster } from './cluster.js';
import { lastLogLines, runPostgresProgram } from './run-postgres-program.js';
import { findRunningPostgres } from './running.js';

/**
 * How Postgres is stopped: `fast` ends sessions first, `immediate` is like a crash, from which the next start recovers.
 */
export type PostgresStopMode = 'fast' | 'immediate';

/**
 * Starts and stops the Postgres server of one cluster. A call settles once the server accepts connections, or has
 * stopped.
 */
export interface PostgresServer {
  start(port: number): Promise<void>;
  /** Does nothing if the server is not running, or if another process has started the one that runs. */
  stop(mode: PostgresStopMode): Promise<void>;
}

export function createPostgresServerControl(
  cluster: PostgresCluster,
  pgCtl: string,
  account: SystemAccount | undefined,
): PostgresServer {
  let port: number;
  const run = (step: string, args: string[]) =>
    runPostgresProgram({
      step,
      file: pgCtl,
      args: [...args, '--wait', '-D', cluster.data],
      cwd: cluster.folder,
      account,
    });
  return {
    async start(wanted) {
      port = wanted;
      // Pass the port on the command line, so that each of two concurrent starts reports its own port.
      await run('start', ['start', '-l', cluster.log, '-o', `-p ${port}`]).catch((error) => explain(error, cluster));
    },
    async stop(mode) {
      const running = await findRunningPostgres(cluster.data);
      if (running?.port === port) await run('stop', ['stop', '-m', mode]);
    },
  };
}

/** Throws the error of a failed start with the reason from the server's log, which pg_ctl does not print. */
async function explain(error: unknown, { log }: PostgresCluster): Promise<never> {
  const reason = lastLogLines(await readFile(log, 'utf8').catch(() => ''));
  if (!reason || !isCairnloopError(error)) throw error;
  throw new CairnloopError('EMBEDDED_POSTGRES_FAILED', { step: 'start', reason }, { cause: error });
}
