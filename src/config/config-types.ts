import type { Logger } from 'pino';
import type { AutomationPolicy } from '../contracts/automation-policy.js';
import type { ContextProvider } from '../contracts/context-provider.js';
import type { DraftGenerator } from '../contracts/draft-generator.js';
import type { Notifier } from '../contracts/notifier.js';
import type { SlaPolicyProvider } from '../contracts/sla-policy-provider.js';

export interface DatabaseConfig {
  /** URL of the host's Postgres, e.g. `postgres://user@host:5432/database`. The only key without a default. */
  url: string;
  /** Postgres schema that holds every table of Cairnloop. Default `cairnloop`. */
  schema: string;
  /** Maximum number of connections per process. Default 10. */
  poolSize: number;
}

/** Where Agenda stores its jobs, which wake the workers. Default `{ backend: 'postgres' }`: in the host's database. */
export type JobsConfig = { backend: 'postgres' } | { backend: 'mongodb'; url: string };

export interface WorkerConfig {
  /** Maximum number of callbacks that run at the same time, per topic and worker. Default 20. */
  concurrency: number;
  /** Time limit of one callback, in milliseconds; a longer one counts as failed. Default 30 000. */
  callbackTimeoutMs: number;
  /** Lease of a delivery, in milliseconds; a dead worker's deliveries are called again after it. Default 15 000. */
  leaseMs: number;
  /** Number of failed attempts after which a delivery is discarded. Default 20. */
  maxAttempts: number;
  /** How long a worker waits for running callbacks when it stops on SIGTERM, in milliseconds. Default 25 000. */
  shutdownTimeoutMs: number;
}

export interface OpsConfig {
  /** Address the worker's ops server listens on. Default `0.0.0.0`. */
  host: string;
  /** Port of the ops server; 0 takes a free one. Default 9464. */
  port: number;
  /** Path of the health check; readiness is `<healthPath>/ready`. Default `/health`. */
  healthPath: string;
  /** Path of the metrics. Default `/metrics`. */
  metricsPath: string;
}

export interface OutboundConfig {
  /** Maximum number of conversations in one `bulkTrigger`. Default 25. */
  maxBatchSize: number;
}

export interface ContextConfig {
  /**
   * Time limit of one call of the ContextProvider, in milliseconds; a longer one counts as unavailable. Default 3 000.
   */
  timeoutMs: number;
  /** How long a customer's facts are cached, in milliseconds; 0 calls the provider every time. Default 1 000. */
  cacheMs: number;
}

export interface DraftsConfig {
  /**
   * How long to wait for more messages of the customer before a draft is requested, in milliseconds. Default 1 500.
   * Each message restarts the wait, for at most ten times this long after the first.
   */
  debounceMs: number;
}

export interface RetentionConfig {
  /** How long done deliveries are kept, in days. Default 7. */
  doneDays: number;
  /**
   * How long resolved and archived conversations are kept, in days since they were resolved. Default `null`: for ever.
   * After that time a worker removes them with all that belongs to them.
   */
  resolvedDays: number | null;
  /** What is left of a removed conversation. `shape`: counts and times for reports, and no text. Default `nothing`. */
  keep: 'nothing' | 'shape';
}

export interface AuditConfig {
  /**
   * Secret that signs the audit record, so that even the owner of its tables cannot change it unnoticed. At least 32
   * characters, e.g. from `openssl rand -hex 32`, stored where the database's owner cannot read it. Once a record is
   * signed, only workers that have the key seal new events. Default: none.
   */
  key?: string | undefined;
  /** Keys that signed earlier events. To change the key, move the old one here. Default: none. */
  previousKeys?: readonly string[] | undefined;
}

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

export interface LogConfig {
  /** Lowest level that is logged. Default `info`. */
  level: (typeof logLevels)[number];
}

/** Marks the result of `prometheus()`, so that it is recognised even if another copy of this package made it. */
export const metricsBrand: unique symbol = Symbol.for('cairnloop.metrics') as never;

/** The type that `prometheus()` returns. */
export interface MetricsReporter {
  readonly [metricsBrand]: true;
}

/** Marks the result of `openTelemetry()`, so that it is recognised even if another copy of this package made it. */
export const tracingBrand: unique symbol = Symbol.for('cairnloop.tracing') as never;

/** The type that `openTelemetry()` returns. */
export interface TracingBridge {
  readonly [tracingBrand]: true;
}

/** The host's own modules, each optional. Cairnloop calls the objects in the config themselves, no copies. */
export interface HostModules {
  /**
   * Returns facts about the customer, shown beside the conversation. Without it the workspace shows "Context
   * Unavailable".
   */
  contextProvider?: ContextProvider | undefined;
  /** Notifies your people and customers. Without it nobody is notified, and outbound messages are refused. */
  notifier?: Notifier | undefined;
  /** Decides what may happen to an AI draft. Without it each draft requires approval. */
  automationPolicy?: AutomationPolicy | undefined;
  /** Returns the SLA terms, read at run time. Without it SLA tracking is off. */
  slaPolicyProvider?: SlaPolicyProvider | undefined;
  /** Proposes an AI draft for new customer messages. Without it drafts come from `drafts.propose()` alone. */
  draftGenerator?: DraftGenerator | undefined;
  /** The result of `prometheus()`. Without it the metrics path responds with 501. */
  metrics?: MetricsReporter | undefined;
  /** The result of `openTelemetry()`. Without it nothing is traced, and `@opentelemetry/api` is not loaded. */
  tracing?: TracingBridge | undefined;
  /** The host's pino logger, which receives all log lines. Default: a logger on stderr, from `log.level` up. */
  logger?: Logger | undefined;
}

/** The sections of the config that hold plain settings, with every default filled in. */
export interface ConfigSections {
  database: DatabaseConfig;
  jobs: JobsConfig;
  worker: WorkerConfig;
  ops: OpsConfig;
  outbound: OutboundConfig;
  context: ContextConfig;
  drafts: DraftsConfig;
  retention: RetentionConfig;
  audit: AuditConfig;
  log: LogConfig;
}

/** A config with every default filled in, as {@link validateConfig} returns it. */
export interface ResolvedConfig extends Readonly<ConfigSections>, Readonly<HostModules> {}

type Given<T> = { [K in keyof T]?: T[K] | undefined };

/** The config that a host writes. Only `database.url` is required; an undefined value counts as absent. */
export interface CairnloopConfig extends HostModules {
  /** `url` may be undefined in the type, as `process.env.DATABASE_URL` is; validation refuses it. */
  database: { url: string | undefined } & Given<Omit<DatabaseConfig, 'url'>>;
  jobs?: { backend?: 'postgres' | undefined } | { backend: 'mongodb'; url: string | undefined } | undefined;
  worker?: Given<WorkerConfig> | undefined;
  ops?: Given<OpsConfig> | undefined;
  outbound?: Given<OutboundConfig> | undefined;
  context?: Given<ContextConfig> | undefined;
  drafts?: Given<DraftsConfig> | undefined;
  retention?: Given<RetentionConfig> | undefined;
  audit?: Given<AuditConfig> | undefined;
  log?: Given<LogConfig> | undefined;
}
