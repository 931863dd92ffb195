import { createHash } from 'node:crypto';
import { PostgresBackend } from '@agendajs/postgres-backend';
import { Agenda, type AgendaBackend } from 'agenda';
import pg from 'pg';
import type { Logger } from 'pino';
import type { ResolvedConfig } from '../config/config-types.js';
import { quoteIdentifier } from '../db/connect.js';
import { CairnloopError } from '../errors.js';
import { errorText } from '../redact.js';
import { WakeChannel } from './wake-channel.js';

/** An Agenda over the configured job store, and how to let go of it. */
export interface OpenAgenda {
  agenda: Agenda;
  probe(): Promise<void>;
  close(): Promise<void>;
}

/** Agenda runs its polls, locks and wake-ups side by side and stalls on fewer. */
const poolSize = 4;

/** How often Agenda looks for jobs whose notification was lost, in milliseconds. */
const processEvery = 500;

/**
 * Connects Agenda. Whatever holds its jobs, wake-ups travel over the host's Postgres by LISTEN and NOTIFY. The job store
 * is probed first, because Agenda leaves a failed connection as an unhandled rejection. Throws `JOBS_UNREACHABLE`,
 * `BACKEND_NOT_INSTALLED`.
 */
export async function openAgenda(config: ResolvedConfig, log: Logger): Promise<OpenAgenda> {
  const quietly = onceInAWhile((error: Error) =>
    log.warn({ reason: errorText(error) }, 'job connection lost; reconnecting'),
  );
  const pool = openPool(config);
  pool.on('error', quietly);
  const store = config.jobs.backend === 'mongodb' ? await mongoStore(config.jobs.url ?? '') : postgresStore(pool);
  await store.probe().catch(async (error) => {
    await Promise.allSettled([store.close(), pool.end()]);
    throw new CairnloopError('JOBS_UNREACHABLE', { backend: config.jobs.backend, reason: errorText(error, 300) });
  });
  const channel = new WakeChannel(pool, channelName(config.database.schema), log);
  channel.on('error', quietly);
  const agenda = new Agenda({
    backend: store.backend,
    notificationChannel: channel,
    processEvery,
    maxConcurrency: 100,
  });
  agenda.on('error', quietly);
  await agenda.ready;
  return {
    agenda,
    probe: store.probe,
    close: async () => {
      await channel.disconnect().catch(quietly);
      await Promise.allSettled([store.close(), pool.end()]);
    },
  };
}

interface JobStore {
  backend: AgendaBackend;
  probe(): Promise<void>;
  close(): Promise<void>;
}

/** Agenda quotes its table's name as one word, so the schema has to come from the search path. */
function openPool(config: ResolvedConfig): pg.Pool {
  return new pg.Pool({
    connectionString: config.database.url,
    options: `-c search_path=${quoteIdentifier(config.database.schema)}`,
    max: poolSize,
    connectionTimeoutMillis: 10_000,
    query_timeout: 10_000,
    keepAlive: true,
    application_name: 'cairnloop-jobs',
  });
}

function postgresStore(pool: pg.Pool): JobStore {
  return {
    // Its table comes with the migrations: made at boot, workers that start together collide.
    backend: new PostgresBackend({ pool, ensureSchema: false, disableNotifications: true }),
    probe: async () => void (await pool.query('SELECT 1 FROM agenda_jobs LIMIT 1')),
    close: async () => {},
  };
}

async function mongoStore(url: string): Promise<JobStore> {
  const { MongoBackend } = await importOrExplain<typeof import('@agendajs/mongo-backend')>('@agendajs/mongo-backend');
  const { MongoClient } = await importOrExplain<typeof import('mongodb')>('mongodb');
  const client = new MongoClient(url, { serverSelectionTimeoutMS: 5000, appName: 'cairnloop' });
  client.on('error', () => {});
  const db = client.db();
  return {
    backend: new MongoBackend({ mongo: db, ensureIndex: true }),
    probe: async () => void (await db.command({ ping: 1 })),
    close: () => client.close(),
  };
}

async function importOrExplain<T>(name: string): Promise<T> {
  try {
    return (await import(name)) as T;
  } catch (error) {
    throw new CairnloopError('BACKEND_NOT_INSTALLED', { package: name }, { cause: error });
  }
}

/** Channel names are identifiers of at most 63 bytes, and a schema's name may be as long already. */
function channelName(schema: string): string {
  return `cairnloop_jobs_${createHash('sha256').update(schema).digest('hex').slice(0, 16)}`;
}

/** Agenda polls twice a second, and each poll fails while the store is away; that is worth a line every ten seconds. */
function onceInAWhile(report: (error: Error) => void): (error: Error) => void {
  let quietUntil = 0;
  return (error) => {
    if (Date.now() < quietUntil) return;
    quietUntil = Date.now() + 10_000;
    report(error);
  };
}
