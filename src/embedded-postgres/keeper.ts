import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import { CairnloopError } from '../foundation/errors.js';
import type { SystemAccount } from './account.js';
import type { PostgresCluster } from './cluster.js';
import type { KeeperProcessTask } from './keeper-process.js';
import type { PostgresFolder } from './postgres-folder.js';

/** A process that stops Postgres when this process exits for any reason. */
export interface PostgresKeeperProcess {
  /** Ends the keeper process. Call it when Postgres has stopped. */
  dismiss(): Promise<void>;
}

/**
 * Starts the keeper process in a session of its own, so that neither Ctrl+C nor a signal to the process group reaches
 * it. It does not keep this process alive.
 */
export async function startPostgresKeeperProcess(
  folder: PostgresFolder,
  cluster: PostgresCluster,
  pgCtl: string,
  account: SystemAccount | undefined,
): Promise<PostgresKeeperProcess> {
  const order: KeeperProcessTask = {
    pgCtl,
    data: cluster.data,
    mode: folder.temporary ? 'immediate' : 'fast',
    ...(account && { account }),
    ...(folder.temporary && { remove: folder.path }),
  };
  const program = new URL(`./keeper-process${extname(import.meta.url)}`, import.meta.url);
  const child = fork(program, [JSON.stringify(order)], {
    // A detached process opens a window on Windows.
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    // Pass on the options of module loaders, but not those of the debugger or of `--eval`.
    execArgv: process.execArgv.filter((argument) => !/^--(inspect|input-type)/.test(argument)),
  });
  await untilReady(child);
  child.unref();
  child.channel?.unref();
  return { dismiss: () => dismiss(child) };
}

async function untilReady(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit').then(([code]) => {
    throw new CairnloopError('EMBEDDED_POSTGRES_FAILED', {
      step: 'starting its keeper',
      reason: `the process ended with exit code ${code}`,
    });
  });
  await Promise.race([once(child, 'message'), exited]);
  exited.catch(() => {});
}

async function dismiss(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
