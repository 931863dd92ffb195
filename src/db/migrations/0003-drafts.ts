import type { Migration } from './migration.js';

/**
 * Proposals with the policy's decision. A denied one keeps the fact and none of the words. `request_message_id` is the
 * customer message that asked for it, which no second draft may answer; null for a proposal that the host made.
 *
 * `supersede_drafts` is a function because it is called under the conversation's lock from the statement that waits for
 * it: that statement itself would not see a draft that was committed meanwhile.
 */
export const drafts: Migration = {
  name: '0003-drafts',
  up: (s) => `
    CREATE TABLE ${s}.drafts (
      id uuid PRIMARY KEY DEFAULT ${s}.time_id(),
      conversation_id uuid NOT NULL REFERENCES ${s}.conversations (id) ON DELETE CASCADE,
      type text NOT NULL CHECK (type IN ('reply', 'clarification', 'escalation')),
      content text NOT NULL,
      proposed_content text,
      risk_tier text NOT NULL CHECK (risk_tier IN ('low', 'medium', 'high')),
      summary text NOT NULL DEFAULT '',
      evidence jsonb NOT NULL DEFAULT '[]',
      decision text NOT NULL CHECK (decision IN ('allow', 'draft_only', 'require_approval', 'deny')),
      decision_outcome text NOT NULL CHECK (decision_outcome IN ('decided', 'failed', 'timed_out', 'invalid')),
      decision_ms integer NOT NULL,
      input_digest text NOT NULL,
      status text NOT NULL CHECK (status IN
        ('pending', 'prepared', 'approved', 'edited', 'allowed', 'discarded', 'denied', 'superseded')),
      based_on_message_id uuid,
      request_message_id uuid UNIQUE,
      message_id uuid,
      decided_at timestamptz(3) NOT NULL,
      settled_at timestamptz(3),
      settled_by jsonb,
      reason text,
      created_at timestamptz(3) NOT NULL,
      CHECK (status <> 'denied' OR (content = '' AND summary = '' AND evidence = '[]' AND proposed_content IS NULL))
    );
    CREATE INDEX drafts_of_conversation ON ${s}.drafts (conversation_id, id);
    CREATE INDEX drafts_waiting ON ${s}.drafts (conversation_id, status) WHERE status IN ('pending', 'prepared');
    CREATE INDEX drafts_by_time ON ${s}.drafts (created_at);

    CREATE FUNCTION ${s}.supersede_drafts(p_conversation_id uuid) RETURNS SETOF uuid LANGUAGE sql VOLATILE AS $$
      UPDATE ${s}.drafts SET
        status = 'superseded', settled_at = ${s}.clock(), reason = 'the customer has written since'
      WHERE conversation_id = p_conversation_id AND status = 'pending'
      RETURNING id
    $$;
  `,
  down: (s) => `
    DROP FUNCTION ${s}.supersede_drafts(uuid);
    DROP TABLE ${s}.drafts;
  `,
};
