import { readFileSync, type Stats, statSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { describeKind } from '../foundation/describe-value.js';
import { CairnloopError, isCairnloopError } from '../foundation/errors.js';
import { compiledConfigs } from './compiled-configs.js';
import { configFileNames, shownConfigNames } from './config-file-names.js';
import { type ResolvedConfig, validateConfig } from './config-schema.js';
import { type ConfigVariable, variablesOf } from './config-variables.js';
import { importTimeoutMs, runWithinHostLimits } from './host-limits.js';
import { explainImportFailure } from './import-failure.js';
import { importModule } from './import-module.js';
import { defaultExport, exportNames, noDefault } from './unwrap-default.js';

export { configFileNames };

export interface LoadOptions {
  /** The host's folder. */
  cwd: string;
  /** The config, relative to `cwd`; without it the one of {@link configFileNames} that exists. */
  file?: string | undefined;
  /** Time limit. Default {@link importTimeoutMs}. */
  timeoutMs?: number;
}

/** What a config file exports, before validation. `file` is absolute. */
export interface ReadConfig {
  raw: unknown;
  file: string;
}

export interface LoadedConfig extends ReadConfig {
  config: ResolvedConfig;
}

/**
 * Finds, imports, unwraps and validates the host's config.
 * @throws CairnloopError CONFIG_INVALID, and all that {@link readConfig} throws.
 */
export async function loadConfig(options: LoadOptions): Promise<LoadedConfig> {
  const { raw, file } = await readConfig(options);
  const name = shown(options.cwd, file);
  // Reading a key may run a getter of the host's.
  try {
    const config = await fromHost(name, options.cwd, () => validateConfig(raw, name));
    return { config, raw, file };
  } catch (error) {
    throw isCairnloopError(error) && error.code === 'CONFIG_INVALID' ? withVariables(error, options.cwd, file) : error;
  }
}

/** The error with the variable that each wrong value comes from. */
function withVariables(error: CairnloopError, cwd: string, file: string): CairnloopError {
  const { problems, ...rest } = error.details as CairnloopError<'CONFIG_INVALID'>['details'];
  const keys = problems.map(({ path }) => path);
  const variables = variablesOf(cwd, readFileSync(file, 'utf8'), keys);
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
 * {@link loadConfig} without validation, for reports on a wrong config. @throws CairnloopError HOST_NOT_FOUND,
 * CONFIG_NOT_FOUND, CONFIG_AMBIGUOUS, CONFIG_IMPORT_FAILED (the host's own error is its `cause`) or
 * CONFIG_NO_DEFAULT_EXPORT.
 */
export async function readConfig(options: LoadOptions): Promise<ReadConfig> {
  const file = findConfigFile(options);
  const name = shown(options.cwd, file);
  const { module, value } = await fromHost(
    name,
    options.cwd,
    async () => {
      const module = await importModule(file);
      return { module, value: await defaultExport(module) };
    },
    options.timeoutMs,
  );
  if (value === noDefault)
    throw new CairnloopError('CONFIG_NO_DEFAULT_EXPORT', { file: name, found: exportNames(module) });
  if (value == null) throw new CairnloopError('CONFIG_NO_DEFAULT_EXPORT', { file: name, found: describeKind(value) });
  return { raw: value, file };
}

/**
 * The absolute path of the config: the source, or the compiled one if only the output of a build is deployed. @throws
 * CairnloopError HOST_NOT_FOUND, CONFIG_NOT_FOUND or CONFIG_AMBIGUOUS.
 */
export function findConfigFile({ cwd, file }: LoadOptions): string {
  const names = file === undefined ? configFileNames : [file];
  const sources = names.filter((name) => isFile(resolve(cwd, name)));
  const found = sources.length > 0 || file !== undefined ? sources : compiledConfigs(cwd);
  const [first, ...others] = found;
  if (first === undefined && !stat(cwd)?.isDirectory())
    throw new CairnloopError('HOST_NOT_FOUND', { folder: cwd, reason: 'there is no such folder' });
  if (first === undefined) {
    throw new CairnloopError('CONFIG_NOT_FOUND', {
      searched: file === undefined ? [`${shownConfigNames}, here and in src`] : names,
    });
  }
  if (others.length > 0) throw new CairnloopError('CONFIG_AMBIGUOUS', { found });
  return resolve(cwd, first);
}

/** Runs config code and reports its failure as the host's. */
async function fromHost<T>(
  name: string,
  cwd: string,
  run: () => T | Promise<T>,
  timeoutMs = importTimeoutMs,
): Promise<T> {
  try {
    return await runWithinHostLimits(run, timeoutMs);
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

/** Undefined for a path that does not exist, is below a file, or may not be read. */
function stat(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
