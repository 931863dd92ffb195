import type { Migration } from './migration.js';

/**
 * `traceparent` is the span that wrote a delivery (W3C Trace Context, version 00), so that its callback becomes part of
 * the same trace in any process and at any attempt. Null where the writer is not traced. No index holds it. The check is
 * `NOT VALID` because every row of before has null: no scan under the lock.
 *
 * `request_draft` takes it as a fourth parameter; a request that is moved to a newer message takes that one's.
 */
export const traceparent: Migration = {
  name: '0020-traceparent',
  up: (s) => `
    ALTER TABLE ${s}.deliveries ADD COLUMN traceparent text;
    ALTER TABLE ${s}.deliveries ADD CONSTRAINT deliveries_traceparent_length
      CHECK (octet_length(traceparent) = 55) NOT VALID;

    CREATE FUNCTION ${s}.request_draft(p_conversation_id uuid, p_message_id uuid, p_debounce_ms float8, p_traceparent text)
    RETURNS uuid LANGUAGE plpgsql AS $$
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
        INSERT INTO ${s}.deliveries (topic, conversation_id, subject_id, dedupe_key, available_at, created_at, traceparent)
        VALUES ('draft', p_conversation_id, p_message_id, p_message_id, ${s}.clock() + debounce, ${s}.clock(), p_traceparent)
        RETURNING id INTO request;
        RETURN request;
      END IF;
      DELETE FROM ${s}.deliveries WHERE id = ANY (waiting[2:]);
      UPDATE ${s}.deliveries SET
        subject_id = p_message_id, dedupe_key = p_message_id, last_error = NULL, traceparent = p_traceparent,
        created_at = CASE attempts WHEN 0 THEN created_at ELSE ${s}.clock() END,
        available_at = least(${s}.clock() + debounce,
          CASE attempts WHEN 0 THEN created_at ELSE ${s}.clock() END + 10 * debounce),
        attempts = 0
      WHERE id = request;
      RETURN request;
    END $$;
  `,
  down: (s) => `
    DROP FUNCTION ${s}.request_draft(uuid, uuid, float8, text);
    ALTER TABLE ${s}.deliveries DROP COLUMN traceparent;
  `,
};
