import type { DatabaseConfig, JobsConfig, ResolvedConfig } from '../config/config-types.js';
import type { ConfigVariable } from '../config/config-variables.js';
import type { ContractKey } from '../config/host-modules.js';
import type { DeliveryTopic } from '../contracts/domain.js';
import type { CallbackModule } from '../deliveries/announced-modules.js';
import type { WorkerHeartbeat } from '../deliveries/worker-health.js';
import type { ConfigProblem } from '../foundation/errors.js';
import type { ConfigCompileProblem } from '../gen/host-snapshot.js';
import type { PackageManager } from '../gen/package-manager.js';
import type { UnfinishedMethod } from '../gen/unfinished.js';
import type { BuildTool } from '../host-project/build-tool.js';
import type { RejectedSlaPolicy } from '../sla/validate-policies.js';

/**
 * A fact that doctor reads: `known` with its value, `failed` with the reason, or `skipped` for the lack of another
 * fact. `because` is printed after "not checked:".
 */
export type DoctorFact<T> =
  | { state: 'known'; value: T }
  | { state: 'failed'; message: string; fix: string; because: string }
  | { state: 'skipped'; because: string };

export const knownDoctorFact = <T>(value: T): DoctorFact<T> => ({ state: 'known', value });
export const skippedDoctorFact = (because: string): DoctorFact<never> => ({ state: 'skipped', because });

/** Where the host runs. `production` also reports what is fine on a developer's machine. */
export type DoctorProfile = 'development' | 'production';

/** The type of each fact's value. `fact-readers.ts` says how each fact is read. */
export interface DoctorFactValues {
  installation: InstallationFacts;
  mounts: WorkspaceMount[];
  envFile: EnvFileFacts;
  build: HostBuildFacts;
  config: ConfigFacts;
  database: DatabaseFacts;
  schema: SchemaFacts;
  work: WorkloadFacts;
  jobs: JobBackendFacts;
  policies: SlaPolicyFacts;
  /** Results of the calls of host modules that `--probe` makes. */
  probes: ProbeFacts;
}

export type DoctorFactName = keyof DoctorFactValues;

type FactsByName = { [Name in Exclude<DoctorFactName, 'probes'>]: DoctorFact<DoctorFactValues[Name]> };

/**
 * Everything that the checks of `cairnloop doctor` judge: plain data without secrets, collected before any check runs.
 */
export interface DoctorFacts extends FactsByName {
  profile: DoctorProfile;
  nodeVersion: string;
  /** Uncaught errors of host code after the config was imported. */
  hostFailures?: readonly string[];
  /** Results of the calls of host modules; null without `--probe`. */
  probes: DoctorFact<ProbeFacts> | null;
}

export interface InstallationFacts {
  version: string;
  /** Every copy of cairnloop: those that the host and its packages would import, and the one that is running. */
  copies: { folder: string; version: string }[];
  /** Whether the host's own code can import a copy of cairnloop. */
  isDependency: boolean;
  /** Whether the running copy is the one that the host's code imports. */
  isOwn: boolean;
  /** Dependencies that must have one exact version; `found` is null where the package is missing. */
  pinned: { name: string; expected: string; found: string | null }[];
  packageManager: PackageManager;
}

/** One call of `workspace({ ... })` in the host's sources. */
export interface WorkspaceMount {
  /** Where the workspace is mounted, as `file:line` relative to the host's package. */
  place: string;
  /**
   * What the `operator` option is. `constant`: a function that takes no request, so that everybody is the same
   * operator.
   */
  operator: 'function' | 'constant' | 'none' | 'unknown';
}

export interface EnvFileFacts {
  present: boolean;
  /** Why the `.env` file cannot be read; null if it can. */
  unreadable: string | null;
  /** Whether git ignores the `.env` file; true where there is no repository. */
  ignored: boolean;
  /** Whether git tracks the `.env` file. */
  tracked: boolean;
  /** The `.env` files that the command line reads, relative to the host, nearest first. */
  read?: string[];
}

export interface HostBuildFacts {
  /** How the config file breaks the host's TypeScript build; null if it does not. */
  strayConfig: ConfigCompileProblem | null;
  /** Which tool builds the host; absent where that was not read. */
  tool?: BuildTool;
  /** Why the host's tsconfig cannot be read as a whole. */
  unread?: string | null;
  /** A folder of the host that TypeScript resolves as the package `cairnloop`, and the tsconfig that makes it do so. */
  shadow?: { folder: string; tsconfig: string } | null;
  config?: string;
}

export interface ConfigFacts {
  /** The config file, relative to the host's package. */
  file: string;
  problems: ConfigProblem[];
  settings: SettingsForDoctor;
  /** The contracts for which the config has a module with every method. */
  contracts: ContractKey[];
  /** The host modules that a worker with this config would announce; they decide which callbacks are made. */
  modules: CallbackModule[];
  hasMetrics: boolean;
  /** The ids of audit.key and audit.previousKeys, the one in use first. */
  auditKeyIds: string[];
  /** Whether the notifier has onAuditAnchor. */
  handsAnchors: boolean;
  /** Methods of the host's modules that are unchanged since `cairnloop gen` wrote them. */
  unfinished: UnfinishedMethod[];
  /** The environment variables that the config file reads for database.url and for keys with a problem, by key. */
  variables: Readonly<Record<string, ConfigVariable>>;
}

/** The settings that checks judge: no URL, no host module. */
export type SettingsForDoctor = Pick<ResolvedConfig, 'worker' | 'ops' | 'log' | 'retention'> & {
  database: Omit<DatabaseConfig, 'url'>;
};

export interface DatabaseFacts {
  /** Host, port and name of the database. */
  target: string;
  isLocal: boolean;
  /** The version of the Postgres server as text; `versionNumber` is its `server_version_num`, such as 170002. */
  version: string;
  versionNumber: number;
  encoding: string;
  /** This machine's clock minus the database's, in milliseconds. */
  clockSkewMs: number;
  readOnly: boolean;
  superuser: boolean;
  encrypted: boolean;
  maxConnections: number;
  /** Whether a connection pooler sends the statements of one connection to different server sessions. */
  pooling: 'none' | 'transaction' | 'unknown';
}

export interface SchemaFacts {
  schema: string;
  exists: boolean;
  /** How many migrations are applied. */
  applied: number;
  pending: string[];
  /** Applied migrations that this version of cairnloop does not know. */
  unknown: string[];
  /** The unknown migrations that this version of cairnloop cannot work with. */
  incompatible: string[];
}

/** The discarded deliveries of one topic are counted up to this number. */
export const discardedCountCap = 10_000;

export interface WorkloadFacts {
  /** The host modules that the workers announced last; null where no worker has ever started. */
  announced: CallbackModule[] | null;
  workers: WorkerHeartbeat[];
  /** For how many milliseconds the oldest due delivery has waited; null where none waits. */
  oldestDueMs: number | null;
  /** Deliveries that were discarded after their last attempt, not by hand, counted up to {@link discardedCountCap}. */
  discarded: { topic: DeliveryTopic; count: number }[];
  /** Priorities of the newest open conversations. */
  priorities: string[];
  /**
   * How many milliseconds ago the oldest closed conversation without pending deliveries was resolved; null for none.
   */
  oldestClosedMs: number | null;
  /** How many milliseconds ago the oldest unfinished erasure of a customer began; null for none. */
  oldestErasureMs: number | null;
  audit: AuditFacts;
}

export interface AuditFacts {
  /** The id of the key that signed the last sealed audit event. */
  keyId: string | null;
  /** For how many milliseconds the oldest audit event has waited for its seal; null where none waits. */
  oldestUnsealedMs: number | null;
  /** How many milliseconds ago an audit anchor was handed to the notifier; null where none was. */
  anchorHandedMs: number | null;
  /** Why the last call of onAuditAnchor failed; null where it did not. */
  anchorError: string | null;
}

export interface JobBackendFacts {
  backend: JobsConfig['backend'];
}

export interface SlaPolicyFacts {
  state: 'no provider' | 'off' | 'active';
  priorities: string[];
  rejected: RejectedSlaPolicy[];
}

export interface ProbeFacts {
  called: { contract: ContractKey; problems: readonly string[] }[];
}
