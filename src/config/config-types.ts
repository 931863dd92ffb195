import type { Logger } from 'pino';
import type { AutomationPolicy } from '../contracts/automation-policy.js';
import type { ContextProvider } from '../contracts/context-provider.js';
import type { DraftGenerator } from '../contracts/draft-generator.js';
import type { Notifier } from '../contracts/notifier.js';
import type { SlaPolicyProvider } from '../contracts/sla-policy-provider.js';

export interface DatabaseConfig {
  /** The host's Postgres, e.g. `postgres://user@host:5432/database`. The one key without a default. */
  url: string;
  /** Postgres schema that holds every table of Cairnloop. Default `cairnloop`. */
  schema: string;
  /** Most connections per process. Default 10. */
  poolSize: number;
}

/** Where Agenda keeps its wake-ups. Default `{ backend: 'postgres' }`: the database above. */
export type JobsConfig = { backend: 'postgres' } | { backend: 'mongodb'; url: string };

export interface WorkerConfig {
  /** Callbacks that run at once, per topic and worker. Default 20. */
  concurrency: number;
  /** Time limit of one callback, in milliseconds; a longer one counts as failed. Default 30 000. */
  callbackTimeoutMs: number;
  /** Lease of a delivery, in milliseconds, after which a dead worker's are called again. Default 15 000. */
  leaseMs: number;
  /** Number of failed attempts after which a delivery is discarded. Default 20. */
  maxAttempts: number;
  /** How long running callbacks may take to finish on SIGTERM, in milliseconds. Default 25 000. */
  shutdownTimeoutMs: number;
}

export interface OpsConfig {
  /** Address the worker's ops server listens on. Default `0.0.0.0`. */
  host: string;
  /** Port of the ops server; 0 takes a free one. Default 9464. */
  port: number;
  /** Default `/health`; readiness is `<healthPath>/ready`. */
  healthPath: string;
  /** Default `/metrics`. */
  metricsPath: string;
}

export interface OutboundConfig {
  /** Most conversations in one `bulkTrigger`. Default 25. */
  maxBatchSize: number;
}

export interface ContextConfig {
  /** Time limit of the ContextProvider, in milliseconds; a slower one counts as unavailable. Default 3 000. */
  timeoutMs: number;
  /** How long a customer's facts are cached, in milliseconds; 0 asks the provider every time. Default 1 000. */
  cacheMs: number;
}

export interface DraftsConfig {
  /**
   * How long customer messages are gathered before one draft is asked for, in milliseconds. Default 1 500. Each message
   * begins it anew, up to ten times as long since the first.
   */
  debounceMs: number;
}

export interface RetentionConfig {
  /** How long done deliveries are kept, in days. Default 7. */
  doneDays: number;
  /**
   * How long resolved and archived conversations are kept, in days since they were resolved. Default `null`: for ever.
   * Then a worker removes them with all that belongs to them.
   */
  resolvedDays: number | null;
  /** What is left of a removed conversation. `shape`: counts and times for reports, and no text. Default `nothing`. */
  keep: 'nothing' | 'shape';
}

export interface AuditConfig {
  /**
   * Secret that signs the audit record, so that even the owner of its tables cannot change it unseen. At least 32
   * characters, e.g. from `openssl rand -hex 32`, kept where the database's owner cannot read it. A record that was
   * signed once is sealed only by workers that have its key. Default: none.
   */
  key?: string | undefined;
  /** Keys that signed earlier events. To change the key, move the old one here. Default: none. */
  previousKeys?: readonly string[] | undefined;
}

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

export interface LogConfig {
  /** Least severe line that is logged. Default `info`. */
  level: (typeof logLevels)[number];
}

/** Brands `prometheus()` results, so that one of another copy of this package is recognised. */
export const metricsBrand: unique symbol = Symbol.for('cairnloop.metrics') as never;

/** The type that `prometheus()` returns. */
export interface MetricsReporter {
  readonly [metricsBrand]: true;
}

/** Marks what `openTelemetry()` makes. */
export const tracingBrand: unique symbol = Symbol.for('cairnloop.tracing') as never;

/** The type that `openTelemetry()` returns. */
export interface TracingBridge {
  readonly [tracingBrand]: true;
}

/** The host's own modules, each optional. The object in the config is the one that is called. */
export interface HostModules {
  /** Returns facts about the customer, shown beside the conversation. Without it: "Context Unavailable". */
  contextProvider?: ContextProvider | undefined;
  /** Notifies your people and customers. Without it nobody is notified, and outbound messages are refused. */
  notifier?: Notifier | undefined;
  /** Decides what may happen to an AI draft. Without it each draft requires approval. */
  automationPolicy?: AutomationPolicy | undefined;
  /** Returns the SLA terms, read at run time. Without it SLA tracking is off. */
  slaPolicyProvider?: SlaPolicyProvider | undefined;
  /** Proposes an AI draft for new customer messages. Without it drafts come from `drafts.propose()` alone. */
  draftGenerator?: DraftGenerator | undefined;
  /** `prometheus()`; without it the metrics path responds with 501. */
  metrics?: MetricsReporter | undefined;
  /** `openTelemetry()`; without it nothing is traced and `@opentelemetry/api` is not loaded. */
  tracing?: TracingBridge | undefined;
  /** A pino logger of the host's, to which log lines go. Default: lines on stderr, from `log.level` up. */
  logger?: Logger | undefined;
}

/** The groups of plain settings, each key filled in. */
export interface Sections {
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
export interface ResolvedConfig extends Readonly<Sections>, Readonly<HostModules> {}

type Given<T> = { [K in keyof T]?: T[K] | undefined };

/** What a host writes. Only `database.url` has no default; undefined counts as absent. */
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
