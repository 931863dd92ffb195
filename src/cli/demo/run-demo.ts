import { rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { loadConfig } from '../../config/load-config.js';
import type { Cairnloop } from '../../contracts/cairnloop.js';
import { migrateUp } from '../../db/migrate.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../embedded-postgres/start-embedded-postgres.js';
import { createCairnloop } from '../../instance/cairnloop.js';
import type { CliIo } from '../io.js';
import { runDev } from '../run/run-dev.js';
import { advanceDemoDatabaseClock } from './demo-clock.js';
import { writeDemoHost } from './demo-host.js';
import { createDemoPrinter, type DemoPrinter } from './demo-printer.js';
import { playConversationLifeCycle } from './life-cycle.js';
import { demoCustomer, seedDemo } from './seed.js';
import { startWorkerProcess, type WorkerProcess } from './worker-process.js';

export interface DemoOptions {
  /** Folder of the demo host. */
  folder: string;
  /** Port of the workspace; 0 takes a free one. */
  port: number;
  /** Port of health and metrics. Default: `ops.port` of the config. */
  opsPort?: number | undefined;
}

/**
 * Plays the life cycle of conversations once, on a Postgres and a worker process of its own, then stops both. Throws
 * `DEMO_STUCK`.
 */
export async function runDemoOnce({ folder }: Pick<DemoOptions, 'folder'>, io: CliIo): Promise<void> {
  const tell = createDemoPrinter(io.stdout);
  const kept = path.join(folder, '.cairnloop');
  const dataDir = path.join(kept, `once-${process.pid}`);
  await withDemoHost({ folder, dataDir, tell }, async ({ postgres, cairnloop, worker, schema }) => {
    await playConversationLifeCycle({
      cairnloop,
      tell,
      moveClock: (hours) => advanceDemoDatabaseClock(postgres.url, schema, hours),
      explain: async (id) => (await cairnloop.sla.explain(id)).flatMap((clock) => clock.lines),
    });
    await showEndpoints(tell, worker);
    tell.step(`Worker stopped with exit code ${await worker.stop()}`);
  });
  // Postgres removes its data but may leave the folder. `rmdir` keeps `.cairnloop/` if `cairnloop demo` has data in it.
  await rm(dataDir, { recursive: true, force: true });
  await rmdir(kept).catch(() => {});
  tell.step(`Done. Read the demo host in ${shown(folder, io)}: its config and support/`);
}

/** Writes the demo host, fills its database once, and serves it until a signal stops it. */
export async function runDemo({ folder, port, opsPort }: DemoOptions, io: CliIo): Promise<void> {
  await writeDemoHost(folder);
  io.stderr.write(`The demo host is in ${shown(folder, io)}: read its config and support/\n`);
  await runDev({ cwd: folder, port, opsPort, ownDatabase: true, customer: demoCustomer, seed: seedDemo }, io);
}

function shown(folder: string, io: CliIo): string {
  return `${path.relative(io.cwd, folder) || '.'}/`;
}

interface DemoHost {
  postgres: EmbeddedPostgres;
  cairnloop: Cairnloop;
  worker: WorkerProcess;
  schema: string;
}

/** Starts Postgres, a worker and an instance, runs `play`, and stops them in reverse order, also after a failure. */
async function withDemoHost(
  { folder, dataDir, tell }: { folder: string; dataDir: string; tell: DemoPrinter },
  play: (host: DemoHost) => Promise<void>,
): Promise<void> {
  await writeDemoHost(folder);
  tell.step(`Demo host written to ${path.basename(folder)}/: a config and its modules`);
  const postgres = await startEmbeddedPostgres({ dataDir, temporary: true, cwd: folder });
  try {
    tell.step(`Embedded Postgres started on 127.0.0.1:${postgres.port}`);
    process.env.DATABASE_URL = postgres.url;
    const { config } = await loadConfig({ cwd: folder });
    const applied = await migrateUp(config.database);
    tell.step(`Schema "${config.database.schema}" migrated: ${applied.length} migrations`);
    await withWorker({ folder, postgres, tell }, async (worker) => {
      const cairnloop = await createCairnloop(config);
      try {
        await play({ postgres, cairnloop, worker, schema: config.database.schema });
      } finally {
        await cairnloop.close();
      }
    });
  } finally {
    await postgres.stop();
  }
}

async function withWorker(
  { folder, postgres, tell }: { folder: string; postgres: EmbeddedPostgres; tell: DemoPrinter },
  work: (worker: WorkerProcess) => Promise<void>,
): Promise<void> {
  const worker = await startWorkerProcess({
    cwd: folder,
    databaseUrl: postgres.url,
    onCall: (line) => tell.step(`Worker called ${line}`),
  });
  tell.step(`Worker running as process ${worker.pid}`);
  try {
    await work(worker);
  } finally {
    await worker.stop();
  }
}

async function showEndpoints(tell: DemoPrinter, worker: WorkerProcess): Promise<void> {
  for (const endpoint of ['/health', '/health/ready']) {
    const answer = await fetch(worker.opsUrl + endpoint);
    tell.step(`GET ${endpoint} -> ${answer.status} ${await answer.text()}`);
  }
  const metrics = await fetch(`${worker.opsUrl}/metrics`);
  const lines = (await metrics.text()).split('\n');
  tell.step(`GET /metrics -> ${metrics.status}, ${lines.length} lines; some, without their prefix cairnloop_:`);
  for (const line of lines) {
    const counter = /^cairnloop_((?:deliveries_total|sla_breaches_total).*)/.exec(line)?.[1];
    if (counter) tell.detail(counter);
  }
}
