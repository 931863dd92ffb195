import type { Actor, Conversation, DeliveryState, DeliveryTopic, Draft, Message } from '../contracts/domain.js';

/** What the pages show: rows as the queries answer them, made plain. */

/** A conversation's SLA clock, with what an operator needs to know of it. */
export interface Clock {
  priority: string;
  status: 'active' | 'fulfilled' | 'breached';
  startedAt: Date;
  responseDueAt: Date;
  breachAt: Date;
  pausedAt: Date | null;
  completedAt: Date | null;
}

/** One line of the queue. */
export interface QueueRow {
  id: string;
  /** What the customer is called: by name, else by address or id. */
  customer: string | null;
  actorId: string | null;
  subject: string | null;
  status: Conversation['status'];
  priority: string;
  /** When the newest message between customer and team came; notes, tags and drafts do not move it. */
  lastMessageAt: Date;
  preview: { role: Message['role']; text: string } | null;
  unanswered: boolean;
  waitingDraft: boolean;
  /** Who is to reply. */
  owner: Actor | null;
  tags: string[];
  /** Until when it is out of the queue; null where it is not. */
  snoozedUntil: Date | null;
  clock: Clock | null;
}

/** A count that stops counting: `more` says that there are more than `value`. */
export interface CappedCount {
  value: number;
  more: boolean;
}

/** One message of the thread. */
export interface ThreadMessage extends Message {
  /** Characters of the whole message; `content` may hold only its beginning. */
  fullLength: number;
  /** Of an outbound message or a reply with a status: the call that hands it over. */
  delivery: ThreadDelivery | null;
  /** The proposal that an operator changed before it was sent. */
  proposed: string | null;
}

export interface MessageDelivery {
  id: string;
  state: DeliveryState;
  attempts: number;
  availableAt: Date;
  lastError: string | null;
}

/** A delivery as the thread shows it beside its message. */
export interface ThreadDelivery extends MessageDelivery {
  /** A worker has it. */
  leased: boolean;
  /** An earlier reply of the conversation is not settled, and this one waits for it. */
  heldBack: boolean;
}

/** A draft as the thread shows it. */
export interface ThreadDraft extends Draft {
  /** Who wrote after what the draft was made from; null where nobody has. */
  stale: 'customer' | 'answer' | null;
}

/** What an operator has asked for and is not done yet, or was held. */
export interface PendingLine {
  id: string;
  kind: 'reply' | 'use' | 'approve' | 'edit' | 'resolve';
  thenResolve: boolean;
  draftId: string | null;
  /** The beginning of the text; null where nothing is sent. */
  content: string | null;
  actor: Actor;
  dueAt: Date;
  held: { code: string; details?: Record<string, unknown> } | null;
}

/** What stands beside the messages. */
export interface ThreadHead {
  conversation: Conversation;
  customer: string | null;
  clock: Clock | null;
  /** Since when the customer waits for an answer; null where nobody owes one. */
  waitingSince: Date | null;
  /** Whether the newest message of the two sides is the team's. */
  answered: boolean;
  /** Those that wait, and the newest one as long as the customer has overtaken it; newest first. */
  drafts: ThreadDraft[];
  /** Oldest first. */
  pending: PendingLine[];
  outbound: OutboundLine[];
  audit: AuditLine[];
  /** The customer's other conversations, the newest first. */
  others: OtherConversation[];
  /** The newest message that an operator could have read when replying. */
  newestMessageId: string | null;
  now: Date;
}

export interface OtherConversation {
  id: string;
  subject: string | null;
  status: Conversation['status'];
  lastMessageAt: Date;
  unanswered: boolean;
}

export interface OutboundLine {
  messageId: string;
  templateId: string;
  status: NonNullable<Message['status']>;
  createdAt: Date;
  sentAt: Date | null;
}

export interface AuditLine {
  id: string;
  at: Date;
  actor: Actor;
  action: string;
  conversationId: string | null;
  subject: string | null;
  detail: Record<string, unknown>;
}

export interface DeliveryLine extends MessageDelivery {
  topic: DeliveryTopic;
  conversationId: string;
  subject: string | null;
  leased: boolean;
  createdAt: Date;
  settledAt: Date | null;
}

/** How the worker is doing, as the top of the deliveries page says it. */
export interface WorkerHealth {
  now: Date;
  lastBeatAt: Date | null;
  /** How many are alive. */
  workers: number;
  oldestDueAt: Date | null;
  discarded: CappedCount;
  retrying: CappedCount;
  pending: CappedCount;
}
