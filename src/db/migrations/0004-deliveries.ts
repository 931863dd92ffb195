import type { Migration } from './migration.js';

/**
 * The outbox: one row a call that is owed to a host module, written in the transaction of the change it tells of.
 *
 * `lease_until` and `attempts` are in no index, so a claim updates in place (HOT), which the fill factor leaves room
 * for. Rows have no foreign key: a call about a deleted conversation settles quietly.
 */
export const deliveries: Migration = {
  name: '0004-deliveries',
  up: (s) => `
    CREATE TABLE ${s}.deliveries (
      id uuid PRIMARY KEY DEFAULT ${s}.time_id(),
      topic text NOT NULL CHECK (topic IN ('conversation_resolved', 'sla_breach', 'outbound', 'draft')),
      conversation_id uuid NOT NULL,
      subject_id uuid,
      dedupe_key text NOT NULL,
      payload jsonb NOT NULL DEFAULT '{}',
      state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'done', 'discarded')),
      available_at timestamptz(3) NOT NULL,
      lease_until timestamptz(3),
      attempts integer NOT NULL DEFAULT 0,
      last_error text,
      created_at timestamptz(3) NOT NULL,
      settled_at timestamptz(3),
      UNIQUE (topic, dedupe_key)
    ) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000);
    CREATE INDEX deliveries_due ON ${s}.deliveries (topic, available_at, id) WHERE state = 'pending';
    CREATE INDEX deliveries_in_order ON ${s}.deliveries (conversation_id, topic, available_at, id) WHERE state = 'pending';
    CREATE INDEX deliveries_discarded ON ${s}.deliveries (topic, id) WHERE state = 'discarded';

    CREATE TABLE ${s}.bulk_envelopes (
      id uuid PRIMARY KEY DEFAULT ${s}.time_id(),
      template_id text NOT NULL,
      content text NOT NULL,
      actor jsonb NOT NULL,
      requested integer NOT NULL,
      accepted integer NOT NULL,
      refusal text,
      created_at timestamptz(3) NOT NULL
    );
  `,
  down: (s) => `
    DROP TABLE ${s}.bulk_envelopes;
    DROP TABLE ${s}.deliveries;
  `,
};
