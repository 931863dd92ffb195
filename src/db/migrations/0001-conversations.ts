import type { Migration } from './migration.js';

/**
 * Conversations, messages, and the two functions that every later table uses.
 *
 * `clock()` is the one source of time for all processes, whatever their own clocks say. It is truncated because a
 * rounded-up time would lie in the future of the statement after it. `time_id()` is a UUID v7 whose twelve bits after
 * the milliseconds hold the fraction (RFC 9562, method 3), so ids of one database sort as they were made; Postgres has
 * one of its own from version 18 on.
 *
 * `overdue_since` is `breach_at` of the clock that was breached, written with the breach and never taken back: once the
 * conversation is answered, `unanswered_since` is null or later, so its index holds those that wait still, and the queue
 * can show them first without a look at every clock that ever broke.
 */
export const conversations: Migration = {
  name: '0001-conversations',
  up: (s) => `
    CREATE FUNCTION ${s}.clock() RETURNS timestamptz LANGUAGE sql STABLE
      AS $$ SELECT date_trunc('milliseconds', statement_timestamp()) $$;

    CREATE FUNCTION ${s}.time_id() RETURNS uuid LANGUAGE plpgsql VOLATILE AS $$
    DECLARE
      us bigint := extract(epoch FROM clock_timestamp()) * 1000000;
    BEGIN
      RETURN (lpad(to_hex(us / 1000), 12, '0') || '7' || lpad(to_hex((us % 1000) * 4096 / 1000), 3, '0')
        || substr(replace(gen_random_uuid()::text, '-', ''), 17))::uuid;
    END $$;

    CREATE TABLE ${s}.conversations (
      id uuid PRIMARY KEY DEFAULT ${s}.time_id(),
      actor_id text,
      host_user_id text,
      subject text,
      status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'resolved', 'archived')),
      priority text NOT NULL DEFAULT 'normal',
      tags text[] NOT NULL DEFAULT '{}',
      metadata jsonb NOT NULL DEFAULT '{}',
      csat_rating text CHECK (csat_rating IN ('positive', 'negative')),
      created_at timestamptz(3) NOT NULL,
      updated_at timestamptz(3) NOT NULL,
      last_message_at timestamptz(3),
      unanswered_since timestamptz(3),
      overdue_since timestamptz(3),
      resolved_at timestamptz(3),
      resolved_by jsonb,
      resolutions integer NOT NULL DEFAULT 0
    ) WITH (fillfactor = 85);
    CREATE INDEX conversations_open ON ${s}.conversations (updated_at DESC, id DESC) WHERE status = 'open';
    CREATE INDEX conversations_by_status ON ${s}.conversations (status, updated_at DESC, id DESC);
    CREATE INDEX conversations_by_activity ON ${s}.conversations (updated_at DESC, id DESC);
    CREATE INDEX conversations_unanswered ON ${s}.conversations (updated_at DESC, id DESC)
      WHERE status = 'open' AND unanswered_since IS NOT NULL;
    CREATE INDEX conversations_actor ON ${s}.conversations (actor_id text_pattern_ops);
    CREATE INDEX conversations_overdue ON ${s}.conversations (overdue_since, id)
      WHERE status = 'open' AND overdue_since > unanswered_since;

    CREATE TABLE ${s}.messages (
      id uuid PRIMARY KEY DEFAULT ${s}.time_id(),
      conversation_id uuid NOT NULL REFERENCES ${s}.conversations (id) ON DELETE CASCADE,
      role text NOT NULL
        CHECK (role IN ('customer', 'operator', 'automation', 'system', 'internal_note', 'outbound')),
      content text NOT NULL,
      author jsonb,
      metadata jsonb NOT NULL DEFAULT '{}',
      status text CHECK (status IN ('pending', 'sent', 'failed')),
      sent_at timestamptz(3),
      dedupe_key text,
      created_at timestamptz(3) NOT NULL,
      CHECK ((role = 'outbound') = (status IS NOT NULL))
    );
    CREATE INDEX messages_of_conversation ON ${s}.messages (conversation_id, created_at, id);
    CREATE UNIQUE INDEX messages_dedupe ON ${s}.messages (conversation_id, dedupe_key) WHERE dedupe_key IS NOT NULL;
  `,
  down: (s) => `
    DROP TABLE ${s}.messages;
    DROP TABLE ${s}.conversations;
    DROP FUNCTION ${s}.time_id();
    DROP FUNCTION ${s}.clock();
  `,
};
