import type { Migration } from './migration.js';

/** SLA clocks with the terms they started under, and the table behind the database-backed policy provider. */
export const slas: Migration = {
  name: '0002-slas',
  up: (s) => `
    CREATE TABLE ${s}.slas (
      id uuid PRIMARY KEY DEFAULT ${s}.time_id(),
      conversation_id uuid NOT NULL REFERENCES ${s}.conversations (id) ON DELETE CASCADE,
      priority text NOT NULL,
      status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'fulfilled', 'breached')),
      response_minutes integer NOT NULL CHECK (response_minutes > 0),
      breach_minutes integer NOT NULL CHECK (breach_minutes >= response_minutes),
      calendar jsonb,
      started_at timestamptz(3) NOT NULL,
      response_due_at timestamptz(3) NOT NULL,
      breach_at timestamptz(3) NOT NULL,
      paused_at timestamptz(3),
      completed_at timestamptz(3),
      ended_by text CHECK (ended_by IN ('answered', 'resolved', 'breached', 'tracking_off')),
      CHECK ((status = 'active') = (completed_at IS NULL))
    );
    CREATE UNIQUE INDEX slas_one_active ON ${s}.slas (conversation_id) WHERE status = 'active';
    CREATE INDEX slas_of_conversation ON ${s}.slas (conversation_id, started_at DESC);
    CREATE INDEX slas_active_by_breach ON ${s}.slas (breach_at, conversation_id) WHERE status = 'active';
    CREATE INDEX slas_breached ON ${s}.slas (completed_at DESC, conversation_id) WHERE status = 'breached';

    CREATE TABLE ${s}.sla_policies (
      priority text PRIMARY KEY,
      response_minutes integer NOT NULL CHECK (response_minutes > 0),
      breach_minutes integer NOT NULL CHECK (breach_minutes >= response_minutes),
      calendar jsonb,
      updated_at timestamptz(3) NOT NULL DEFAULT now()
    );
  `,
  down: (s) => `
    DROP TABLE ${s}.sla_policies;
    DROP TABLE ${s}.slas;
  `,
};
