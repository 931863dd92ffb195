import type { Migration } from './migration.js';

/**
 * Worker heartbeats, and the table of Agenda's Postgres backend. Agenda would make its table at boot, where workers
 * that start together on a fresh schema collide; a test holds these columns against the backend's own.
 */
export const workers: Migration = {
  name: '0006-workers',
  up: (s) => `
    CREATE TABLE ${s}.worker_heartbeats (
      worker_id uuid PRIMARY KEY,
      host text NOT NULL,
      pid integer NOT NULL,
      version text NOT NULL,
      state text NOT NULL CHECK (state IN ('running', 'draining')),
      concurrency integer NOT NULL,
      started_at timestamptz(3) NOT NULL,
      beat_at timestamptz(3) NOT NULL
    );

    CREATE TABLE ${s}.agenda_jobs (
      id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      name varchar(255) NOT NULL,
      priority integer NOT NULL DEFAULT 0,
      next_run_at timestamptz,
      type varchar(10) NOT NULL DEFAULT 'normal' CHECK (type IN ('normal', 'single')),
      locked_at timestamptz,
      last_finished_at timestamptz,
      failed_at timestamptz,
      fail_count integer DEFAULT NULL,
      fail_reason text,
      repeat_timezone varchar(100),
      last_run_at timestamptz,
      repeat_interval varchar(255),
      data jsonb DEFAULT '{}'::jsonb,
      repeat_at varchar(255),
      disabled boolean DEFAULT false,
      progress real,
      fork boolean DEFAULT false,
      last_modified_by varchar(255),
      debounce_started_at timestamptz,
      start_date timestamptz,
      end_date timestamptz,
      skip_days jsonb,
      created_at timestamptz DEFAULT now(),
      updated_at timestamptz DEFAULT now()
    ) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000);
    CREATE INDEX agenda_jobs_find_and_lock_idx
      ON ${s}.agenda_jobs (name, next_run_at, priority DESC, locked_at, disabled) WHERE disabled = false;
    CREATE UNIQUE INDEX agenda_jobs_single_job_idx ON ${s}.agenda_jobs (name) WHERE type = 'single';
    CREATE INDEX agenda_jobs_locked_at_idx ON ${s}.agenda_jobs (locked_at) WHERE locked_at IS NOT NULL;
    CREATE INDEX agenda_jobs_next_run_at_idx ON ${s}.agenda_jobs (next_run_at) WHERE next_run_at IS NOT NULL;
  `,
  down: (s) => `
    DROP TABLE ${s}.agenda_jobs;
    DROP TABLE ${s}.worker_heartbeats;
  `,
};
