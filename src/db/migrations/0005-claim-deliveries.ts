import type { Migration } from './migration.js';

/**
 * Takes due deliveries of one topic under a lease. It is a function because the lock must be held before the rows are
 * looked at: a statement that waits for the lock itself still sees the rows as they were before it.
 *
 * - A row is free when nobody holds a lease on it. `attempts` counts claims, so a callback that kills its process is
 *   counted too, and is the fencing token: a settlement must name it.
 * - While a delivery of a conversation is out, the later ones of that conversation and topic wait; the claims of a
 *   topic queue up behind an advisory lock so that two of them cannot both miss it.
 * - A row whose lease ran out twice (it may have taken its process down) is left to claims with p_suspects, which take
 *   one at a time, so that its neighbours do not pay its attempts. They are the oldest rows of the index: a bounded
 *   look at its head finds them however long the backlog is.
 */
export const claimDeliveries: Migration = {
  name: '0005-claim-deliveries',
  up: (s) => `
    CREATE FUNCTION ${s}.claim_deliveries(
      p_topic text, p_limit integer, p_lease_ms integer, p_suspects boolean
    ) RETURNS SETOF ${s}.deliveries LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM pg_advisory_xact_lock(hashtext('${s}.deliveries'), hashtext(p_topic));
      RETURN QUERY
      WITH head AS (
        SELECT d.id, d.available_at FROM ${s}.deliveries d
        WHERE p_suspects AND d.topic = p_topic AND d.state = 'pending' AND d.available_at <= ${s}.clock()
        ORDER BY d.available_at, d.id LIMIT 2000
      ), suspect AS (
        SELECT d.id FROM head JOIN ${s}.deliveries d USING (id)
        WHERE d.attempts >= 2 AND d.lease_until <= ${s}.clock() AND d.state = 'pending'
        ORDER BY d.available_at, d.id LIMIT 1
        FOR UPDATE OF d SKIP LOCKED
      ), free AS (
        SELECT d.id FROM ${s}.deliveries d
        WHERE NOT p_suspects AND d.topic = p_topic AND d.state = 'pending' AND d.available_at <= ${s}.clock()
          AND (d.lease_until IS NULL OR (d.lease_until <= ${s}.clock() AND d.attempts < 2))
          AND NOT EXISTS (
            SELECT FROM ${s}.deliveries held
            WHERE held.conversation_id = d.conversation_id AND held.topic = p_topic AND held.state = 'pending'
              AND held.lease_until > ${s}.clock()
          )
        ORDER BY d.available_at, d.id LIMIT p_limit
        FOR UPDATE SKIP LOCKED
      )
      UPDATE ${s}.deliveries d SET
        attempts = d.attempts + 1,
        lease_until = ${s}.clock() + make_interval(secs => p_lease_ms / 1000.0)
      WHERE d.id = ANY (ARRAY(SELECT id FROM suspect UNION ALL SELECT id FROM free))
      RETURNING d.*;
    END $$;
  `,
  down: (s) => `DROP FUNCTION ${s}.claim_deliveries(text, integer, integer, boolean);`,
};
