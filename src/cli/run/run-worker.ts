import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { ResolvedConfig, WorkerConfig } from '../../config/config-types.js';
import type { Cairnloop } from '../../contracts/cairnloop.js';
import { requireMigratedSchema } from '../../db/migrate.js';
import { CairnloopError } from '../../foundation/errors.js';
import { createNonThrowingLogger, createStderrLogger } from '../../foundation/safe-logger.js';
import { type StopReason, waitForStopSignal } from '../../foundation/stop-signal.js';
import { createCairnloop } from '../../instance/cairnloop.js';
import { type StartedServer, serveOnAddress } from '../../ops/serve.js';
import { handleUncaughtErrors } from '../../worker/uncaught.js';
import { startWatchdog } from '../../worker/watchdog.js';

export interface RunWorkerOptions {
  config: ResolvedConfig;
  /** The name of the config's file. */
  configFile: string;
  /** The log level, if it differs from the config's. */
  logLevel?: string | undefined;
  /** The address of the ops server; null for none. */
  ops: { host: string; port: number } | null;
  /** Called once deliveries are being drained. */
  onReady(running: { ops: StartedServer | null }): void;
  onStopping(reason: StopReason): void;
}

/**
 * Runs a worker in this process until a signal stops it, or the watchdog kills it because it is blocked. Before it
 * claims any delivery it throws `DATABASE_UNREACHABLE`, `MIGRATIONS_PENDING`, `SCHEMA_NEWER`, `JOBS_UNREACHABLE`,
 * `PORT_TAKEN` or `PORT_REFUSED`. Throws `WORKER_CRASHED` after an uncaught error.
 */
export async function runWorker(options: RunWorkerOptions): Promise<void> {
  await requireMigratedSchema(options.config.database);
  const logger = createNonThrowingLogger(loggerOf(options));
  const cairnloop = await createCairnloop(
    options.config,
    { logger, configFile: options.configFile },
    { forWorker: true },
  );
  const uncaught = handleUncaughtErrors(logger);
  const watchdog = startWatchdog(longestBlock(options.config.worker));
  let ops: StartedServer | null = null;
  try {
    ops = options.ops && (await serveOnAddress(cairnloop.operations(), { server: 'ops server', ...options.ops }));
    // Callbacks may run from here on, and a signal must not interrupt them.
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

/** Returns the host's logger or one on stderr. The host's keeps its level: `--log-level` applies to a child logger. */
function loggerOf({ config: { logger, log }, logLevel }: RunWorkerOptions): Logger {
  if (!logger) return createStderrLogger(logLevel ?? log.level);
  return logLevel !== undefined && typeof logger.child === 'function' ? logger.child({}, { level: logLevel }) : logger;
}

/**
 * How long the event loop may be blocked, in milliseconds: longer than any callback and than a lease, so that other
 * workers have taken over.
 */
function longestBlock({ leaseMs, callbackTimeoutMs }: WorkerConfig): number {
  return Math.max(leaseMs, callbackTimeoutMs, 2000);
}

/** Stops the worker before the ops server, so that readiness responds with 503 until the last callback has ended. */
async function shutDown(cairnloop: Cairnloop, ops: StartedServer | null): Promise<void> {
  await cairnloop.worker.stop();
  await ops?.close();
  await cairnloop.close();
}

/** Time for the other callbacks to finish after one crashed the process, in milliseconds. */
const crashGraceMs = 5000;

/**
 * Shuts down within a time limit, because a crashed process may hang. Unfinished callbacks are called again after their
 * lease.
 */
async function shutDownCrashed(cairnloop: Cairnloop, ops: StartedServer | null): Promise<void> {
  const stopping = shutDown(cairnloop, ops).catch(() => {});
  await Promise.race([stopping, sleep(crashGraceMs, undefined, { ref: false })]);
}
