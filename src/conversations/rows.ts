import type { Actor, Conversation, Customer, Message } from '../contracts/domain.js';
import { type Timestamp, toDate } from '../db/timestamp.js';
import { deepFreeze } from '../foundation/deep-freeze.js';
import { readActor } from './stored-actor.js';

/** A row of `conversations`. */
export interface ConversationRow {
  id: string;
  actor_id: string | null;
  customer: Customer | null;
  host_user_id: string | null;
  subject: string | null;
  status: Conversation['status'];
  priority: string;
  tags: string[];
  metadata: Record<string, unknown>;
  assignee: Actor | null;
  snoozed_until: Timestamp | null;
  csat_rating: Conversation['csatRating'];
  created_at: Timestamp;
  updated_at: Timestamp;
  last_message_at: Timestamp | null;
  unanswered_since: Timestamp | null;
  resolved_at: Timestamp | null;
  resolved_by: Actor | null;
}

/**
 * The columns of a {@link ConversationRow}; the table has more, which would slow down a worker that loads thousands of
 * rows a second.
 */
const columns: Record<keyof ConversationRow, true> = {
  id: true,
  actor_id: true,
  host_user_id: true,
  subject: true,
  status: true,
  priority: true,
  tags: true,
  customer: true,
  metadata: true,
  assignee: true,
  snoozed_until: true,
  csat_rating: true,
  created_at: true,
  updated_at: true,
  last_message_at: true,
  unanswered_since: true,
  resolved_at: true,
  resolved_by: true,
};

/** All columns of a {@link ConversationRow}; the compiler reports a missing one. */
export const conversationColumns = Object.keys(columns) as readonly (keyof ConversationRow)[];

/** A row of `messages`. */
export interface MessageRow {
  id: string;
  conversation_id: string;
  role: Message['role'];
  content: string;
  author: Actor | null;
  metadata: Record<string, unknown>;
  status: Message['status'];
  sent_at: Timestamp | null;
  created_at: Timestamp;
}

export function toConversation(row: ConversationRow, messages?: Message[], isTruncated = false): Conversation {
  return deepFreeze({
    id: row.id,
    actorId: row.actor_id,
    customer: row.customer,
    hostUserId: row.host_user_id,
    subject: row.subject,
    status: row.status,
    priority: row.priority,
    tags: row.tags,
    metadata: row.metadata,
    assignee: readActor(row.assignee),
    snoozedUntil: toDate(row.snoozed_until),
    csatRating: row.csat_rating,
    createdAt: toDate(row.created_at),
    updatedAt: toDate(row.updated_at),
    lastMessageAt: toDate(row.last_message_at),
    resolvedAt: toDate(row.resolved_at),
    resolvedBy: readActor(row.resolved_by),
    ...(messages && { messages }),
    ...(isTruncated && { messagesTruncated: true }),
  });
}

export function toMessage(row: MessageRow): Message {
  return deepFreeze({
    id: row.id,
    conversationId: row.conversation_id,
    role: row.role,
    content: row.content,
    author: readActor(row.author),
    metadata: row.metadata,
    status: row.status,
    sentAt: toDate(row.sent_at),
    createdAt: toDate(row.created_at),
  });
}
