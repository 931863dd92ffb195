import path from 'node:path';
import { type Cairnloop, createCairnloop } from '../cairnloop.js';
import type { CliIo } from '../cli/io.js';
import type { ResolvedConfig } from '../config/config-types.js';
import { loadConfig } from '../config/load-config.js';
import { migrateUp } from '../db/migrate.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../embedded-postgres/start-embedded-postgres.js';
import { type ServedApp, serve } from '../ops/serve.js';
import { openOwnFolder } from '../project/own-folder.js';
import { stopSignal } from '../worker/shutdown.js';

export interface DevOptions {
  /** The host's package. */
  cwd: string;
  /** The config file, where it is not the usual one. */
  file?: string;
  /** Port of the workspace. */
  port: number;
  /** Fills the database before anything is served. */
  seed?(cairnloop: Cairnloop): Promise<void>;
}

/** Development is for the person at this machine. */
const loopback = '127.0.0.1';
/** Everybody who gets here is the operator, so a name that a web page has rebound to this machine must not. */
const hosts = [loopback, 'localhost', '[::1]'];

/** Who the workspace takes everybody for in development. */
export const devOperator = { id: 'operator:dev', name: 'Dev operator' };

/**
 * Worker, ops and workspace in one process on loopback, until a signal stops it. Without a database in the environment
 * an embedded Postgres is started, its data kept under `.cairnloop/`.
 */
export async function runDev(options: DevOptions, io: CliIo): Promise<void> {
  const postgres = await ensureDatabase(options.cwd, io);
  try {
    const { config } = await loadConfig({ cwd: options.cwd, ...(options.file && { file: options.file }) });
    const applied = await migrateUp(config.database);
    if (applied.length > 0) io.stderr.write(`Applied ${applied.length} migrations\n`);
    await serveUntilStopped(config, options, io);
  } finally {
    await postgres?.stop();
  }
}

/** An embedded Postgres where the environment names no database; its url goes where a config reads it. */
async function ensureDatabase(cwd: string, io: CliIo): Promise<EmbeddedPostgres | null> {
  if (process.env.DATABASE_URL) return null;
  const postgres = await startEmbeddedPostgres({ dataDir: path.join(cwd, '.cairnloop', 'postgres'), cwd });
  openOwnFolder(cwd);
  process.env.DATABASE_URL = postgres.url;
  io.stderr.write(`DATABASE_URL is not set: using an embedded Postgres, its data in ${postgres.dataDir}\n`);
  return postgres;
}

async function serveUntilStopped(config: ResolvedConfig, options: DevOptions, io: CliIo): Promise<void> {
  const cairnloop = await createCairnloop(config);
  const served: ServedApp[] = [];
  try {
    served.push(await serve(cairnloop.operations(), { server: 'ops server', host: loopback, port: config.ops.port }));
    const workspace = cairnloop.workspace({ basePath: '/', operator: () => devOperator, hosts });
    served.push(await serve(workspace, { server: 'workspace', host: loopback, port: options.port }));
    await options.seed?.(cairnloop);
    await cairnloop.worker.start();
    announce(served, config, io);
    await stopSignal();
  } finally {
    await Promise.all(served.map((app) => app.close()));
    await cairnloop.close();
  }
}

function announce([ops, workspace]: readonly ServedApp[], config: ResolvedConfig, io: CliIo): void {
  const opsUrl = `http://${loopback}:${ops?.port}`;
  const lines = [
    `Workspace  http://${loopback}:${workspace?.port}/`,
    `Health     ${opsUrl}${config.ops.healthPath}`,
    `Metrics    ${opsUrl}${config.ops.metricsPath}`,
    'Ctrl-C stops.',
  ];
  io.stdout.write(`${lines.join('\n')}\n`);
}
