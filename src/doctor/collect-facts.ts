import { setTimeout } from 'node:timers/promises';
import { importTimeoutMs } from '../config/host-limits.js';
import {
  type DoctorFactFailureTexts,
  type HostFactName,
  type HostFactSource,
  hostFactReaders,
  type ServiceFactName,
  serviceFactReaders,
} from './fact-readers.js';
import { type DoctorFact, type DoctorFacts, type DoctorProfile, knownDoctorFact, skippedDoctorFact } from './facts.js';
import { type ConfigWithFacts, readConfigFacts } from './read-config-facts.js';
import { readDoctorFact } from './read-fact.js';
import { readServiceFacts } from './read-services.js';

export interface CollectDoctorFactsOptions {
  /** The folder of the host's package. */
  root: string;
  /** The config file, absolute or relative to `root`. Default: the one that is found. */
  configFile?: string | undefined;
  profile: DoctorProfile;
  /** Whether to call the methods of the host's modules that only read. */
  probe: boolean;
  /** Returns the uncaught errors of host code since its last call. */
  takeFailures?: () => string[];
}

/** Time limit for reading the config and the host's files, in milliseconds; the same as in every other command. */
const hostTimeoutMs = importTimeoutMs;
/** Time limit for reading the database, the job backend and the host's modules, in milliseconds. */
const servicesTimeoutMs = 2300;
/** How long to wait after the config was imported for errors of its connections and timers, in milliseconds. */
const afterImportMs = 250;

const configTexts: DoctorFactFailureTexts = {
  what: 'the config',
  because: 'the config cannot be read',
  fix: 'make the config importable: it must neither connect to a server nor wait for anything',
};

/** Collects the facts that the checks judge. Never throws: a fact that cannot be read has a reason. */
export async function collectDoctorFacts(options: CollectDoctorFactsOptions): Promise<DoctorFacts> {
  const { root, configFile, profile, probe, takeFailures = () => [] } = options;
  const [found, hostFacts] = await Promise.all([
    readDoctorFact({ ...configTexts, timeoutMs: hostTimeoutMs }, () => readConfigFacts(root, configFile)),
    readHostFacts({ root, configFile }),
  ]);
  const host = { profile, nodeVersion: process.version, ...hostFacts };
  if (found.state !== 'known') return { ...host, config: found, ...skipServices(found.because, probe) };
  const [services] = await Promise.all([collectServices(found.value, probe), setTimeout(afterImportMs)]);
  return { ...host, config: knownDoctorFact(found.value.facts), ...services, hostFailures: takeFailures() };
}

async function readHostFacts(from: HostFactSource): Promise<Pick<DoctorFacts, HostFactName>> {
  const reads = Object.entries(hostFactReaders).map(async ([name, { read, ...texts }]) => {
    const fact: DoctorFact<unknown> = await readDoctorFact<unknown>({ ...texts, timeoutMs: hostTimeoutMs }, () =>
      read(from),
    );
    return [name, fact] as const;
  });
  return Object.fromEntries(await Promise.all(reads)) as unknown as Pick<DoctorFacts, HostFactName>;
}

type Services = Pick<DoctorFacts, ServiceFactName>;

const serviceNames = Object.keys(serviceFactReaders) as ServiceFactName[];

function namesOf(probe: boolean): ServiceFactName[] {
  return probe ? serviceNames : serviceNames.filter((name) => name !== 'probes');
}

async function collectServices({ config, facts }: ConfigWithFacts, probe: boolean): Promise<Services> {
  const source = { config, known: { config: facts }, timeoutMs: servicesTimeoutMs };
  const read: Partial<Services> & Omit<Services, 'probes'> = await readServiceFacts(namesOf(probe), source);
  return { probes: null, ...read };
}

function skipServices(because: string, probe: boolean): Services {
  const facts = namesOf(probe).map((name) => [name, skippedDoctorFact(because)]);
  return { probes: null, ...Object.fromEntries(facts) };
}
