import type { CustomerConversation, CustomerMessage, MessageRole } from '../contracts/domain.js';
import { type Timestamp, toDate } from '../db/timestamp.js';

/** The columns of a conversation that its customer may see, and no others. */
export interface CustomerConversationRow {
  id: string;
  subject: string | null;
  status: CustomerConversation['status'];
  created_at: Timestamp;
  last_message_at: Timestamp | null;
  unread: number;
  csat_rating: CustomerConversation['csatRating'];
  /** The messages, oldest first; absent unless they were requested. */
  messages?: PackedCustomerMessage[];
}

/** A message that the customer may see, as the statement that reads it returns it: an array in this order. */
type PackedCustomerMessage = [
  id: string,
  role: MessageRole,
  authorName: string | null,
  content: string,
  createdAt: string,
];

/** Converts a row key by key, so that a new column is not shown to customers by accident. */
export function toCustomerConversation(row: CustomerConversationRow): CustomerConversation {
  return {
    id: row.id,
    subject: row.subject,
    status: row.status,
    createdAt: toDate(row.created_at),
    lastMessageAt: toDate(row.last_message_at),
    unread: row.unread,
    csatRating: row.csat_rating,
    ...(row.messages && { messages: row.messages.map(toCustomerMessage) }),
  };
}

function toCustomerMessage([id, role, authorName, content, createdAt]: PackedCustomerMessage): CustomerMessage {
  return {
    id,
    from: role === 'customer' ? 'customer' : 'support',
    name: role === 'operator' || role === 'outbound' ? authorName : null,
    content,
    createdAt: toDate(createdAt),
  };
}
