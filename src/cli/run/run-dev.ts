import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ResolvedConfig } from '../../config/config-types.js';
import { findConfigVariable } from '../../config/config-variables.js';
import { findConfigFile, loadConfig } from '../../config/load-config.js';
import type { Cairnloop } from '../../contracts/cairnloop.js';
import { migrateUp } from '../../db/migrate.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../embedded-postgres/start-embedded-postgres.js';
import { waitForStopSignal } from '../../foundation/stop-signal.js';
import { createCairnloopFolder } from '../../host-project/cairnloop-folder.js';
import type { RequestHandlers } from '../../http/mount.js';
import { createCairnloop } from '../../instance/cairnloop.js';
import { type ListenAddress, requireListenableAddresses, type StartedServer, serveOnAddress } from '../../ops/serve.js';
import type { PortalCustomer } from '../../portal/portal.js';
import type { CliIo } from '../io.js';
import { withProgress } from '../progress.js';

export interface DevOptions {
  /** Folder of the host's package. */
  cwd: string;
  /** The config file, if it does not have the usual name. */
  file?: string | undefined;
  /** Port of the workspace and the portal. */
  port: number;
  /** Port of health and metrics. Default: `ops.port` of the config. */
  opsPort?: number | undefined;
  /** The customer whom the portal shows. Default: {@link devCustomer}. */
  customer?: PortalCustomer;
  /** Starts an embedded Postgres even if the environment names a database. */
  ownDatabase?: boolean;
  /** Adds sample data before the worker starts. */
  seed?(cairnloop: Cairnloop): Promise<void>;
}

/** `cairnloop dev` listens on loopback only: everyone who connects is an operator. */
const loopback = '127.0.0.1';
/**
 * The accepted Host headers. A page that attacks by DNS rebinding sends another host name, and would act as an
 * operator.
 */
const hosts = [loopback, 'localhost', '[::1]'];

/** The operator in development. */
export const devOperator = { id: 'operator:dev', name: 'Dev operator' };

/** The customer as whom `cairnloop dev` opens the portal. */
const devCustomer: PortalCustomer = { id: 'customer:dev', name: 'Dev customer' };
const portalPath = '/portal';

/**
 * Runs worker, ops server, workspace and portal in one process on loopback, until a signal stops it. If the environment
 * names no database, starts an embedded Postgres that keeps its data under `.cairnloop/`.
 */
export async function runDev(options: DevOptions, io: CliIo): Promise<void> {
  const { cwd, file, opsPort } = options;
  // Check the config file and the ports before a Postgres is started or a schema changed.
  const configFile = findConfigFile({ cwd, file });
  await requireListenableAddresses([workspaceAt(options.port), ...(opsPort === undefined ? [] : [opsAt(opsPort)])]);
  const variable = await variableIn(configFile);
  const postgres = await ensureDatabase(variable, options, io);
  try {
    const { config, file: found } = await loadConfig({ cwd, file });
    await requireListenableAddresses([workspaceAt(options.port), opsAt(opsPort ?? config.ops.port)]);
    const applied = await migrateUp(config.database);
    if (applied.length > 0) io.stderr.write(`Applied ${applied.length} migrations\n`);
    await serveUntilStopped({ config, configFile: path.relative(cwd, found), postgres, variable }, options, io);
  } finally {
    await postgres?.stop();
  }
}

const workspaceAt = (port: number): ListenAddress => ({ server: 'workspace', host: loopback, port });
const opsAt = (port: number): ListenAddress => ({ server: 'ops server', host: loopback, port, portFlag: '--ops-port' });

/** The name of the environment variable from which the config reads the database's URL. */
async function variableIn(configFile: string): Promise<string> {
  return findConfigVariable(await readFile(configFile, 'utf8'), 'database.url') ?? 'DATABASE_URL';
}

/**
 * Starts an embedded Postgres if the environment names no database, and sets the variable that the config reads to its
 * URL.
 */
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
  createCairnloopFolder(cwd);
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
  const served: StartedServer[] = [];
  try {
    served.push(await serveOnAddress(cairnloop.operations(), opsAt(options.opsPort ?? config.ops.port)));
    const workspace = cairnloop.workspace({ basePath: '/', operator: () => devOperator, hosts });
    const customer = options.customer ?? devCustomer;
    const portal = cairnloop.portal({ basePath: portalPath, customer: () => customer, hosts });
    served.push(await serveOnAddress(beside(portal, workspace), workspaceAt(options.port)));
    await options.seed?.(cairnloop);
    // Listen for signals before callbacks may run, and before "Ctrl-C stops." is printed.
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
function beside(portal: RequestHandlers, workspace: RequestHandlers): Pick<RequestHandlers, 'node'> {
  return { node: (request, response) => portal.node(request, response, () => workspace.node(request, response)) };
}

function announce(
  [ops, workspace]: readonly StartedServer[],
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
    // The URL may be printed with its password: this Postgres listens on loopback only.
    ...(postgres
      ? ['From another terminal:', `  ${variable}=${postgres.url} npx cairnloop deliveries list${at(cwd, io)}`]
      : []),
    'Ctrl-C stops.',
  ];
  const text = `${lines.join('\n')}\n`;
  if (io.stdout.styled) io.stdout.styled(text);
  else io.stdout.write(text);
}

/** The `--cwd` of a printed command, unless the command already runs in the host's folder. */
function at(cwd: string, io: CliIo): string {
  const folder = path.relative(io.cwd, cwd);
  return folder === '' ? '' : ` --cwd ${folder}`;
}
