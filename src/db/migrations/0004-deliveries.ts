import type { Migration } from './migration.js';

/**
 * The outbox: one row a call that is owed to a host module, written in the transaction of the change it tells of.
 *
 * `attempts` counts what the host is told of and may be counted anew; `claims` only ever grows, so that a claim and its
 * row can always be told from every other one; `leases_lost` counts the claims in a row that nobody settled. None of what
 * a claim changes is in an index, but where a lease was lost, so it updates in place (HOT) if the page has room. A claim
 * takes neighbours: every row of a page at once, so half of the page is left free. A settlement enters its row once more in
 * the two indexes that hold every row, again neighbours at a time: they leave the same room. Rows have no foreign key: a
 * call about a deleted conversation settles quietly. `by_hand` is true of what somebody discarded: no range calls it again.
 *
 * `claim_deliveries` takes due deliveries of one topic under a lease. It is a function for its settings: of every plan
 * only the walk along the index stays cheap whatever the table's statistics say, or do not say yet. The OFFSET 0 keeps
 * the planner from making a join of the look at earlier deliveries. That look asks for what is not settled, in the words
 * of the one index that is meant for it: where statistics find nothing pending, `deliveries_due` would be as good to the
 * planner, and behind an old snapshot it holds all that was settled since. Rows are updated where they were locked
 * (`ctid`); one that has moved meanwhile is left for the next claim. The clock is read once for all of them.
 */
export const deliveries: Migration = {
  name: '0004-deliveries',
  up: (s) => `
    CREATE TABLE ${s}.deliveries (
      id uuid DEFAULT ${s}.time_id() PRIMARY KEY WITH (fillfactor = 50),
      conversation_id uuid NOT NULL,
      available_at timestamptz(3) NOT NULL,
      created_at timestamptz(3) NOT NULL,
      attempts integer NOT NULL DEFAULT 0,
      claims integer NOT NULL DEFAULT 0,
      leases_lost integer NOT NULL DEFAULT 0,
      state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'done', 'discarded')),
      topic text NOT NULL CHECK (topic IN ('conversation_resolved', 'sla_breach', 'outbound', 'draft')),
      lease_until timestamptz(3),
      settled_at timestamptz(3),
      subject_id uuid,
      dedupe_key text NOT NULL,
      payload jsonb NOT NULL DEFAULT '{}',
      last_error text,
      by_hand boolean NOT NULL DEFAULT false,
      UNIQUE (dedupe_key, topic) WITH (fillfactor = 50)
    ) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000);
    CREATE INDEX deliveries_due ON ${s}.deliveries (topic, available_at, id) WHERE state = 'pending';
    CREATE INDEX deliveries_in_order ON ${s}.deliveries (conversation_id, topic, available_at, id) WHERE settled_at IS NULL;
    CREATE INDEX deliveries_suspect ON ${s}.deliveries (topic, available_at, id) WHERE leases_lost > 0;
    CREATE INDEX deliveries_discarded ON ${s}.deliveries (topic, id) WHERE state = 'discarded';

    CREATE FUNCTION ${s}.claim_deliveries(p_topic text, p_limit integer, p_lease_ms float8, p_from timestamptz)
    RETURNS SETOF ${s}.deliveries LANGUAGE plpgsql
    SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off SET plan_cache_mode = force_generic_plan AS $$
    BEGIN
      RETURN QUERY
      WITH free AS (
        SELECT d.ctid FROM ${s}.deliveries d
        WHERE d.topic = p_topic AND d.state = 'pending' AND d.available_at BETWEEN p_from AND ${s}.clock()
          AND (d.lease_until IS NULL OR (d.lease_until <= ${s}.clock() AND d.leases_lost = 0))
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
    END $$;

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
    DROP FUNCTION ${s}.claim_deliveries(text, integer, float8, timestamptz);
    DROP TABLE ${s}.deliveries;
  `,
};
