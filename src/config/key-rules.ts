import { describeFoundValue, describeNonNumber, maskUrl } from '../foundation/describe-found.js';
import { describeType } from '../foundation/describe-value.js';
import type { ConfigProblem } from '../foundation/errors.js';
import { type ConfigSections, logLevels } from './config-types.js';
import { isPlaceholderUrl } from './placeholder.js';

/** The rule of one config key: the expected value as text for messages, and a predicate. */
export interface ConfigKeyRule {
  expected: string;
  accepts(value: unknown): boolean;
  /** True for a key that must be set, because it has no default. */
  required?: true;
  /** Describes a refused value without secrets. */
  found(value: unknown): string;
}

/** The longest time that a Node timer can wait, in milliseconds. */
const maxMs = 2_147_483_647;

/**
 * The rule for a path of the ops server, in the config and as a mount option. Characters that a router reads as a
 * pattern are refused.
 */
export const opsPathRule: ConfigKeyRule = text(
  'a path such as "/health" of letters, digits, "-", "_", "." and "~", without "/" at its end',
  /^(?:\/(?!\.{1,2}(?:\/|$))[\w.~-]+)+$/,
);

/** The rules of all plain config keys. A key without a rule is refused. */
export const configKeyRules: { [S in keyof ConfigSections]: Record<KeyOf<ConfigSections[S]>, ConfigKeyRule> } = {
  database: {
    url: postgresUrl(),
    schema: text(
      'a lower-case Postgres identifier of at most 63 characters, not "pg_…"',
      /^(?!pg_)[a-z_][a-z0-9_]{0,62}$/,
    ),
    poolSize: wholeNumber(1, 1000),
  },
  jobs: {
    backend: oneOf(['postgres', 'mongodb']),
    url: mongodbUrl(),
  },
  worker: {
    concurrency: wholeNumber(1, 1000),
    callbackTimeoutMs: wholeNumber(1, maxMs),
    leaseMs: wholeNumber(100, maxMs),
    maxAttempts: wholeNumber(1, 1000),
    shutdownTimeoutMs: wholeNumber(0, maxMs),
  },
  ops: {
    host: text('a host name or address', /^[\w.:%-]+$/),
    port: wholeNumber(0, 65_535),
    healthPath: opsPathRule,
    metricsPath: opsPathRule,
  },
  outbound: { maxBatchSize: wholeNumber(1, 100_000) },
  context: { timeoutMs: wholeNumber(1, maxMs), cacheMs: wholeNumber(0, maxMs) },
  drafts: { debounceMs: wholeNumber(0, maxMs) },
  retention: {
    doneDays: wholeNumber(0, 36_500),
    resolvedDays: orNull(wholeNumber(1, 36_500)),
    keep: oneOf(['nothing', 'shape']),
  },
  audit: { key: auditKey(), previousKeys: auditKeyList() },
  log: { level: oneOf(logLevels) },
};

/** The keys of all members of a union type. */
type KeyOf<T> = T extends unknown ? keyof T : never;

function wholeNumber(min: number, max: number): ConfigKeyRule {
  return {
    expected: `a whole number from ${min} to ${max}`,
    accepts: (value) => Number.isInteger(value) && (value as number) >= min && (value as number) <= max,
    found: describeNonNumber,
  };
}

function orNull(rule: ConfigKeyRule): ConfigKeyRule {
  return {
    ...rule,
    expected: `${rule.expected}, or null`,
    accepts: (value) => value === null || rule.accepts(value),
  };
}

function oneOf(values: readonly string[]): ConfigKeyRule {
  return {
    expected: `one of ${values.map((value) => `"${value}"`).join(', ')}`,
    accepts: (value) => (values as readonly unknown[]).includes(value),
    found: describeFoundValue,
  };
}

function text(expected: string, pattern: RegExp): ConfigKeyRule {
  return { expected, accepts: (value) => typeof value === 'string' && pattern.test(value), found: describeFoundValue };
}

function isAuditKey(value: unknown): boolean {
  return typeof value === 'string' && value.trim().length >= 32;
}

function auditKey(): ConfigKeyRule {
  return {
    expected: 'a secret of at least 32 characters, e.g. from `openssl rand -hex 32`',
    accepts: isAuditKey,
    found: describeSecret,
  };
}

function auditKeyList(): ConfigKeyRule {
  return {
    expected: 'a list of secrets of at least 32 characters each',
    accepts: (value) => Array.isArray(value) && value.every(isAuditKey),
    found: (value) =>
      Array.isArray(value)
        ? `a list with ${describeSecret(value.find((key) => !isAuditKey(key)))}`
        : describeType(value),
  };
}

/** Describes a secret by its length or type, without any part of its text. */
function describeSecret(value: unknown): string {
  return typeof value === 'string' ? `a string of ${value.length} characters` : describeType(value);
}

/** The problem of a metrics path that equals the path of health or readiness; undefined if it does not. */
export function metricsPathProblem(healthPath: unknown, metricsPath: unknown): ConfigProblem | undefined {
  const path = 'metricsPath';
  if (metricsPath === healthPath)
    return { path, expected: 'another path than ops.healthPath', found: `"${metricsPath}" for both` };
  if (metricsPath !== `${healthPath}/ready`) return undefined;
  return {
    path,
    expected: 'another path than those of health and readiness',
    found: `"${metricsPath}", which is readiness`,
  };
}

function postgresUrl(): ConfigKeyRule {
  return {
    expected: 'a URL such as postgres://localhost:5432/app (user and password percent-encoded)',
    accepts: (value) => typeof value === 'string' && isPostgresUrl(value),
    required: true,
    found: describeUrl,
  };
}

function mongodbUrl(): ConfigKeyRule {
  return {
    expected: 'a URL such as mongodb://host:27017/database',
    // Not parsed as a URL: Node refuses a MongoDB URL that lists several hosts, as for a replica set.
    accepts: (value) => typeof value === 'string' && /^mongodb(\+srv)?:\/\/[^\s]+$/.test(value),
    required: true,
    found: describeUrl,
  };
}

function isPostgresUrl(value: string): boolean {
  // A URL with a user but no host (the query names a Unix socket) is valid to pg, but not to Node.
  const url = value.replace('@/', '@localhost/');
  if (!/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url)) return false;
  const { pathname, hash } = new URL(url);
  return hash === '' && !pathname.includes('@');
}

function describeUrl(value: unknown): string {
  if (value === undefined) return 'undefined (is its environment variable set?)';
  if (typeof value !== 'string') return describeFoundValue(value);
  return isPlaceholderUrl(value) ? 'a placeholder' : maskUrl(value);
}
