import { setTimeout } from 'node:timers/promises';
import { importTimeoutMs } from '../config/host-limits.js';
import { type Fact, type Facts, known, type Profile, skipped } from './facts.js';
import { findMounts } from './find-mounts.js';
import { observe } from './observe.js';
import { probeModules } from './probe-modules.js';
import { readBuildFacts } from './read-build-facts.js';
import { type FoundConfig, readConfigFacts, type Salvaged } from './read-config-facts.js';
import { readDatabase, type Stored } from './read-database.js';
import { readEnvFile } from './read-env-file.js';
import { readInstallation } from './read-installation.js';
import { readMongoJobs } from './read-jobs.js';
import { readPolicies } from './read-policies.js';

export interface CollectOptions {
  /** The host's package. */
  root: string;
  /** The config, absolute or relative to `root`; without it the one that is there. */
  configFile?: string | undefined;
  profile: Profile;
  /** Call what only reads of the host's modules. */
  probe: boolean;
  /** Uncaught errors of host code since the last call. */
  takeFailures?: () => string[];
}

/** The same as of every other command. */
const configTimeoutMs = importTimeoutMs;
const servicesTimeoutMs = 2300;
/** How long to wait for a config's own connections and timers after its import, in milliseconds. */
const afterImportMs = 250;

/** Collects all facts. Never throws: a missing fact has its reason. */
export async function collectFacts(options: CollectOptions): Promise<Facts> {
  const { root, configFile, profile, probe, takeFailures = () => [] } = options;
  const [found, installation, mounts, envFile, build] = await Promise.all([
    observe(looks.config, () => readConfigFacts(root, configFile)),
    observe(looks.installation, () => readInstallation(root)),
    observe(looks.mounts, () => findMounts(root)),
    observe(looks.envFile, () => readEnvFile(root)),
    observe(looks.build, () => readBuildFacts(root, configFile)),
  ]);
  const nodeVersion = process.version;
  const host = { profile, nodeVersion, installation, mounts, envFile, build, config: factsOf(found) };
  if (found.state !== 'known') return { ...host, ...without(found, probe) };
  const [services] = await Promise.all([collectServices(found.value, probe), setTimeout(afterImportMs)]);
  return { ...host, ...services, hostFailures: takeFailures() };
}

type Services = Pick<Facts, 'database' | 'schema' | 'work' | 'jobs' | 'policies' | 'probes'>;

async function collectServices({ config, facts }: FoundConfig, probe: boolean): Promise<Services> {
  const isMisshapen = facts.problems.some(({ path }) => path.startsWith('slaPolicyProvider'));
  const [stored, mongo, policies, probes] = await Promise.all([
    readStored(config),
    config.jobs.backend === 'mongodb' ? readMongo(config) : undefined,
    isMisshapen
      ? skipped('the slaPolicyProvider lacks a method')
      : observe(looks.policies, () => readPolicies(config.slaPolicyProvider)),
    probe ? observe(looks.probes, () => probeModules(config, servicesTimeoutMs - 300)) : null,
  ]);
  return { ...stored, ...(mongo && { jobs: mongo }), policies, probes };
}

async function readStored({ database, databaseUrl }: Salvaged): Promise<Stored> {
  if (databaseUrl !== undefined) return readDatabase(databaseUrl, database.schema, servicesTimeoutMs);
  const nothing = skipped('the config has no usable database.url');
  return { database: nothing, schema: nothing, work: nothing, jobs: nothing };
}

async function readMongo({ jobs }: Salvaged): Promise<Facts['jobs']> {
  if (!('url' in jobs)) return skipped('the config has no usable jobs.url');
  return observe(looks.jobs, () => readMongoJobs(jobs.url, servicesTimeoutMs - 800));
}

function without(config: Exclude<Fact<unknown>, { state: 'known' }>, probe: boolean): Services {
  const nothing = skipped(config.because);
  return {
    database: nothing,
    schema: nothing,
    work: nothing,
    jobs: nothing,
    policies: nothing,
    probes: probe ? nothing : null,
  };
}

function factsOf(found: Fact<FoundConfig>): Facts['config'] {
  return found.state === 'known' ? known(found.value.facts) : found;
}

const looks = {
  config: {
    what: 'the config',
    because: 'the config cannot be read',
    fix: 'make the config importable: it may connect to nothing and wait for nothing',
    timeoutMs: configTimeoutMs,
  },
  installation: {
    what: 'node_modules',
    because: 'node_modules cannot be read',
    fix: 'install the packages of the host again',
    timeoutMs: configTimeoutMs,
  },
  mounts: {
    what: 'the sources',
    because: 'the sources cannot be read',
    fix: 'make the sources readable',
    timeoutMs: configTimeoutMs,
  },
  envFile: { what: 'git', because: 'git did not answer', fix: 'run git status', timeoutMs: configTimeoutMs },
  build: {
    what: 'tsconfig.json',
    because: 'no config or no tsconfig.json can be read',
    fix: 'run tsc',
    timeoutMs: configTimeoutMs,
  },
  jobs: {
    what: 'the job backend',
    because: 'the job backend cannot be reached',
    fix: 'check jobs.url',
    timeoutMs: servicesTimeoutMs,
  },
  policies: {
    what: 'slaPolicyProvider.getActivePolicies',
    because: 'the slaPolicyProvider gave no policies',
    fix: 'correct getActivePolicies; meanwhile no SLA starts',
    timeoutMs: servicesTimeoutMs,
  },
  probes: {
    what: 'the probe',
    because: 'the host modules did not answer',
    fix: 'run their tests',
    timeoutMs: servicesTimeoutMs,
  },
};
