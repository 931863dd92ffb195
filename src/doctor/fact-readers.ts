import { requireJobTable } from '../db/job-table.js';
import type { DoctorFactName, DoctorFactValues, SchemaFacts } from './facts.js';
import { findWorkspaceMounts } from './find-mounts.js';
import { probeHostModules } from './probe-modules.js';
import { readHostBuildFacts } from './read-build-facts.js';
import type { ConfigWithoutInvalidKeys } from './read-config-facts.js';
import { readEnvFileFacts } from './read-env-file.js';
import { readInstallationFacts } from './read-installation.js';
import { probeMongoBackend } from './read-jobs.js';
import { readSlaPolicyFacts } from './read-policies.js';
import { readSchemaFacts } from './read-schema.js';
import { readDatabaseFacts } from './read-server.js';
import { readWorkloadFacts } from './read-work.js';
import { withDatabaseSession } from './with-session.js';

/** The texts that doctor prints for a fact that could not be read. */
export interface DoctorFactFailureTexts {
  /** Subject of the timeout message, as in "git did not settle within 2000 ms". */
  what: string;
  /** The reason that checks which need the fact print after "not checked:". */
  because: string;
  /** How to fix the failure, for an error that has no hint of its own. */
  fix: string;
}

export interface HostFactSource {
  /** The folder of the host's package. */
  root: string;
  configFile: string | undefined;
}

interface HostReader<Value> extends DoctorFactFailureTexts {
  read: (from: HostFactSource) => Value | Promise<Value>;
}

export interface ServiceFactSource {
  config: ConfigWithoutInvalidKeys;
  /** The facts that have been read so far. */
  known: Partial<DoctorFactValues>;
  /** Time limit for all reads of facts together, in milliseconds. */
  timeoutMs: number;
}

interface ServiceReader<Value> extends Omit<DoctorFactFailureTexts, 'fix'> {
  fix: string | ((config: ConfigWithoutInvalidKeys) => string);
  /** The fact that must be known before this fact can be read. */
  after?: (config: ConfigWithoutInvalidKeys) => ServiceFactName | undefined;
  /** Why this fact cannot be read; undefined if it can. */
  skip?: (from: ServiceFactSource) => string | undefined;
  read: (from: ServiceFactSource) => Value | Promise<Value>;
}

export type ServiceFactName = Exclude<DoctorFactName, HostFactName | 'config'>;
export type HostFactName = 'installation' | 'mounts' | 'envFile' | 'build';

/** The readers of facts that are in the host's files, besides the config. */
export const hostFactReaders: { readonly [Name in HostFactName]: HostReader<DoctorFactValues[Name]> } = {
  installation: {
    what: 'node_modules',
    because: 'node_modules cannot be read',
    fix: 'install the packages of the host again',
    read: ({ root }) => readInstallationFacts(root),
  },
  mounts: {
    what: 'the sources',
    because: 'the sources of the host cannot be read',
    fix: 'make the sources of the host readable',
    read: ({ root }) => findWorkspaceMounts(root),
  },
  envFile: {
    what: 'git',
    because: 'git did not answer',
    fix: 'run git status',
    read: ({ root }) => readEnvFileFacts(root),
  },
  build: {
    what: 'tsconfig.json',
    because: 'no config or no tsconfig.json can be read',
    fix: 'run tsc',
    read: ({ root, configFile }) => readHostBuildFacts(root, configFile),
  },
};

const fixOfDatabase = ({ database }: ConfigWithoutInvalidKeys) =>
  `check the server, and that the role of database.url may read schema ${database.schema}`;

/** The readers of facts that need the config: about the database, the job backend and the host's modules. */
export const serviceFactReaders: { readonly [Name in ServiceFactName]: ServiceReader<DoctorFactValues[Name]> } = {
  database: {
    what: 'the database',
    because: 'the database cannot be reached',
    fix: fixOfDatabase,
    skip: ({ config }) => (urlOf(config) === '' ? 'the config has no usable database.url' : undefined),
    read: ({ config, timeoutMs }) => readDatabaseFacts(urlOf(config), answerMsOf(timeoutMs)),
  },
  schema: {
    what: 'the schema',
    because: 'the schema cannot be read',
    fix: fixOfDatabase,
    after: () => 'database',
    // A pooler in transaction mode shares its sessions, so no setting of a session may be changed.
    skip: ({ known }) =>
      known.database?.pooling === 'transaction'
        ? 'the database is reached through a pooler in transaction mode'
        : undefined,
    read: (from) =>
      withDatabaseSession(placeOf(from), (client) => readSchemaFacts(client, from.config.database.schema)),
  },
  work: {
    what: 'the tables',
    because: 'the tables cannot be read',
    fix: fixOfDatabase,
    after: () => 'schema',
    skip: ({ known }) => whyUnusable(known.schema),
    read: (from) =>
      withDatabaseSession(placeOf(from), (client) => readWorkloadFacts(client, from.config.database.schema)),
  },
  jobs: {
    what: 'the job backend',
    because: 'the job backend cannot be reached',
    fix: (config) => (config.jobs.backend === 'mongodb' ? 'check jobs.url' : fixOfDatabase(config)),
    after: ({ jobs }) => (jobs.backend === 'mongodb' ? undefined : 'schema'),
    skip: ({ config: { jobs }, known }) => {
      if (jobs.backend !== 'mongodb') return whyUnusable(known.schema);
      return 'url' in jobs ? undefined : 'the config has no usable jobs.url';
    },
    read: async (from) => {
      const { jobs, database } = from.config;
      if (jobs.backend === 'mongodb') return probeMongoBackend(jobs.url, from.timeoutMs - 800);
      await withDatabaseSession(placeOf(from), (client) => requireJobTable(client, database.schema));
      return { backend: 'postgres' };
    },
  },
  policies: {
    what: 'slaPolicyProvider.getActivePolicies',
    because: 'the slaPolicyProvider returned no policies',
    fix: 'correct getActivePolicies; meanwhile no SLA starts',
    skip: ({ known }) =>
      known.config?.problems.some(({ path }) => path.startsWith('slaPolicyProvider'))
        ? 'the slaPolicyProvider lacks a method'
        : undefined,
    read: ({ config }) => readSlaPolicyFacts(config.slaPolicyProvider),
  },
  probes: {
    what: 'the probe',
    because: 'the host modules did not return in time',
    fix: 'run their tests',
    read: ({ config, timeoutMs }) => probeHostModules(config, timeoutMs - 300),
  },
};

function urlOf({ databaseUrl }: ConfigWithoutInvalidKeys): string {
  return databaseUrl ?? '';
}

function placeOf({ config, timeoutMs }: ServiceFactSource) {
  return { url: urlOf(config), schema: config.database.schema, answerMs: answerMsOf(timeoutMs) };
}

/**
 * The time limit of the connection, in milliseconds: longer than the time limit of reading a fact, so that a silent
 * server always ends the reading.
 */
function answerMsOf(timeoutMs: number): number {
  return timeoutMs + 1000;
}

/** Why the tables of a schema cannot be read; undefined if they can. */
function whyUnusable(schema: SchemaFacts | undefined): string | undefined {
  if (schema && schema.pending.length > 0) return 'migrations are pending';
  return schema && schema.incompatible.length > 0 ? 'the schema is newer than this package' : undefined;
}
