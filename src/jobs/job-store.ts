import { PostgresBackend } from '@agendajs/postgres-backend';
import type { AgendaBackend } from 'agenda';
import type pg from 'pg';
import { jobsUnreachable } from './jobs-unreachable.js';

/** Where Agenda keeps its jobs: wake-ups only, so that it may be lost at any time. */
export interface JobStore {
  /** Its `connect` sends nothing: Agenda leaves a failed one as an unhandled rejection. */
  backend: AgendaBackend;
  /** Rejects with `JOBS_UNREACHABLE` unless the store answers. */
  probe(): Promise<void>;
  close(): Promise<void>;
}

/** Its table comes with the migrations: made at boot, workers that start together collide. */
export function postgresStore(pool: pg.Pool): JobStore {
  return {
    backend: new PostgresBackend({ pool, ensureSchema: false, disableNotifications: true }),
    probe: async () => {
      await pool.query('SELECT 1 FROM agenda_jobs LIMIT 1').catch(jobsUnreachable('postgres'));
    },
    close: async () => {},
  };
}
