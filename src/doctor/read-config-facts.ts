import { readFileSync } from 'node:fs';
import path from 'node:path';
import { toAuditKeys } from '../audit/keys.js';
import { configDefaults, configProblems } from '../config/config-schema.js';
import type { ResolvedConfig } from '../config/config-types.js';
import { findConfigVariables } from '../config/config-variables.js';
import { importTimeoutMs } from '../config/host-limits.js';
import { type ContractKey, contractMethods } from '../config/host-modules.js';
import { configKeyRules } from '../config/key-rules.js';
import { readUnvalidatedConfig } from '../config/load-config.js';
import { configuredModules } from '../deliveries/announced-modules.js';
import type { ConfigProblem } from '../foundation/errors.js';
import { redact } from '../foundation/redact.js';
import { unfinishedMethods } from '../gen/unfinished.js';
import type { ConfigFacts } from './facts.js';

/** The config without the keys that have a problem, so that one mistake does not hide other findings. */
export type ConfigWithoutInvalidKeys = { [S in keyof ResolvedConfig]: ResolvedConfig[S] } & {
  /** The value of database.url; undefined if it is missing or invalid. */
  databaseUrl: string | undefined;
};

export interface ConfigWithFacts {
  facts: ConfigFacts;
  config: ConfigWithoutInvalidKeys;
}

/**
 * Reads the host's config and the facts about it; wrong keys are facts, not errors. Throws as `readUnvalidatedConfig`
 * does.
 */
export async function readConfigFacts(root: string, file: string | undefined): Promise<ConfigWithFacts> {
  const found = await readUnvalidatedConfig({ cwd: root, file, timeoutMs: importTimeoutMs + 5000 });
  const problems = configProblems(found.raw).map((problem) => ({ ...problem, found: redact(problem.found) }));
  const config = toConfigWithoutInvalidKeys(found.raw, problems);
  const { database, worker, ops, log, retention } = config;
  const { url: _, ...plainDatabase } = database;
  return {
    config,
    facts: {
      file: path.relative(root, found.file),
      problems,
      settings: { database: plainDatabase, worker, ops, log, retention },
      contracts: contractKeys.filter((key) => config[key] !== undefined),
      modules: configuredModules(config),
      unfinished: unfinishedMethods(config),
      hasMetrics: config.metrics !== undefined,
      auditKeyIds: [...toAuditKeys(config.audit).byId.keys()],
      handsAnchors: config.notifier?.onAuditAnchor !== undefined,
      variables: findConfigVariables(root, readFileSync(found.file, 'utf8'), [
        'database.url',
        ...problems.map(({ path }) => path),
      ]),
    },
  };
}

const contractKeys = Object.keys(contractMethods) as ContractKey[];

type Raw = Record<string, Record<string, unknown> | undefined>;

/** Fills in the defaults of a config and leaves out each key that has a problem. Pure. */
export function toConfigWithoutInvalidKeys(raw: unknown, problems: readonly ConfigProblem[]): ConfigWithoutInvalidKeys {
  const given = (typeof raw === 'object' && raw !== null ? raw : {}) as Raw;
  const isWrong = (path: string) =>
    problems.some((problem) => problem.path === path || path.startsWith(`${problem.path}.`));
  const hasProblem = (key: string) => problems.some((problem) => problem.path.split('.')[0] === key);
  const sections = Object.entries(configKeyRules).map(([section, rules]) => {
    const kept = Object.keys(rules)
      .filter((key) => given[section]?.[key] !== undefined && !isWrong(`${section}.${key}`))
      .map((key) => [key, given[section]?.[key]]);
    return [section, { ...configDefaults[section as keyof typeof configDefaults], ...Object.fromEntries(kept) }];
  });
  const modules = [...contractKeys, 'metrics'].filter((key) => given[key] !== undefined && !hasProblem(key));
  const config = Object.fromEntries([...sections, ...modules.map((key) => [key, given[key]])]);
  return { ...config, databaseUrl: config.database.url };
}
