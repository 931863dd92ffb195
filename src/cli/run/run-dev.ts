import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ResolvedConfig } from '../../config/config-types.js';
import { variableOf } from '../../config/config-variables.js';
import { findConfigFile, loadConfig } from '../../config/load-config.js';
import type { Cairnloop } from '../../contracts/cairnloop.js';
import { migrateUp } from '../../db/migrate.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../embedded-postgres/start-embedded-postgres.js';
import { waitForStopSignal } from '../../foundation/stop-signal.js';
import { openOwnFolder } from '../../host-project/own-folder.js';
import type { Mounted } from '../../http/mount.js';
import { createCairnloop } from '../../instance/cairnloop.js';
import { type ListenAddress, requireListenable, type ServedApp, serveOnAddress } from '../../ops/serve.js';
import type { PortalCustomer } from '../../portal/portal.js';
import type { CliIo } from '../io.js';
import { withProgress } from '../progress.js';

export interface DevOptions {
  /** The host's package. */
  cwd: string;
  /** The config file, where it is not the usual one. */
  file?: string | undefined;
  /** Port of the workspace and the portal. */
  port: number;
  /** Port of health and metrics, where it is not the config's. */
  opsPort?: number | undefined;
  /** Whose portal is shown. Default: {@link devCustomer}. */
  customer?: PortalCustomer;
  /** Starts a Postgres of its own, even if the environment names one. */
  ownDatabase?: boolean;
  /** Fills the database before anything is served. */
  seed?(cairnloop: Cairnloop): Promise<void>;
}

/** Development is for the person at this machine. */
const loopback = '127.0.0.1';
/** Everyone who gets here is an operator, so a rebound host name must not get here. */
const hosts = [loopback, 'localhost', '[::1]'];

/** The operator in development. */
export const devOperator = { id: 'operator:dev', name: 'Dev operator' };

/** The customer in development. */
const devCustomer: PortalCustomer = { id: 'customer:dev', name: 'Dev customer' };
const portalPath = '/portal';

/**
 * Worker, ops, workspace and portal in one process on loopback, until a signal stops it. Without a database in the
 * environment an embedded Postgres is started, its data kept under `.cairnloop/`.
 */
export async function runDev(options: DevOptions, io: CliIo): Promise<void> {
  const { cwd, file, opsPort } = options;
  // Check what can be checked before a cluster is made or a schema touched.
  const configFile = findConfigFile({ cwd, file });
  await requireListenable([workspaceAt(options.port), ...(opsPort === undefined ? [] : [opsAt(opsPort)])]);
  const variable = await variableIn(configFile);
  const postgres = await ensureDatabase(variable, options, io);
  try {
    const { config, file: found } = await loadConfig({ cwd, file });
    await requireListenable([workspaceAt(options.port), opsAt(opsPort ?? config.ops.port)]);
    const applied = await migrateUp(config.database);
    if (applied.length > 0) io.stderr.write(`Applied ${applied.length} migrations\n`);
    await serveUntilStopped({ config, configFile: path.relative(cwd, found), postgres, variable }, options, io);
  } finally {
    await postgres?.stop();
  }
}

const workspaceAt = (port: number): ListenAddress => ({ server: 'workspace', host: loopback, port });
const opsAt = (port: number): ListenAddress => ({ server: 'ops server', host: loopback, port, portFlag: '--ops-port' });

/** The variable of the environment with the config's database. */
async function variableIn(configFile: string): Promise<string> {
  return variableOf(await readFile(configFile, 'utf8'), 'database.url') ?? 'DATABASE_URL';
}

/** An embedded Postgres where the environment names no database; its url goes where the config reads it. */
async function ensureDatabase(
  variable: string,
  { cwd, ownDatabase }: DevOptions,
  io: CliIo,
): Promise<EmbeddedPostgres | null> {
  if (process.env[variable] && !ownDatabase) return null;
  const dataDir = path.join(cwd, '.cairnloop', 'postgres');
  const postgres = await withProgress('Starting Postgres', {}, io, (onStep) =>
    startEmbeddedPostgres({ dataDir, cwd, onStep }),
  );
  openOwnFolder(cwd);
  process.env[variable] = postgres.url;
  const reason = ownDatabase ? 'Using' : `${variable} is not set: using`;
  io.stderr.write(`${reason} an embedded Postgres, its data in ${postgres.dataDir}\n`);
  return postgres;
}

interface Prepared {
  config: ResolvedConfig;
  configFile: string;
  postgres: EmbeddedPostgres | null;
  variable: string;
}

async function serveUntilStopped(prepared: Prepared, options: DevOptions, io: CliIo): Promise<void> {
  const { config, configFile } = prepared;
  const cairnloop = await createCairnloop(config, { configFile });
  const served: ServedApp[] = [];
  try {
    served.push(await serveOnAddress(cairnloop.operations(), opsAt(options.opsPort ?? config.ops.port)));
    const workspace = cairnloop.workspace({ basePath: '/', operator: () => devOperator, hosts });
    const customer = options.customer ?? devCustomer;
    const portal = cairnloop.portal({ basePath: portalPath, customer: () => customer, hosts });
    served.push(await serveOnAddress(beside(portal, workspace), workspaceAt(options.port)));
    await options.seed?.(cairnloop);
    // Before callbacks may run, and before "Ctrl-C stops." is printed.
    const stopped = waitForStopSignal();
    await cairnloop.worker.start();
    announce(served, prepared, options, io);
    await stopped;
  } finally {
    await Promise.all(served.map((app) => app.close()));
    await cairnloop.close();
  }
}

/** Serves portal and workspace on one address, as a host's server does. */
function beside(portal: Mounted, workspace: Mounted): Pick<Mounted, 'node'> {
  return { node: (request, response) => portal.node(request, response, () => workspace.node(request, response)) };
}

function announce(
  [ops, workspace]: readonly ServedApp[],
  { config, postgres, variable }: Prepared,
  { cwd, customer = devCustomer }: DevOptions,
  io: CliIo,
): void {
  const opsUrl = `http://${loopback}:${ops?.port}`;
  const lines = [
    `Workspace  http://${loopback}:${workspace?.port}/  as ${devOperator.name}`,
    `Portal     http://${loopback}:${workspace?.port}${portalPath}  as ${customer.name ?? customer.id}`,
    `Health     ${opsUrl}${config.ops.healthPath}`,
    `Metrics    ${opsUrl}${config.ops.metricsPath}`,
    // The server listens on loopback only, and its password is used for nothing else.
    ...(postgres
      ? ['From another terminal:', `  ${variable}=${postgres.url} npx cairnloop deliveries list${at(cwd, io)}`]
      : []),
    'Ctrl-C stops.',
  ];
  const text = `${lines.join('\n')}\n`;
  if (io.stdout.styled) io.stdout.styled(text);
  else io.stdout.write(text);
}

/** Names the host's folder in messages, unless the command runs there. */
function at(cwd: string, io: CliIo): string {
  const folder = path.relative(io.cwd, cwd);
  return folder === '' ? '' : ` --cwd ${folder}`;
}
