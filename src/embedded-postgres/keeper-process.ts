/**
 * The keeper process, which stops Postgres when its parent process has died. The operating system then closes the
 * channel between them, even after SIGKILL.
 */
import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { SystemAccount } from './account.js';
import type { PostgresStopMode } from './server.js';

/** What the keeper process does once its parent process has died. */
export interface KeeperProcessTask {
  pgCtl: string;
  data: string;
  mode: PostgresStopMode;
  account?: SystemAccount;
  /** A temporary folder to remove once Postgres has stopped. */
  remove?: string;
}

const order = JSON.parse(process.argv[2] as string) as KeeperProcessTask;

// A service manager signals every process of a unit. The keeper ignores that and ends after its parent.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
process.on('disconnect', cleanUp);
if (process.connected) process.send?.('ready');
else cleanUp();

async function cleanUp(): Promise<void> {
  await stopServer();
  if (order.remove) await rm(order.remove, { recursive: true, force: true, maxRetries: 10 });
}

/**
 * Tries to stop Postgres for a few seconds: the parent may have died while Postgres was starting and had no pid file
 * yet.
 */
async function stopServer(): Promise<void> {
  const { pgCtl, data, mode, account } = order;
  for (let attempt = 0; attempt < 15; attempt++) {
    const stopped = await promisify(execFile)(pgCtl, ['stop', '-D', data, '-m', mode, '--wait'], {
      cwd: '/',
      ...account,
    }).catch(() => undefined);
    if (stopped) return;
    await sleep(200);
  }
}
