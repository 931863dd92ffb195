import { readFile } from 'node:fs/promises';
import { CairnloopError, isCairnloopError } from '../errors.js';
import type { Account } from './account.js';
import type { Cluster } from './cluster.js';
import { lastLines, runProgram } from './run-program.js';

/** How Postgres goes down: `fast` ends sessions and writes a checkpoint, `immediate` is a crash that recovers at the next start. */
export type StopMode = 'fast' | 'immediate';

/** Starts and stops the server of one cluster. Each call returns when the server is ready, or gone. */
export interface Server {
  start(): Promise<void>;
  stop(mode: StopMode): Promise<void>;
}

export function controlServer(cluster: Cluster, pgCtl: string, account: Account | undefined): Server {
  const control = (step: string, args: string[]) =>
    runProgram({
      step,
      file: pgCtl,
      args: [...args, '--wait', '--silent', '-D', cluster.data],
      cwd: cluster.folder,
      account,
    });
  return {
    start: () => control('start', ['start', '-l', cluster.log]).catch((error) => explain(error, cluster)),
    stop: (mode) => control('stop', ['stop', '-m', mode]),
  };
}

/** pg_ctl only says that the server did not start; why stands in the server's log. */
async function explain(error: unknown, { log }: Cluster): Promise<never> {
  const reason = lastLines(await readFile(log, 'utf8').catch(() => ''));
  if (!reason || !isCairnloopError(error)) throw error;
  throw new CairnloopError('EMBEDDED_POSTGRES_FAILED', { step: 'start', reason }, { cause: error });
}
