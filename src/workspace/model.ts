import type { Actor, Conversation, DeliveryState, DeliveryTopic, Draft, Message } from '../contracts/domain.js';

/** The data that workspace pages show: query rows converted to plain values. */

/** The SLA clock of a conversation, as operators see it. */
export interface SlaClock {
  priority: string;
  status: 'active' | 'fulfilled' | 'breached';
  startedAt: Date;
  responseDueAt: Date;
  breachAt: Date;
  pausedAt: Date | null;
  completedAt: Date | null;
}

/** One conversation as the queue shows it. */
export interface QueueRow {
  id: string;
  /** How the customer is shown: by name, else by e-mail address, else by id. */
  customer: string | null;
  actorId: string | null;
  subject: string | null;
  status: Conversation['status'];
  priority: string;
  /** When the customer or the team last wrote a message; notes, tags and drafts do not count. */
  lastMessageAt: Date;
  /** Id of the message that the preview shows. */
  newestMessageId: string | null;
  preview: { role: Message['role']; text: string } | null;
  unanswered: boolean;
  waitingDraft: boolean;
  /** The operator to whom the conversation is assigned. */
  owner: Actor | null;
  tags: string[];
  /** When the snooze ends; null if the conversation is not snoozed. */
  snoozedUntil: Date | null;
  clock: SlaClock | null;
}

/** A count with a cap: `more` means that there are more than `value`. */
export interface CappedCount {
  value: number;
  more: boolean;
}

/** One message of the thread. */
export interface ThreadMessage extends Message {
  /** Length of the whole message in characters; `content` may be cut. */
  fullLength: number;
  /** The delivery of an outbound message, or of a reply that has a `status`; else null. */
  delivery: ThreadDelivery | null;
  /** The draft text that an operator edited into this message; null for any other message. */
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
  /** Whether a worker has leased the delivery, which means that it is calling the host. */
  leased: boolean;
  /** Whether the delivery waits until an earlier reply of its conversation is settled. */
  heldBack: boolean;
}

/** A draft as the thread shows it. */
export interface ThreadDraft extends Draft {
  /**
   * Who wrote after the message that the draft is based on: `customer`, or `answer` for the team; null if nobody did.
   */
  stale: 'customer' | 'answer' | null;
}

/** An operator's action that waits for its take-back time to end, or that is held instead of being executed. */
export interface PendingActionSummary {
  id: string;
  kind: 'reply' | 'use' | 'approve' | 'edit' | 'resolve';
  thenResolve: boolean;
  draftId: string | null;
  /** The beginning of the text to send; null for an action that sends no text. */
  content: string | null;
  actor: Actor;
  dueAt: Date;
  held: { code: string; details?: Record<string, unknown> } | null;
}

/** Everything of a conversation that its page shows besides the messages. */
export interface ThreadDetails {
  conversation: Conversation;
  customer: string | null;
  clock: SlaClock | null;
  /** Since when the customer waits for an answer; null if no answer is due. */
  waitingSince: Date | null;
  /** Whether the team wrote the newest message. */
  answered: boolean;
  /** The drafts that await a decision, and the newest draft if a customer message superseded it; newest first. */
  drafts: ThreadDraft[];
  /** Pending and held actions of operators, oldest first. */
  pending: PendingActionSummary[];
  outbound: OutboundMessageSummary[];
  audit: AuditLine[];
  /** The customer's other conversations, the newest first. */
  others: OtherConversation[];
  /** Id of the newest message on the page, which counts as read when the operator replies. */
  newestMessageId: string | null;
  /** Whether a notifier, here or in a worker, can deliver an outbound message. */
  canFollowUp: boolean;
  now: Date;
}

export interface OtherConversation {
  id: string;
  subject: string | null;
  status: Conversation['status'];
  lastMessageAt: Date;
  unanswered: boolean;
}

export interface OutboundMessageSummary {
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

export interface DeliverySummary extends MessageDelivery {
  topic: DeliveryTopic;
  conversationId: string;
  subject: string | null;
  leased: boolean;
  createdAt: Date;
  settledAt: Date | null;
}

/** The state of the workers, shown above the list of deliveries. */
export interface WorkerHealth {
  now: Date;
  lastBeatAt: Date | null;
  /** How many workers are alive. */
  workers: number;
  oldestDueAt: Date | null;
  discarded: CappedCount;
  retrying: CappedCount;
  pending: CappedCount;
}
