import { describeType } from '../foundation/describe-value.js';
import { CairnloopError, type ConfigProblem } from '../foundation/errors.js';
import { suggestKnownWord } from '../validation/known-keys.js';
import type { ConfigSections, HostModules, ResolvedConfig } from './config-types.js';
import {
  type ContractKey,
  contractMethods,
  contractProblems,
  loggerProblems,
  metricsProblems,
  tracingProblems,
} from './host-modules.js';
import { type ConfigKeyRule, configKeyRules, metricsPathProblem, opsPathRule } from './key-rules.js';

export type * from './config-types.js';
export { logLevels, metricsBrand } from './config-types.js';
export { type ContractKey, contractMethods } from './host-modules.js';

/**
 * The defaults of all config keys. A key without one is required (`database.url`, `jobs.url` for MongoDB) or optional
 * (host modules).
 */
export const configDefaults = {
  database: { schema: 'cairnloop', poolSize: 10 },
  jobs: { backend: 'postgres' },
  worker: { concurrency: 20, callbackTimeoutMs: 30_000, leaseMs: 15_000, maxAttempts: 20, shutdownTimeoutMs: 25_000 },
  ops: { host: '0.0.0.0', port: 9464, healthPath: '/health', metricsPath: '/metrics' },
  outbound: { maxBatchSize: 25 },
  context: { timeoutMs: 3000, cacheMs: 1000 },
  drafts: { debounceMs: 1500 },
  retention: { doneDays: 7, resolvedDays: null, keep: 'nothing' },
  audit: {},
  log: { level: 'info' },
} as const satisfies { [S in keyof ConfigSections]: Partial<ConfigSections[S]> };

const sectionKeys = Object.keys(configKeyRules) as (keyof ConfigSections)[];
const contractKeys = Object.keys(contractMethods) as ContractKey[];
const moduleKeys: (keyof HostModules)[] = [...contractKeys, 'metrics', 'tracing', 'logger'];
const topLevelKeys: string[] = [...sectionKeys, ...moduleKeys];

/**
 * Validates a config and fills in every default. Pure: reads no environment, and returns host modules as the same
 * objects.
 * @param file The name of the config's file, if it came from one, for the error's message.
 * @throws CairnloopError CONFIG_INVALID with all problems at once; no secret is in it.
 */
export function validateConfig(raw: unknown, file?: string): ResolvedConfig {
  const problems = configProblems(raw);
  if (problems.length > 0) throw new CairnloopError('CONFIG_INVALID', file ? { problems, file } : { problems });
  return resolve(raw as Record<string, unknown>);
}

/** All problems of a config: none if {@link validateConfig} would accept it. */
export function configProblems(raw: unknown): ConfigProblem[] {
  if (!isRecord(raw)) return [{ path: 'config', expected: 'an object', found: describeType(raw) }];
  return [
    ...unknownKeys('', raw, topLevelKeys),
    ...sectionKeys.flatMap((section) => sectionProblems(section, raw[section])),
    ...contractKeys.flatMap((key) => (raw[key] === undefined ? [] : contractProblems(key, raw[key]))),
    ...(raw.metrics === undefined ? [] : metricsProblems(raw.metrics)),
    ...(raw.tracing === undefined ? [] : tracingProblems(raw.tracing)),
    ...(raw.logger === undefined ? [] : loggerProblems(raw.logger)),
  ];
}

function sectionProblems(section: keyof ConfigSections, value: unknown = {}): ConfigProblem[] {
  if (!isRecord(value)) return [{ path: section, expected: 'an object', found: describeType(value) }];
  const rules: Record<string, ConfigKeyRule> = section === 'jobs' ? jobsRules(value.backend) : configKeyRules[section];
  return [
    ...unknownKeys(`${section}.`, value, Object.keys(configKeyRules[section])),
    ...Object.entries(rules).flatMap(([key, rule]) => keyProblems(`${section}.${key}`, rule, value, key)),
    ...(section === 'ops' ? opsProblems(value) : []),
    ...(section === 'audit' ? auditProblems(value) : []),
  ];
}

function keyProblems(path: string, rule: ConfigKeyRule, given: Given, key: string): ConfigProblem[] {
  const value = given[key];
  if (value === undefined ? !rule.required : rule.accepts(value)) return [];
  return [{ path, expected: rule.expected, found: Object.hasOwn(given, key) ? rule.found(value) : 'nothing' }];
}

/** The rules of `jobs`. With the Postgres backend `jobs.url` is refused, because it would silently be ignored. */
function jobsRules(backend: unknown = configDefaults.jobs.backend): Record<string, ConfigKeyRule> {
  const { url, ...rules } = configKeyRules.jobs;
  if (backend === 'mongodb') return { ...rules, url };
  if (backend !== 'postgres') return rules;
  const expected = 'none, because the postgres backend uses database.url';
  return { ...rules, url: { expected, accepts: () => false, found: url.found } };
}

function opsProblems(ops: Given): ConfigProblem[] {
  const { healthPath, metricsPath }: Given = { ...configDefaults.ops, ...defined(ops) };
  if (!opsPathRule.accepts(healthPath) || !opsPathRule.accepts(metricsPath)) return [];
  const problem = metricsPathProblem(healthPath, metricsPath);
  return problem ? [{ ...problem, path: `ops.${problem.path}` }] : [];
}

function auditProblems({ key, previousKeys }: Given): ConfigProblem[] {
  if (key !== undefined || previousKeys === undefined) return [];
  return [
    {
      path: 'audit.key',
      expected: 'the key that signs new events, because audit.previousKeys is set',
      found: 'nothing',
    },
  ];
}

function unknownKeys(prefix: string, given: Given, known: readonly string[]): ConfigProblem[] {
  return Object.keys(given)
    .filter((key) => !known.includes(key))
    .map((key) => {
      const expected = suggestKnownWord('key', key, known) ?? `one of ${known.join(', ')}`;
      return { path: prefix + pathPart(key), expected, found: 'an unknown key' };
    });
}

function pathPart(key: string): string {
  return /^[\w$-]{1,60}$/.test(key) ? key : JSON.stringify(key.slice(0, 60));
}

function resolve(raw: Record<string, unknown>): ResolvedConfig {
  const sections = sectionKeys.map((key) => [key, { ...configDefaults[key], ...defined((raw[key] ?? {}) as Given) }]);
  const modules = moduleKeys.filter((key) => raw[key] !== undefined).map((key) => [key, raw[key]]);
  return Object.freeze(Object.fromEntries([...sections, ...modules])) as ResolvedConfig;
}

function defined(given: Given): Given {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/** A part of the config, as the host wrote it. */
type Given = Record<string, unknown>;

function isRecord(value: unknown): value is Given {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
