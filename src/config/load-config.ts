import { readFileSync, type Stats, statSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { describeType } from '../foundation/describe-value.js';
import { CairnloopError, isCairnloopError } from '../foundation/errors.js';
import { findCompiledConfigs } from './compiled-configs.js';
import { configFileNames, configNamePattern } from './config-file-names.js';
import { type ResolvedConfig, validateConfig } from './config-schema.js';
import { type ConfigVariable, findConfigVariables } from './config-variables.js';
import { importTimeoutMs, runHostCodeWithLimits } from './host-limits.js';
import { explainImportFailure } from './import-failure.js';
import { importModule } from './import-module.js';
import { describeNamedExports, noDefaultExport, unwrapDefaultExport } from './unwrap-default.js';

export { configFileNames };

export interface LoadConfigOptions {
  /** The host's folder. */
  cwd: string;
  /** Path of the config, relative to `cwd`. Default: the one of {@link configFileNames} that exists. */
  file?: string | undefined;
  /** Time limit for importing the config, in milliseconds. Default {@link importTimeoutMs}. */
  timeoutMs?: number;
}

/** What a config file exports, before validation. `file` is absolute. */
export interface UnvalidatedConfig {
  raw: unknown;
  file: string;
}

export interface LoadedConfig extends UnvalidatedConfig {
  config: ResolvedConfig;
}

/**
 * Finds, imports, unwraps and validates the host's config.
 * @throws CairnloopError CONFIG_INVALID, and all that {@link readUnvalidatedConfig} throws.
 */
export async function loadConfig(options: LoadConfigOptions): Promise<LoadedConfig> {
  const { raw, file } = await readUnvalidatedConfig(options);
  const name = shown(options.cwd, file);
  // Validation runs as host code, because reading a key may run a getter of the host.
  try {
    const config = await fromHost(name, options.cwd, () => validateConfig(raw, name));
    return { config, raw, file };
  } catch (error) {
    throw isCairnloopError(error) && error.code === 'CONFIG_INVALID' ? withVariables(error, options.cwd, file) : error;
  }
}

/** Adds to each problem the environment variable from which the wrong value was read. */
function withVariables(error: CairnloopError, cwd: string, file: string): CairnloopError {
  const { problems, ...rest } = error.details as CairnloopError<'CONFIG_INVALID'>['details'];
  const keys = problems.map(({ path }) => path);
  const variables = findConfigVariables(cwd, readFileSync(file, 'utf8'), keys);
  const told = problems.map((problem) => ({
    ...problem,
    found: describeVariable(problem.found, variables[problem.path]),
  }));
  return new CairnloopError('CONFIG_INVALID', { ...rest, problems: told });
}

function describeVariable(found: string, variable: ConfigVariable | undefined): string {
  if (!variable) return found;
  const { name, source } = variable;
  return `${found.replace(/ \(is its.*\)$/, '')} (${name} ${source === null ? 'is not set' : `in ${source}`})`;
}

/**
 * Does what {@link loadConfig} does, but without validation, so that an invalid config can be reported on. @throws
 * CairnloopError HOST_NOT_FOUND, CONFIG_NOT_FOUND, CONFIG_AMBIGUOUS, CONFIG_IMPORT_FAILED (the host's own error is its
 * `cause`) or CONFIG_NO_DEFAULT_EXPORT.
 */
export async function readUnvalidatedConfig(options: LoadConfigOptions): Promise<UnvalidatedConfig> {
  const file = findConfigFile(options);
  const name = shown(options.cwd, file);
  const { module, value } = await fromHost(
    name,
    options.cwd,
    async () => {
      const module = await importModule(file);
      return { module, value: await unwrapDefaultExport(module) };
    },
    options.timeoutMs,
  );
  if (value === noDefaultExport)
    throw new CairnloopError('CONFIG_NO_DEFAULT_EXPORT', { file: name, found: describeNamedExports(module) });
  if (value == null) throw new CairnloopError('CONFIG_NO_DEFAULT_EXPORT', { file: name, found: describeType(value) });
  return { raw: value, file };
}

/**
 * Finds the absolute path of the config: its source or, if only the output of a build is deployed, the compiled file.
 * @throws CairnloopError HOST_NOT_FOUND, CONFIG_NOT_FOUND or CONFIG_AMBIGUOUS.
 */
export function findConfigFile({ cwd, file }: LoadConfigOptions): string {
  const names = file === undefined ? configFileNames : [file];
  const sources = names.filter((name) => isFile(resolve(cwd, name)));
  const found = sources.length > 0 || file !== undefined ? sources : findCompiledConfigs(cwd);
  const [first, ...others] = found;
  if (first === undefined && !stat(cwd)?.isDirectory())
    throw new CairnloopError('HOST_NOT_FOUND', { folder: cwd, reason: 'there is no such folder' });
  if (first === undefined) {
    throw new CairnloopError('CONFIG_NOT_FOUND', {
      searched: file === undefined ? [`${configNamePattern}, here and in src`] : names,
    });
  }
  if (others.length > 0) throw new CairnloopError('CONFIG_AMBIGUOUS', { found });
  return resolve(cwd, first);
}

/** Runs code of the config. An error that it throws becomes CONFIG_IMPORT_FAILED. */
async function fromHost<T>(
  name: string,
  cwd: string,
  run: () => T | Promise<T>,
  timeoutMs = importTimeoutMs,
): Promise<T> {
  try {
    return await runHostCodeWithLimits(run, timeoutMs);
  } catch (cause) {
    if (isCairnloopError(cause)) throw cause;
    throw new CairnloopError(
      'CONFIG_IMPORT_FAILED',
      { file: name, reason: explainImportFailure(cause, cwd) },
      { cause },
    );
  }
}

function shown(cwd: string, file: string): string {
  return relative(resolve(cwd), file);
}

function isFile(path: string): boolean {
  return stat(path)?.isFile() ?? false;
}

/** The file's status; undefined if the path does not exist, is below a file, or may not be read. */
function stat(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
