import type { Migration } from './migration.js';

/**
 * Outcomes of calls that could not be written to their delivery, because another session has it or its message locked.
 * They are written once the lock is gone, by any worker; until then no claim takes the delivery. Without a foreign key:
 * its check would wait for the same lock.
 *
 * `claim_deliveries` is that of 0004, but for the look at these outcomes. Only a delivery whose lease ran out can have one.
 *
 * `request_draft` owes one draft per conversation: a request that waits already is moved to the newest message. Each
 * message puts it off by the debounce, and all of them together by ten times as much at most. One that a worker
 * has or had is left alone, and so is one that is locked: a second request is written then. Called under the conversation's lock.
 *
 * `bounded_map` and `bounded_conversation` leave out stored maps that no process could take, and `message_bytes` tells
 * what a message counts for; none of them reads what Postgres keeps apart for its size.
 */
export const outcomes: Migration = {
  name: '0009-outcomes',
  up: (s) => `
    CREATE TABLE ${s}.delivery_outcomes (
      delivery_id uuid PRIMARY KEY,
      claims integer NOT NULL,
      attempts integer NOT NULL,
      kind text NOT NULL CHECK (kind IN ('done', 'retry', 'discarded', 'exhausted', 'released', 'postponed')),
      delay_ms float8 NOT NULL,
      error text,
      seconds float8 NOT NULL,
      reached_at timestamptz(3) NOT NULL
    ) WITH (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000);

    ${claimFunction(
      s,
      `(d.lease_until IS NULL OR (d.lease_until <= ${s}.clock() AND d.leases_lost = 0
            AND NOT EXISTS (SELECT FROM ${s}.delivery_outcomes o WHERE o.delivery_id = d.id)))`,
    )}

    CREATE FUNCTION ${s}.request_draft(p_conversation_id uuid, p_message_id uuid, p_debounce_ms float8) RETURNS uuid
    LANGUAGE plpgsql AS $$
    DECLARE
      debounce interval := make_interval(secs => p_debounce_ms / 1000);
      waiting uuid[];
      request uuid;
    BEGIN
      waiting := ARRAY(
        SELECT d.id FROM ${s}.deliveries d
        WHERE d.conversation_id = p_conversation_id AND d.topic = 'draft' AND d.settled_at IS NULL
          AND d.state NOT IN ('done', 'discarded') AND d.lease_until IS NULL
        ORDER BY d.id FOR UPDATE SKIP LOCKED
      );
      request := waiting[1];
      IF request IS NULL THEN
        INSERT INTO ${s}.deliveries (topic, conversation_id, subject_id, dedupe_key, available_at, created_at)
        VALUES ('draft', p_conversation_id, p_message_id, p_message_id, ${s}.clock() + debounce, ${s}.clock())
        RETURNING id INTO request;
        RETURN request;
      END IF;
      DELETE FROM ${s}.deliveries WHERE id = ANY (waiting[2:]);
      UPDATE ${s}.deliveries SET
        subject_id = p_message_id, dedupe_key = p_message_id, last_error = NULL,
        created_at = CASE attempts WHEN 0 THEN created_at ELSE ${s}.clock() END,
        available_at = least(${s}.clock() + debounce,
          CASE attempts WHEN 0 THEN created_at ELSE ${s}.clock() END + 10 * debounce),
        attempts = 0
      WHERE id = request;
      RETURN request;
    END $$;

    CREATE FUNCTION ${s}.bounded_map(p_map jsonb) RETURNS jsonb LANGUAGE sql STABLE PARALLEL SAFE AS $$
      SELECT CASE WHEN pg_column_size(p_map) <= 64 THEN p_map
        WHEN pg_column_size(p_map) > ${maxMapBytes} OR octet_length(p_map::text) > ${maxMapBytes} THEN '{"truncated": true}'
        ELSE p_map END
    $$;

    CREATE FUNCTION ${s}.message_bytes(p_content text, p_metadata jsonb) RETURNS integer
    LANGUAGE sql STABLE PARALLEL SAFE AS $$
      SELECT least(octet_length(p_content), ${maxContentBytes}) + CASE WHEN pg_column_size(p_metadata) <= 64 THEN 64
        ELSE octet_length(${s}.bounded_map(p_metadata)::text) END
    $$;

    CREATE FUNCTION ${s}.bounded_conversation(p_conversation ${s}.conversations) RETURNS ${s}.conversations
    LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
    BEGIN
      p_conversation.metadata := ${s}.bounded_map(p_conversation.metadata);
      RETURN p_conversation;
    END $$;
  `,
  down: (s) => `
    DROP FUNCTION ${s}.bounded_conversation(${s}.conversations);
    DROP FUNCTION ${s}.message_bytes(text, jsonb);
    DROP FUNCTION ${s}.bounded_map(jsonb);
    DROP FUNCTION ${s}.request_draft(uuid, uuid, float8);
    ${claimFunction(s, `(d.lease_until IS NULL OR (d.lease_until <= ${s}.clock() AND d.leases_lost = 0))`)}
    DROP TABLE ${s}.delivery_outcomes;
  `,
};

/** A content is cut to about as much. */
const maxContentBytes = 4_000_000;

/** Four times what an input may hold: what was stored before there was a limit. */
const maxMapBytes = 262_144;

function claimFunction(s: string, isFree: string): string {
  return `
    CREATE OR REPLACE FUNCTION ${s}.claim_deliveries(p_topic text, p_limit integer, p_lease_ms float8, p_from timestamptz)
    RETURNS SETOF ${s}.deliveries LANGUAGE plpgsql
    SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off SET plan_cache_mode = force_generic_plan AS $$
    BEGIN
      RETURN QUERY
      WITH free AS (
        SELECT d.ctid FROM ${s}.deliveries d
        WHERE d.topic = p_topic AND d.state = 'pending' AND d.available_at BETWEEN p_from AND ${s}.clock()
          AND ${isFree}
          AND NOT EXISTS (
            SELECT FROM ${s}.deliveries earlier
            WHERE earlier.conversation_id = d.conversation_id AND earlier.topic = d.topic
              AND earlier.settled_at IS NULL AND earlier.state NOT IN ('done', 'discarded')
              AND (earlier.available_at, earlier.id) < (d.available_at, d.id)
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
    END $$;`;
}
