import { relative, resolve } from 'node:path';
import type { ResolvedConfig } from '../config/config-schema.js';
import type { Cairnloop } from '../contracts/cairnloop.js';
import type { Database } from '../db/connect.js';
import type { configOption, cwdOption, jsonOption } from './command.js';
import type { OptionsOf } from './command-input.js';
import type { CliIo } from './io.js';

/** The options `--cwd`, `--config` and `--json`; with the last, only errors go to stderr. */
export type HostOptions = OptionsOf<readonly [typeof cwdOption, typeof configOption, typeof jsonOption]>;

/** The host of a command, found from a folder of its package or from the root of its workspace. */
export interface HostFolder {
  /** Absolute: the folder of its package. */
  cwd: string;
  /** The config that `--config` names, relative to the host's folder. */
  file?: string | undefined;
}

/**
 * Finds the host, reads its `.env` and says which files it read. Throws HOST_NOT_FOUND, HOST_AMBIGUOUS or
 * ENV_FILE_UNREADABLE.
 */
export async function enterHost(options: HostOptions, io: CliIo): Promise<HostFolder> {
  const [{ findHostFolder }, { loadEnvFiles }] = await Promise.all([
    import('../host-project/find-package.js'),
    import('../config/env-files.js'),
  ]);
  const from = resolve(io.cwd, options.cwd ?? '.');
  const cwd = findHostFolder(from, options.config);
  io.host?.start(cwd);
  const files = loadEnvFiles(cwd).map((file) => relative(io.cwd, file));
  if (files.length > 0 && !options.json) io.stderr.write(`Environment read from ${files.join(', ')}.\n`);
  return { cwd, file: options.config && relative(cwd, resolve(from, options.config)) };
}

/** Reads `.env` and the host's config. Throws what {@link enterHost} and `loadConfig` throw. */
export async function readHostConfig(options: HostOptions, io: CliIo): Promise<ResolvedConfig> {
  return (await readConfigFile(options, io)).config;
}

/** {@link readHostConfig} with the name of the file, from the host's package. */
export async function readConfigFile(
  options: HostOptions,
  io: CliIo,
): Promise<{ config: ResolvedConfig; configFile: string }> {
  const host = await enterHost(options, io);
  const { loadConfig } = await import('../config/load-config.js');
  const { config, file } = await loadConfig(host);
  return { config, configFile: relative(host.cwd, file) };
}

/**
 * Connects to the host's database for one piece of work. Throws `DATABASE_UNREACHABLE`, `MIGRATIONS_PENDING` or
 * `SCHEMA_NEWER` rather than let statements fail on what is missing.
 */
export async function withDatabase<T>(
  options: HostOptions,
  io: CliIo,
  work: (host: { config: ResolvedConfig; db: Database }) => Promise<T>,
): Promise<T> {
  const config = await readHostConfig(options, io);
  const { requireMigrated } = await import('../db/migrate.js');
  const [{ openDatabase }, { toHostDatabaseError }] = await Promise.all([
    import('../db/connect.js'),
    import('../db/database-failure.js'),
  ]);
  await requireMigrated(config.database);
  const db = openDatabase({ ...config.database, poolSize: 2 });
  try {
    return await work({ config, db });
  } catch (error) {
    throw await toHostDatabaseError(error, db);
  } finally {
    await db.close();
  }
}

/**
 * The whole of Cairnloop for one piece of work that must wake the worker; its log is silent. Throws as
 * {@link withDatabase}.
 */
export async function withCairnloop<T>(
  options: HostOptions,
  io: CliIo,
  work: (cairnloop: Cairnloop) => Promise<T>,
): Promise<T> {
  const config = await readHostConfig(options, io);
  const [{ requireMigrated }, { createCairnloop }, { pino }] = await Promise.all([
    import('../db/migrate.js'),
    import('../instance/cairnloop.js'),
    import('pino'),
  ]);
  await requireMigrated(config.database);
  const cairnloop = await createCairnloop(config, { logger: pino({ level: 'silent' }) });
  try {
    return await work(cairnloop);
  } finally {
    await cairnloop.close();
  }
}
