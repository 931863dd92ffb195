import { Agenda } from 'agenda';
import type pg from 'pg';
import type { Logger } from 'pino';
import type { ResolvedConfig } from '../config/config-types.js';
import { notifyChannelName } from '../db/channel-name.js';
import { openSessionPool } from '../db/session.js';
import { errorText } from '../foundation/redact.js';
import { type JobStore, openPostgresJobStore } from './job-store.js';
import { maxAgendaConnections } from './jobs.js';
import { openMongoJobStore } from './mongo-store.js';
import { type LockWriteTracker, trackLockWrites } from './track-lock-writes.js';
import { WakeUpChannel } from './wake-channel.js';

/** An Agenda on the configured job store, and how to close it. */
export interface AgendaHandle {
  agenda: Agenda;
  locks: LockWriteTracker;
  probe(): Promise<void>;
  close(): Promise<void>;
}

/** Short time limits, in milliseconds: Agenda's queries are small, and Agenda repeats them. */
const limits = { answer: 10_000, statement: 9000, lock: 5000 };

/** Interval of Agenda's poll for jobs whose notification was lost, in milliseconds. */
const processEvery = 500;

/**
 * Connects Agenda; wake-ups always travel over the host's Postgres. The job store is probed first, because Agenda
 * leaves a failed connection as an unhandled rejection. Throws `JOBS_UNREACHABLE`, `BACKEND_NOT_INSTALLED`.
 */
export async function openAgenda(config: ResolvedConfig, log: Logger): Promise<AgendaHandle> {
  const quietly = onceInAWhile((error: Error) =>
    log.warn({ reason: errorText(error) }, 'connection to the job store lost; reconnecting'),
  );
  const { url, schema } = config.database;
  const connection = { url, schema, name: 'cairnloop-jobs' };
  // Do not wait for the disk when a wake-up is written: if the server crashes and loses it, the sweep finds the
  // delivery.
  const pool = openSessionPool({ ...connection, max: maxAgendaConnections, limits, durable: false });
  pool.on('error', quietly);
  const store = await openStore(config, pool).catch(async (error) => {
    await pool.end();
    throw error;
  });
  const locks = trackLockWrites(store.backend.repository, quietly);
  const channel = new WakeUpChannel(pool, connection, notifyChannelName('jobs', schema), log);
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
    locks,
    probe: store.probe,
    close: async () => {
      await channel.disconnect().catch(quietly);
      await Promise.allSettled([store.close(), pool.end()]);
    },
  };
}

async function openStore({ jobs, database }: ResolvedConfig, pool: pg.Pool): Promise<JobStore> {
  if (jobs.backend === 'mongodb') return openMongoJobStore(jobs.url, database.schema);
  const store = await openPostgresJobStore(pool, database.schema);
  await store.probe();
  return store;
}

/** Calls `report` at most every ten seconds: while the job store is down, each of Agenda's polls fails. */
function onceInAWhile(report: (error: Error) => void): (error: Error) => void {
  let quietUntil = 0;
  return (error) => {
    if (Date.now() < quietUntil) return;
    quietUntil = Date.now() + 10_000;
    report(error);
  };
}
