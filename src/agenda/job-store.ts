import type { AgendaBackend } from 'agenda';
import type pg from 'pg';
import { requireJobTable } from '../db/job-table.js';
import { throwJobsUnreachable } from './jobs-unreachable.js';
import { loadPostgresBackend } from './load-postgres-backend.js';

/** The store of Agenda's jobs. It holds nothing but wake-ups, so it may be lost at any time. */
export interface JobStore {
  /** Agenda's backend, not connected yet: Agenda leaves a failed connection as an unhandled rejection. */
  backend: AgendaBackend;
  /** Rejects with `JOBS_UNREACHABLE` unless the store responds. */
  probe(): Promise<void>;
  close(): Promise<void>;
}

/** The job store in the host's Postgres. Its table is created by `migrate`: workers that create it at start collide. */
export async function openPostgresJobStore(pool: pg.Pool, schema: string): Promise<JobStore> {
  const { PostgresBackend } = await loadPostgresBackend();
  return {
    backend: new PostgresBackend({ pool, ensureSchema: false, disableNotifications: true }),
    probe: () => requireJobTable(pool, schema).catch(throwJobsUnreachable('postgres')),
    close: async () => {},
  };
}
