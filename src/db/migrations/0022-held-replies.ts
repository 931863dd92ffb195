import type { Migration } from './migration.js';

/**
 * `claim_in_order` is that of 0013, and puts off held replies that it walked over: to when the earlier reply may be
 * called, a minute at most, a thousand a claim. Reason: docs/decisions/0013-order-of-replies.md.
 */
export const heldReplies: Migration = {
  name: '0022-held-replies',
  up: (s) => claimInOrder(s, putOffHeld(s)),
  down: (s) => claimInOrder(s, ''),
};

/** Only where the claim found fewer than it may take, and so walked over everything that is due. */
const putOffHeld = (s: string) => `
      GET DIAGNOSTICS claimed = ROW_COUNT;
      IF claimed < p_limit THEN
        WITH held AS (
          SELECT d.id, earlier.available_at FROM ${s}.deliveries d CROSS JOIN LATERAL (
            SELECT e.available_at FROM ${s}.deliveries e
            WHERE e.conversation_id = d.conversation_id AND e.topic = d.topic
              AND e.settled_at IS NULL AND e.state NOT IN ('done', 'discarded')
              AND e.available_at > ${s}.clock() AND e.lease_until IS NULL
              AND (e.created_at, e.id) < (d.created_at, d.id)
            LIMIT 1
          ) earlier
          WHERE d.topic = p_topic AND d.state = 'pending' AND d.available_at BETWEEN p_from AND ${s}.clock()
            AND d.attempts = 0 AND d.lease_until IS NULL
          LIMIT 1000
          FOR NO KEY UPDATE OF d SKIP LOCKED
        )
        UPDATE ${s}.deliveries d SET available_at = least(held.available_at, ${s}.clock() + interval '1 minute')
        FROM held WHERE d.id = held.id;
      END IF;`;

function claimInOrder(s: string, afterwards: string): string {
  return `
    CREATE OR REPLACE FUNCTION ${s}.claim_in_order(p_topic text, p_limit integer, p_lease_ms float8, p_from timestamptz)
    RETURNS SETOF ${s}.deliveries LANGUAGE plpgsql
    SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off SET plan_cache_mode = force_generic_plan AS $$
    ${afterwards && 'DECLARE\n      claimed integer;'}
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
      RETURNING d.*;${afterwards}
    END $$;`;
}
