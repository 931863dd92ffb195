import { relative, resolve } from 'node:path';
import type { ResolvedConfig } from '../config/config-schema.js';
import type { Cairnloop } from '../contracts/cairnloop.js';
import type { Database } from '../db/connect.js';
import type { configOption, cwdOption, jsonOption } from './command.js';
import type { OptionValues } from './command-input.js';
import type { CliIo } from './io.js';

/** The options `--cwd`, `--config` and `--json`; with `--json`, nothing but errors goes to stderr. */
export type HostOptions = OptionValues<readonly [typeof cwdOption, typeof configOption, typeof jsonOption]>;

/** The host that a command works on, found from a folder of its package or from the root of its monorepo. */
export interface HostFolder {
  /** Absolute path of the host's package. */
  cwd: string;
  /** The config that `--config` names, relative to the host's folder. */
  file?: string | undefined;
}

/**
 * Finds the host, loads its `.env` files and lists them on stderr. Throws HOST_NOT_FOUND, HOST_AMBIGUOUS or
 * ENV_FILE_UNREADABLE.
 */
export async function findHostAndLoadEnv(options: HostOptions, io: CliIo): Promise<HostFolder> {
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

/** Loads the host's `.env` files, then its config. Throws what {@link findHostAndLoadEnv} and `loadConfig` throw. */
export async function readHostConfig(options: HostOptions, io: CliIo): Promise<ResolvedConfig> {
  return (await readConfigFile(options, io)).config;
}

/** Does what {@link readHostConfig} does, and returns the config file's path relative to the host's package too. */
export async function readConfigFile(
  options: HostOptions,
  io: CliIo,
): Promise<{ config: ResolvedConfig; configFile: string }> {
  const host = await findHostAndLoadEnv(options, io);
  const { loadConfig } = await import('../config/load-config.js');
  const { config, file } = await loadConfig(host);
  return { config, configFile: relative(host.cwd, file) };
}

/**
 * Runs `work` on a connection to the host's database. Checks the schema first and throws `DATABASE_UNREACHABLE`,
 * `MIGRATIONS_PENDING` or `SCHEMA_NEWER`, rather than let a statement fail on a missing table.
 */
export async function withDatabase<T>(
  options: HostOptions,
  io: CliIo,
  work: (host: { config: ResolvedConfig; db: Database }) => Promise<T>,
): Promise<T> {
  const config = await readHostConfig(options, io);
  const { requireMigratedSchema } = await import('../db/migrate.js');
  const [{ openDatabase }, { toHostDatabaseError }] = await Promise.all([
    import('../db/connect.js'),
    import('../db/database-failure.js'),
  ]);
  await requireMigratedSchema(config.database);
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
 * Runs `work` on a complete Cairnloop instance, whose calls wake the workers; it logs nothing. Throws what
 * {@link withDatabase} throws.
 */
export async function withCairnloop<T>(
  options: HostOptions,
  io: CliIo,
  work: (cairnloop: Cairnloop) => Promise<T>,
): Promise<T> {
  const config = await readHostConfig(options, io);
  const [{ requireMigratedSchema }, { createCairnloop }, { pino }] = await Promise.all([
    import('../db/migrate.js'),
    import('../instance/cairnloop.js'),
    import('pino'),
  ]);
  await requireMigratedSchema(config.database);
  const cairnloop = await createCairnloop(config, { logger: pino({ level: 'silent' }) });
  try {
    return await work(cairnloop);
  } finally {
    await cairnloop.close();
  }
}
