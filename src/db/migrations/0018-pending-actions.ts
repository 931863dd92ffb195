import type { Migration } from './migration.js';

/**
 * What an operator has asked for in the workspace and can still take back. Any process carries it out once `due_at` has
 * passed; the row is deleted in the same transaction. `held` says why it was not: then its text waits for an operator.
 */
export const pendingActions: Migration = {
  name: '0018-pending-actions',
  up: (s) => `
    CREATE TABLE ${s}.pending_actions (
      id uuid PRIMARY KEY DEFAULT ${s}.time_id(),
      conversation_id uuid NOT NULL REFERENCES ${s}.conversations (id) ON DELETE CASCADE,
      kind text NOT NULL CHECK (kind IN ('reply', 'use', 'approve', 'edit', 'resolve')),
      then_resolve boolean NOT NULL,
      draft_id uuid,
      content text,
      actor jsonb NOT NULL,
      last_seen uuid,
      dedupe_key text NOT NULL,
      attempts integer NOT NULL DEFAULT 0,
      held jsonb,
      due_at timestamptz(3) NOT NULL,
      created_at timestamptz(3) NOT NULL
    );
    CREATE INDEX pending_actions_due ON ${s}.pending_actions (due_at, id) WHERE held IS NULL;
    CREATE INDEX pending_actions_of_conversation ON ${s}.pending_actions (conversation_id, id);
    CREATE UNIQUE INDEX pending_actions_once ON ${s}.pending_actions (conversation_id, dedupe_key) WHERE held IS NULL;
  `,
  down: (s) => `DROP TABLE ${s}.pending_actions;`,
};
