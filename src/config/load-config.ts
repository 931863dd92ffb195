import { statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { CairnloopError, isCairnloopError } from '../errors.js';
import { configFileNames } from './config-file-names.js';
import { type ResolvedConfig, validateConfig } from './config-schema.js';
import { kindOf } from './describe-found.js';
import { explainImportFailure } from './import-failure.js';
import { importModule } from './import-module.js';
import { defaultExport, exportNames, noDefault } from './unwrap-default.js';

export { configFileNames };

export interface LoadOptions {
  /** The host's folder. */
  cwd: string;
  /** The config, relative to `cwd`; without it the one of {@link configFileNames} that exists. */
  file?: string | undefined;
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
  return { config: validateConfig(raw, shown(options.cwd, file)), raw, file };
}

/**
 * {@link loadConfig} without the validation, for who reports on a wrong config.
 * @throws CairnloopError CONFIG_NOT_FOUND, CONFIG_AMBIGUOUS, CONFIG_IMPORT_FAILED (the host's own error is its `cause`)
 * or CONFIG_NO_DEFAULT_EXPORT.
 */
export async function readConfig(options: LoadOptions): Promise<ReadConfig> {
  const file = findConfigFile(options);
  const name = shown(options.cwd, file);
  const { module, value } = await importDefault(file, name, options.cwd);
  if (value === noDefault)
    throw new CairnloopError('CONFIG_NO_DEFAULT_EXPORT', { file: name, found: exportNames(module) });
  if (value == null) throw new CairnloopError('CONFIG_NO_DEFAULT_EXPORT', { file: name, found: kindOf(value) });
  return { raw: value, file };
}

/** The absolute path of the config. @throws CairnloopError CONFIG_NOT_FOUND or CONFIG_AMBIGUOUS. */
export function findConfigFile({ cwd, file }: LoadOptions): string {
  const names = file === undefined ? configFileNames : [file];
  const found = names.filter((name) => isFile(resolve(cwd, name)));
  const [first, ...others] = found;
  if (first === undefined) throw new CairnloopError('CONFIG_NOT_FOUND', { searched: names });
  if (others.length > 0) throw new CairnloopError('CONFIG_AMBIGUOUS', { found });
  return resolve(cwd, first);
}

/**
 * Reads `.env` of a folder into the environment, as `node --env-file` would; what is set already wins. For the command
 * line only: a host that runs Cairnloop in its own process has its own way. Answers the file, or undefined if none.
 */
export function loadEnvFile(cwd: string): string | undefined {
  const file = join(cwd, '.env');
  if (!isFile(file)) return undefined;
  process.loadEnvFile(file);
  return file;
}

async function importDefault(file: string, name: string, cwd: string): Promise<{ module: object; value: unknown }> {
  try {
    const module = await importModule(file);
    return { module, value: await defaultExport(module) };
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
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
