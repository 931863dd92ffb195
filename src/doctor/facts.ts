import type { DatabaseConfig, JobsConfig, ResolvedConfig } from '../config/config-types.js';
import type { ConfigVariable } from '../config/config-variables.js';
import type { ContractKey } from '../config/host-modules.js';
import type { DeliveryTopic } from '../contracts/domain.js';
import type { OwedModule } from '../deliveries/announced-modules.js';
import type { WorkerBeat } from '../deliveries/worker-health.js';
import type { ConfigProblem } from '../foundation/errors.js';
import type { StrayConfig } from '../gen/host-snapshot.js';
import type { PackageManager } from '../gen/package-manager.js';
import type { UnfinishedMethod } from '../gen/unfinished.js';
import type { BuildTool } from '../host-project/build-tool.js';
import type { RejectedPolicy } from '../sla/validate-policies.js';

/** A fact: its value, why it could not be read, or what it depends on. `because` follows "not checked:". */
export type Fact<T> =
  | { state: 'known'; value: T }
  | { state: 'failed'; message: string; fix: string; because: string }
  | { state: 'skipped'; because: string };

export const knownFact = <T>(value: T): Fact<T> => ({ state: 'known', value });
export const skippedFact = (because: string): Fact<never> => ({ state: 'skipped', because });

/** `production` reports as problems what is fine on a developer's machine. */
export type DoctorProfile = 'development' | 'production';

/** What each fact is when it is known. `fact-readers.ts` has a row for each that says how it is read. */
export interface FactValues {
  installation: Installation;
  mounts: WorkspaceMount[];
  envFile: EnvFileFacts;
  build: BuildFacts;
  config: ConfigFacts;
  database: DatabaseFacts;
  schema: SchemaFacts;
  work: WorkFacts;
  jobs: JobsFacts;
  policies: PolicyFacts;
  /** Results of the calls that `--probe` makes. */
  probes: ProbeFacts;
}

export type FactName = keyof FactValues;

type FactsByName = { [Name in Exclude<FactName, 'probes'>]: Fact<FactValues[Name]> };

/** Everything that the checks look at: plain data without secrets, collected before any of them runs. */
export interface Facts extends FactsByName {
  profile: DoctorProfile;
  nodeVersion: string;
  /** Uncaught errors of host code after the config was imported. */
  hostFailures?: readonly string[];
  /** Null without `--probe`. */
  probes: Fact<ProbeFacts> | null;
}

export interface Installation {
  version: string;
  /** Every copy of cairnloop: those that the host's tree holds, and the one that is running. */
  copies: { folder: string; version: string }[];
  /** Whether the host's own code would find a copy. */
  isDependency: boolean;
  /** Whether that copy is the one that is running. */
  isOwn: boolean;
  /** Packages that must be of one exact version; `found` is null where there is none. */
  pinned: { name: string; expected: string; found: string | null }[];
  packageManager: PackageManager;
}

/** One call of `workspace({ ... })` in the host's sources. */
export interface WorkspaceMount {
  /** `file:line`, relative to the host. */
  place: string;
  /** `constant`: a function that takes no request, so that everybody is the same operator. */
  operator: 'function' | 'constant' | 'none' | 'unknown';
}

export interface EnvFileFacts {
  present: boolean;
  /** Why it cannot be read; null where it can. */
  unreadable: string | null;
  /** Whether git would leave it out; true where there is no repository. */
  ignored: boolean;
  /** Whether it is in the repository already. */
  tracked: boolean;
  /** The `.env` files that the command line reads, relative to the host, nearest first. */
  read?: string[];
}

export interface BuildFacts {
  /** What breaks the host's TypeScript build; null for nothing. */
  strayConfig: StrayConfig | null;
  /** Which tool builds the host; absent where it was not looked at. */
  tool?: BuildTool;
  /** A folder of the host that its build takes for the package `cairnloop`, and the tsconfig by which it does. */
  shadow?: { folder: string; tsconfig: string } | null;
  config?: string;
}

export interface ConfigFacts {
  /** Relative to the host. */
  file: string;
  problems: ConfigProblem[];
  settings: CheckedSettings;
  /** Contracts in the config that have every method. */
  contracts: ContractKey[];
  /** The host modules that decide which calls are owed, as a worker with this config would announce them. */
  modules: OwedModule[];
  hasMetrics: boolean;
  /** The ids of audit.key and audit.previousKeys, the one in use first. */
  auditKeyIds: string[];
  /** Whether the notifier has onAuditAnchor. */
  handsAnchors: boolean;
  /** Methods of the host's modules that are as `gen` wrote them. */
  unfinished: UnfinishedMethod[];
  /** Of database.url, and of keys with a problem: the variable of the environment that the file reads for them. */
  variables: Readonly<Record<string, ConfigVariable>>;
}

/** The settings that checks look at: no URL, no host module. */
export type CheckedSettings = Pick<ResolvedConfig, 'worker' | 'ops' | 'log' | 'retention'> & {
  database: Omit<DatabaseConfig, 'url'>;
};

export interface DatabaseFacts {
  /** Host, port and database. */
  target: string;
  isLocal: boolean;
  /** Properties that the schema requires. */
  version: string;
  versionNumber: number;
  encoding: string;
  /** This machine's clock minus the database's, in milliseconds. */
  clockSkewMs: number;
  readOnly: boolean;
  superuser: boolean;
  encrypted: boolean;
  maxConnections: number;
  /** Whether statements of one connection reach different server sessions. */
  pooling: 'none' | 'transaction' | 'unknown';
}

export interface SchemaFacts {
  schema: string;
  exists: boolean;
  /** The number of applied migrations. */
  applied: number;
  pending: string[];
  /** Applied, but not known to this version. */
  unknown: string[];
  /** The unknown migrations with which this version does not work. */
  incompatible: string[];
}

/** More discarded deliveries of one topic than this are not counted. */
export const discardedCountCap = 10_000;

export interface WorkFacts {
  /** What the workers announced last; null where none has ever started. */
  announced: OwedModule[] | null;
  workers: WorkerBeat[];
  /** How long the oldest due delivery has been waiting; null where none waits. */
  oldestDueMs: number | null;
  /** Given up after their last attempt, not by hand; counted up to {@link discardedCountCap}. */
  discarded: { topic: DeliveryTopic; count: number }[];
  /** Priorities of the newest open conversations. */
  priorities: string[];
  /** How long ago the oldest closed conversation was resolved that owes no call; null where there is none. */
  oldestClosedMs: number | null;
  /** How long ago the oldest erasure began that has not ended; null where none is under way. */
  oldestErasureMs: number | null;
  audit: AuditFacts;
}

export interface AuditFacts {
  /** The key that signed the last sealed event. */
  keyId: string | null;
  /** How long the oldest event has waited for its seal; null where none waits. */
  oldestUnsealedMs: number | null;
  /** How long ago an anchor was handed over; null where none was. */
  anchorHandedMs: number | null;
  /** Why the last call of onAuditAnchor failed; null where it did not. */
  anchorError: string | null;
}

export interface JobsFacts {
  backend: JobsConfig['backend'];
}

export interface PolicyFacts {
  state: 'no provider' | 'off' | 'active';
  priorities: string[];
  rejected: RejectedPolicy[];
}

export interface ProbeFacts {
  called: { contract: ContractKey; problems: readonly string[] }[];
}
