import type { AgendaBackend } from 'agenda';
import type pg from 'pg';
import { requireJobTable } from '../db/job-table.js';
import { jobsUnreachable } from './jobs-unreachable.js';
import { loadPostgresBackend } from './load-postgres-backend.js';

/** Where Agenda keeps its jobs: wake-ups only, so that it may be lost at any time. */
export interface JobStore {
  /** Its `connect` sends nothing: Agenda leaves a failed one as an unhandled rejection. */
  backend: AgendaBackend;
  /** Rejects with `JOBS_UNREACHABLE` unless the store answers. */
  probe(): Promise<void>;
  close(): Promise<void>;
}

/** Its table comes with the migrations: made at boot, workers that start together collide. */
export async function postgresStore(pool: pg.Pool, schema: string): Promise<JobStore> {
  const { PostgresBackend } = await loadPostgresBackend();
  return {
    backend: new PostgresBackend({ pool, ensureSchema: false, disableNotifications: true }),
    probe: () => requireJobTable(pool, schema).catch(jobsUnreachable('postgres')),
    close: async () => {},
  };
}
