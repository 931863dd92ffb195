import type { Migration } from './migration.js';

/**
 * SLA clocks with the terms they started under, and the table behind the database-backed policy provider.
 *
 * `end_clock` and `clock_is_paused` are functions because their caller has waited for the conversation's lock: a part of
 * that statement would not see what became of the clock meanwhile. What has run out ends as breached, and keeps its countdown, so that the
 * worker still tells the Notifier.
 */
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

    CREATE FUNCTION ${s}.end_clock(p_conversation_id uuid, p_ended_by text) RETURNS SETOF ${s}.slas
    LANGUAGE plpgsql AS $$
    BEGIN
      RETURN QUERY
      WITH ended AS (
        UPDATE ${s}.slas SET
          status = CASE WHEN breach_at > ${s}.clock() OR paused_at IS NOT NULL THEN 'fulfilled' ELSE 'breached' END,
          ended_by = CASE WHEN breach_at > ${s}.clock() OR paused_at IS NOT NULL THEN p_ended_by ELSE 'breached' END,
          completed_at = ${s}.clock()
        WHERE conversation_id = p_conversation_id AND status = 'active'
        RETURNING *
      ), countdown AS (
        DELETE FROM ${s}.deliveries d USING ended
        WHERE d.topic = 'sla_breach' AND d.dedupe_key = ended.id::text AND d.state NOT IN ('done', 'discarded')
          AND ended.status = 'fulfilled'
      )
      SELECT * FROM ended;
    END $$;

    CREATE FUNCTION ${s}.clock_is_paused(p_conversation_id uuid) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
    BEGIN
      RETURN EXISTS (
        SELECT FROM ${s}.slas WHERE conversation_id = p_conversation_id AND status = 'active' AND paused_at IS NOT NULL);
    END $$;

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
    DROP FUNCTION ${s}.clock_is_paused(uuid);
    DROP FUNCTION ${s}.end_clock(uuid, text);
    DROP TABLE ${s}.slas;
  `,
};
