import type { AgendaBackend } from 'agenda';
import type pg from 'pg';
import { requireJobTable } from '../db/job-table.js';
import { jobsUnreachable } from './jobs-unreachable.js';
import { loadPostgresBackend } from './load-postgres-backend.js';

/** Where Agenda keeps wake-ups. Nothing else is in it, so it may be lost at any time. */
export interface JobStore {
  /** Creates the backend without connecting, because Agenda leaves a failed connection as an unhandled rejection. */
  backend: AgendaBackend;
  /** Rejects with `JOBS_UNREACHABLE` unless the store answers. */
  probe(): Promise<void>;
  close(): Promise<void>;
}

/** The table is created by `migrate`: workers that create it at start collide. */
export async function postgresStore(pool: pg.Pool, schema: string): Promise<JobStore> {
  const { PostgresBackend } = await loadPostgresBackend();
  return {
    backend: new PostgresBackend({ pool, ensureSchema: false, disableNotifications: true }),
    probe: () => requireJobTable(pool, schema).catch(jobsUnreachable('postgres')),
    close: async () => {},
  };
}
