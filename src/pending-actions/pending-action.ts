import type { Actor } from '../contracts/domain.js';
import { type Timestamp, toDate } from '../db/timestamp.js';

export const pendingActionKinds = ['reply', 'use', 'approve', 'edit', 'resolve'] as const;

/**
 * `reply` sends a text; `use` sends a text that was made from a draft; `approve` and `edit` send a draft as it stands
 * or with the operator's text; `resolve` resolves the conversation.
 */
export type PendingActionKind = (typeof pendingActionKinds)[number];

/** Why an action was not carried out: the code of its error, or a code of pending actions such as `EARLIER_HELD`. */
export interface PendingActionHoldReason {
  code: string;
  details?: Record<string, unknown>;
}

/** An action that an operator requested and can take back until it is carried out. */
export interface PendingAction {
  id: string;
  conversationId: string;
  kind: PendingActionKind;
  /** Whether the conversation is resolved once the text is sent. */
  thenResolve: boolean;
  draftId: string | null;
  content: string | null;
  actor: Actor;
  /** The newest message that the operator had read; null for none. */
  lastSeen: string | null;
  dedupeKey: string;
  dueAt: Date;
  createdAt: Date;
  /** Why the action was held; null while it waits for `dueAt`. */
  held: PendingActionHoldReason | null;
}

export interface PendingActionRow {
  id: string;
  conversation_id: string;
  kind: PendingActionKind;
  then_resolve: boolean;
  draft_id: string | null;
  content: string | null;
  actor: Actor;
  last_seen: string | null;
  dedupe_key: string;
  attempts: number;
  held: PendingActionHoldReason | null;
  due_at: Timestamp;
  created_at: Timestamp;
}

export function toPendingAction(row: PendingActionRow): PendingAction {
  return {
    id: row.id,
    conversationId: row.conversation_id,
    kind: row.kind,
    thenResolve: row.then_resolve,
    draftId: row.draft_id,
    content: row.content,
    actor: row.actor,
    lastSeen: row.last_seen,
    dedupeKey: row.dedupe_key,
    dueAt: toDate(row.due_at),
    createdAt: toDate(row.created_at),
    held: row.held,
  };
}
