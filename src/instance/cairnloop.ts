import type { Logger } from 'pino';
import { createAgendaJobs } from '../agenda/agenda-jobs.js';
import { openChangeFeed } from '../change-feed/open-change-feed.js';
import { type CairnloopConfig, type ResolvedConfig, validateConfig } from '../config/config-schema.js';
import { createContextReader } from '../context/context-reader.js';
import type { Cairnloop } from '../contracts/cairnloop.js';
import type { ReportInput } from '../contracts/inputs.js';
import { type Database, openDatabase } from '../db/connect.js';
import { formatDatabaseTarget } from '../db/connection-url.js';
import { toHostDatabaseError, toKnownDatabaseError } from '../db/database-failure.js';
import { createSchemaCheck, readPendingMigrations } from '../db/migrations/current.js';
import { isTransientError } from '../db/outage.js';
import { probeDatabase } from '../db/probe.js';
import { logOwedCallbacks } from '../deliveries/log-owed-callbacks.js';
import { CairnloopError, isCairnloopError } from '../foundation/errors.js';
import { errorText } from '../foundation/redact.js';
import { createNonThrowingLogger, createStderrLogger } from '../foundation/safe-logger.js';
import {
  createAuditAgeReader,
  createDeliveryCounts,
  createKeptOutcomeCounts,
  createReadinessChecks,
  createWorkerCount,
} from '../ops/delivery-counts.js';
import type { Readiness } from '../ops/operations.js';
import type { PrometheusReporter } from '../ops/prometheus.js';
import type { PrometheusMetrics } from '../ops/prometheus-metrics.js';
import { checkReadiness } from '../ops/readiness.js';
import { catchMetricsErrors } from '../ops/safe-metrics.js';
import { createPeriodReport } from '../report/report.js';
import type { Runtime } from '../runtime.js';
import { type Metrics, noMetrics } from '../telemetry/metrics.js';
import type { OpenTelemetryBridge } from '../telemetry/open-telemetry.js';
import { createTelemetry } from '../telemetry/telemetry.js';
import { noTraces, type Traces, withOperationSpans } from '../telemetry/traces.js';
import { requireKnownKeys } from '../validation/known-keys.js';
import { createHostTransactionCalls } from '../within/within.js';
import { createWorker, type Worker } from '../worker/worker.js';
import { createPublicCalls } from './calls.js';
import { createMounts } from './mounts.js';
import { refuseExtraArguments, wrapPublicCalls } from './public-calls.js';

/** Options of `createCairnloop` besides the config. */
export interface CreateOptions {
  /** Where log lines go: a pino logger of the host's. Default: JSON lines on stderr, from `log.level` up. */
  logger?: Logger;
  /** The name of the config's file, for messages that say where to add a line. Default: none is named. */
  configFile?: string;
}

/**
 * Connects to the host's Postgres and returns the whole API. Throws `CONFIG_INVALID`, `INPUT_INVALID`,
 * `DATABASE_UNREACHABLE`, `DATABASE_POOLER`.
 */
export async function createCairnloop(
  config: CairnloopConfig | ResolvedConfig,
  options: CreateOptions = {},
  { forWorker = false } = {},
): Promise<Cairnloop> {
  requireKnownKeys('createCairnloop', options, ['logger', 'configFile']);
  const resolved = validateConfig(config);
  await probeDatabase(resolved.database.url);
  // Called at a scrape of the metrics, when the worker exists.
  const ready = (): Promise<Readiness> => checkReadiness(runtime, worker);
  const { runtime, prometheus } = await assemble(resolved, options, ready);
  // A worker process logs the owed callbacks once it runs. If it cannot start, the reason is the only line that it
  // prints.
  if (!forWorker) await logOwedCallbacks(runtime);
  const requireSchema = lenientSchemaCheck(runtime.db);
  const worker = createWorker(runtime, requireSchema);
  const explain = (error: unknown) => toHostDatabaseError(error, runtime.db);
  const inTransactions = createHostTransactionCalls({ runtime, createPublicCalls, admit: requireSchema });
  const api = wrapPublicCalls(
    createPublicCalls(runtime),
    explain,
    async (name) => withoutTables.has(name) || requireSchema(),
  );
  const reports = { cairnloop: { report: (input?: ReportInput) => createPeriodReport(runtime, input) } };
  const { report } = wrapPublicCalls(reports, explain, requireSchema).cairnloop;
  const { operations, workspace, portal, closeMounts } = createMounts({
    runtime,
    api,
    operations: { ready, metrics: prometheus?.scrape ?? null, log: runtime.log, configFile: options.configFile },
  });
  let closing: Promise<void> | undefined;

  return {
    ...api,
    report,
    within: refuseExtraArguments(inTransactions.within, 'within'),
    telemetry: {
      attach: refuseExtraArguments(runtime.telemetry.attach, 'telemetry.attach'),
      detach: refuseExtraArguments(runtime.telemetry.detach, 'telemetry.detach'),
    },
    operations,
    workspace,
    portal,
    worker: sayingWhy(runtime, worker, explain),
    close: () => {
      closeMounts();
      closing ??= inTransactions
        .close()
        .then(() => release(runtime, worker.stop))
        .finally(() => prometheus?.close());
      return closing;
    },
  };
}

/** Calls that may need no table, and therefore work while the database is unreachable. */
const withoutTables = new Set(['context.get', 'sla.activePolicies']);

/**
 * Refuses calls if the schema's version is not the one that this package needs. Where the role may not read the
 * version, calls are let through.
 */
function lenientSchemaCheck(db: Database): () => Promise<void> {
  const requireSchema = createSchemaCheck(db);
  return () =>
    requireSchema().catch((error) => {
      if (isCairnloopError(error) ? error.code !== 'CLOSED' : isTransientError(error)) throw error;
    });
}

/**
 * Wraps a worker so that a failed start names its cause. Jobs in Postgres are also unreachable where their table is
 * missing or Postgres is down.
 */
function sayingWhy({ db, config }: Runtime, worker: Worker, explain: (error: unknown) => Promise<unknown>): Worker {
  const reasonOf = async (error: unknown): Promise<unknown> => {
    if (config.jobs.backend !== 'postgres' || !isCairnloopError(error) || error.code !== 'JOBS_UNREACHABLE')
      return error;
    const pending = await readPendingMigrations(db);
    if (pending.length === 0) return toKnownDatabaseError(error.cause, db.url) ?? error;
    return new CairnloopError('MIGRATIONS_PENDING', { schema: db.schema, pending }, { cause: error });
  };
  return {
    async start() {
      try {
        await worker.start();
      } catch (error) {
        throw await explain(await reasonOf(error).catch((reason) => reason));
      }
    },
    stop: worker.stop,
    get state() {
      return worker.state;
    },
  };
}

async function assemble(config: ResolvedConfig, options: CreateOptions, ready: () => Promise<Readiness>) {
  const log = createNonThrowingLogger(options.logger ?? config.logger ?? createStderrLogger(config.log.level));
  const db = openDatabase({
    ...config.database,
    onConnectionError: (error) =>
      log.warn({ reason: errorText(error) }, 'database connection lost; the pool replaces it'),
  });
  const prometheus = await loadPrometheus(config, { db, log, ready }).catch(async (error) => {
    await db.close();
    throw error;
  });
  const metrics: Metrics = prometheus ? catchMetricsErrors(prometheus, log) : noMetrics;
  const traces = await loadTraces(config).catch(async (error) => {
    await db.close();
    throw error;
  });
  const untraced = createTelemetry(log);
  const telemetry = traces ? withOperationSpans(untraced, traces) : untraced;
  const runtime: Runtime = {
    config,
    db,
    log,
    metrics,
    telemetry,
    traces: traces ?? noTraces,
    jobs: createAgendaJobs(config, log),
    changeFeed: openChangeFeed(db, log),
    context: createContextReader({
      provider: config.contextProvider,
      ...config.context,
      log,
      telemetry,
      onOutcome: metrics.contextRequested,
    }),
  };
  return { runtime, prometheus };
}

async function loadTraces({ tracing }: ResolvedConfig): Promise<Traces | null> {
  if (!tracing) return null;
  const { createOpenTelemetryTraces } = await import('../telemetry/open-telemetry-traces.js');
  return createOpenTelemetryTraces(tracing as OpenTelemetryBridge);
}

async function loadPrometheus(
  config: ResolvedConfig,
  { db, log, ready }: { db: Database; log: Logger; ready: () => Promise<Readiness> },
): Promise<PrometheusMetrics | null> {
  if (!config.metrics) return null;
  const { createPrometheusMetrics } = await import('../ops/prometheus-metrics.js');
  const database = `${formatDatabaseTarget(config.database.url)} ${config.database.schema}`;
  const source = {
    database,
    counts: createDeliveryCounts(db),
    kept: createKeptOutcomeCounts(db),
    audit: createAuditAgeReader(db),
    workers: createWorkerCount(db),
    ready: createReadinessChecks(ready),
  };
  try {
    return createPrometheusMetrics(config.metrics as PrometheusReporter, source, log);
  } catch (error) {
    if (isCairnloopError(error)) throw error;
    const expected = 'a Registry of prom-client that takes metrics';
    const found = `a Registry that fails: ${errorText(error, 200)}`;
    throw new CairnloopError('CONFIG_INVALID', { problems: [{ path: 'metrics.registry', expected, found }] });
  }
}

async function release(runtime: Runtime, stopWorker: () => Promise<void>): Promise<void> {
  await stopWorker();
  runtime.telemetry.close();
  await runtime.changeFeed.close();
  await runtime.jobs.close();
  await runtime.db.close();
}
