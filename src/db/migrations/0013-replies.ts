import type { Migration } from './migration.js';

/**
 * Replies that are delivered (docs/decisions/0013-order-of-replies.md), and what the workers of this schema announce
 * (docs/decisions/0012-what-is-owed.md). `claim_in_order` is `claim_deliveries` but for its order: change both.
 */
export const replies: Migration = {
  name: '0013-replies',
  up: (s) => `
    ALTER TABLE ${s}.deliveries DROP CONSTRAINT deliveries_topic_check;
    ALTER TABLE ${s}.deliveries ADD CONSTRAINT deliveries_topic_check
      CHECK (topic IN ('conversation_resolved', 'sla_breach', 'outbound', 'draft', 'reply'));

    ALTER TABLE ${s}.messages DROP CONSTRAINT messages_check;
    ALTER TABLE ${s}.messages ADD CONSTRAINT messages_status_of_role
      CHECK (role <> 'outbound' OR status IS NOT NULL);
    ALTER TABLE ${s}.messages ADD CONSTRAINT messages_role_of_status
      CHECK (status IS NULL OR role IN ('outbound', 'operator', 'automation'));

    CREATE FUNCTION ${s}.claim_in_order(p_topic text, p_limit integer, p_lease_ms float8, p_from timestamptz)
    RETURNS SETOF ${s}.deliveries LANGUAGE plpgsql
    SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off SET plan_cache_mode = force_generic_plan AS $$
    BEGIN
      RETURN QUERY
      WITH free AS (
        SELECT d.ctid FROM ${s}.deliveries d
        WHERE d.topic = p_topic AND d.state = 'pending' AND d.available_at BETWEEN p_from AND ${s}.clock()
          AND (d.lease_until IS NULL OR (d.lease_until <= ${s}.clock() AND d.leases_lost = 0
            AND NOT EXISTS (SELECT FROM ${s}.delivery_outcomes o WHERE o.delivery_id = d.id)))
          AND NOT EXISTS (
            SELECT FROM ${s}.deliveries earlier
            WHERE earlier.conversation_id = d.conversation_id AND earlier.topic = d.topic
              AND earlier.settled_at IS NULL AND earlier.state NOT IN ('done', 'discarded')
              AND (earlier.created_at, earlier.id) < (d.created_at, d.id)
            OFFSET 0
          )
        ORDER BY d.available_at, d.id LIMIT p_limit
        FOR UPDATE SKIP LOCKED
      )
      UPDATE ${s}.deliveries d SET
        attempts = d.attempts + 1,
        claims = d.claims + 1,
        leases_lost = CASE WHEN d.lease_until IS NULL THEN 0 ELSE d.leases_lost + 1 END,
        lease_until = (SELECT ${s}.clock() + make_interval(secs => p_lease_ms / 1000))
      WHERE d.ctid = ANY (ARRAY(SELECT ctid FROM free))
      RETURNING d.*;
    END $$;

    ALTER TABLE ${s}.worker_heartbeats ADD COLUMN modules text[];

    CREATE TABLE ${s}.announced_modules (
      single boolean PRIMARY KEY DEFAULT true CHECK (single),
      modules text[],
      announced_at timestamptz(3)
    );
    INSERT INTO ${s}.announced_modules DEFAULT VALUES;

    CREATE FUNCTION ${s}.live_modules() RETURNS text[] LANGUAGE sql VOLATILE AS $$
      SELECT ARRAY(
        SELECT DISTINCT module FROM ${s}.worker_heartbeats h CROSS JOIN unnest(h.modules) module
        WHERE h.beat_at > ${s}.clock() - interval '1 minute' ORDER BY module)
    $$;

    CREATE FUNCTION ${s}.announce_modules() RETURNS void LANGUAGE plpgsql VOLATILE AS $$
    BEGIN
      IF (SELECT a.modules FROM ${s}.announced_modules a) IS NOT DISTINCT FROM ${s}.live_modules() THEN
        RETURN;
      END IF;
      PERFORM FROM ${s}.announced_modules FOR UPDATE;
      UPDATE ${s}.announced_modules SET modules = ${s}.live_modules(), announced_at = ${s}.clock();
    END $$;
  `,
  down: (s) => `
    DROP FUNCTION ${s}.announce_modules();
    DROP FUNCTION ${s}.live_modules();
    DROP TABLE ${s}.announced_modules;
    ALTER TABLE ${s}.worker_heartbeats DROP COLUMN modules;
    DROP FUNCTION ${s}.claim_in_order(text, integer, float8, timestamptz);

    DELETE FROM ${s}.deliveries WHERE topic = 'reply';
    ALTER TABLE ${s}.deliveries DROP CONSTRAINT deliveries_topic_check;
    ALTER TABLE ${s}.deliveries ADD CONSTRAINT deliveries_topic_check
      CHECK (topic IN ('conversation_resolved', 'sla_breach', 'outbound', 'draft'));

    UPDATE ${s}.messages SET status = NULL, sent_at = NULL, metadata = metadata - 'failure'
      WHERE role <> 'outbound' AND status IS NOT NULL;
    ALTER TABLE ${s}.messages DROP CONSTRAINT messages_role_of_status;
    ALTER TABLE ${s}.messages DROP CONSTRAINT messages_status_of_role;
    ALTER TABLE ${s}.messages ADD CONSTRAINT messages_check CHECK ((role = 'outbound') = (status IS NOT NULL));
  `,
};
