import { resolve } from 'node:path';
import type { Cairnloop } from '../cairnloop.js';
import type { ResolvedConfig } from '../config/config-schema.js';
import type { Database } from '../db/connect.js';
import type { CliIo } from './io.js';

/** Where the host is, as `--cwd` and `--config` say. */
export interface HostOptions {
  cwd?: string;
  config?: string;
}

/** Reads `.env` and the host's config. Throws what `loadConfig` throws. */
export async function readHostConfig(options: HostOptions, io: CliIo): Promise<ResolvedConfig> {
  const { loadConfig, loadEnvFile } = await import('../config/load-config.js');
  const cwd = resolve(io.cwd, options.cwd ?? '.');
  loadEnvFile(cwd);
  const { config } = await loadConfig({ cwd, file: options.config });
  return config;
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
  const { openDatabase } = await import('../db/connect.js');
  await requireMigrated(config.database);
  const db = openDatabase({ ...config.database, poolSize: 2 });
  try {
    return await work({ config, db });
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
    import('../cairnloop.js'),
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
