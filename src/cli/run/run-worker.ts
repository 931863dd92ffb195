import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { ResolvedConfig, WorkerConfig } from '../../config/config-types.js';
import type { Cairnloop } from '../../contracts/cairnloop.js';
import { requireMigrated } from '../../db/migrate.js';
import { CairnloopError } from '../../foundation/errors.js';
import { safeLogger, stderrLogger } from '../../foundation/safe-logger.js';
import { type StopReason, waitForStopSignal } from '../../foundation/stop-signal.js';
import { createCairnloop } from '../../instance/cairnloop.js';
import { type ServedApp, serveOnAddress } from '../../ops/serve.js';
import { catchUncaughtErrors } from '../../worker/uncaught.js';
import { startWatchdog } from '../../worker/watchdog.js';

export interface RunWorkerOptions {
  config: ResolvedConfig;
  /** The name of its file. */
  configFile: string;
  /** The log level, if it differs from the config's. */
  logLevel?: string | undefined;
  /** Null: no ops server. */
  ops: { host: string; port: number } | null;
  /** Called once deliveries are being drained. */
  onReady(running: { ops: ServedApp | null }): void;
  onStopping(reason: StopReason): void;
}

/**
 * Runs a worker in this process until a signal stops it or the watchdog ends a blocked one. Throws before any work is
 * taken: `DATABASE_UNREACHABLE`, `MIGRATIONS_PENDING`, `SCHEMA_NEWER`, `JOBS_UNREACHABLE`, `PORT_TAKEN`,
 * `PORT_REFUSED`. Throws `WORKER_CRASHED` after an uncaught error.
 */
export async function runWorker(options: RunWorkerOptions): Promise<void> {
  await requireMigrated(options.config.database);
  const logger = safeLogger(loggerOf(options));
  const cairnloop = await createCairnloop(
    options.config,
    { logger, configFile: options.configFile },
    { forWorker: true },
  );
  const uncaught = catchUncaughtErrors(logger);
  const watchdog = startWatchdog(longestBlock(options.config.worker));
  let ops: ServedApp | null = null;
  try {
    ops = options.ops && (await serveOnAddress(cairnloop.operations(), { server: 'ops server', ...options.ops }));
    // Callbacks may run after this line, and a signal must not interrupt them.
    const stopped = waitForStopSignal();
    await cairnloop.worker.start();
    options.onReady({ ops });
    const reason = await Promise.race([stopped, uncaught.crashed]);
    if (reason !== 'crash') options.onStopping(reason);
  } finally {
    await (uncaught.crash ? shutDownCrashed(cairnloop, ops) : shutDown(cairnloop, ops));
    await watchdog.stop();
    uncaught.stop();
  }
  if (uncaught.crash) throw new CairnloopError('WORKER_CRASHED', uncaught.crash);
}

/** The host's logger keeps its level: `--log-level` applies to a child logger. */
function loggerOf({ config: { logger, log }, logLevel }: RunWorkerOptions): Logger {
  if (!logger) return stderrLogger(logLevel ?? log.level);
  return logLevel !== undefined && typeof logger.child === 'function' ? logger.child({}, { level: logLevel }) : logger;
}

/** Longer than any callback, and other workers have taken over by then. */
function longestBlock({ leaseMs, callbackTimeoutMs }: WorkerConfig): number {
  return Math.max(leaseMs, callbackTimeoutMs, 2000);
}

/** Readiness is 503 from the first step on; the ops server runs until the last callback has ended. */
async function shutDown(cairnloop: Cairnloop, ops: ServedApp | null): Promise<void> {
  await cairnloop.worker.stop();
  await ops?.close();
  await cairnloop.close();
}

/** Time for the other callbacks to finish after one crashed the process, in milliseconds. */
const crashGraceMs = 5000;

/**
 * Unfinished callbacks are called again after their lease. A crashed process may also fail to stop, hence the limit.
 */
async function shutDownCrashed(cairnloop: Cairnloop, ops: ServedApp | null): Promise<void> {
  const stopping = shutDown(cairnloop, ops).catch(() => {});
  await Promise.race([stopping, sleep(crashGraceMs, undefined, { ref: false })]);
}
