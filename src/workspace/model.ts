import type { Actor, Conversation, DeliveryState, DeliveryTopic, Draft, Message } from '../contracts/domain.js';

/** The data that pages show: query rows converted to plain values. */

/** The SLA clock of a conversation, as operators see it. */
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
  /** When customer or team last wrote; notes, tags and drafts do not change it. */
  lastMessageAt: Date;
  /** Id of the message in the preview. */
  newestMessageId: string | null;
  preview: { role: Message['role']; text: string } | null;
  unanswered: boolean;
  waitingDraft: boolean;
  /** The assigned operator. */
  owner: Actor | null;
  tags: string[];
  /** When its snooze ends; null if it is not snoozed. */
  snoozedUntil: Date | null;
  clock: Clock | null;
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
  /** The delivery of an outbound message or of a reply with a status. */
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
  /** Leased by a worker. */
  leased: boolean;
  /** Waits for an earlier reply of the conversation that is not settled. */
  heldBack: boolean;
}

/** A draft as the thread shows it. */
export interface ThreadDraft extends Draft {
  /** Who wrote after the message that the draft is based on; null if nobody did. */
  stale: 'customer' | 'answer' | null;
}

/** An operator's action that is not executed yet, or was held. */
export interface PendingLine {
  id: string;
  kind: 'reply' | 'use' | 'approve' | 'edit' | 'resolve';
  thenResolve: boolean;
  draftId: string | null;
  /** The beginning of the text; null for an action that sends none. */
  content: string | null;
  actor: Actor;
  dueAt: Date;
  held: { code: string; details?: Record<string, unknown> } | null;
}

/** Everything that a thread shows besides its messages. */
export interface ThreadHead {
  conversation: Conversation;
  customer: string | null;
  clock: Clock | null;
  /** Since when the customer waits for an answer; null if none is due. */
  waitingSince: Date | null;
  /** Whether the team wrote the newest message. */
  answered: boolean;
  /** Drafts that wait, and a newest one superseded by the customer; newest first. */
  drafts: ThreadDraft[];
  /** Oldest first. */
  pending: PendingLine[];
  outbound: OutboundMessageLine[];
  audit: AuditLine[];
  /** The customer's other conversations, the newest first. */
  others: OtherConversation[];
  /** The newest message on the page, which counts as read when the operator replies. */
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

export interface OutboundMessageLine {
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

/** The state of the workers, shown above the deliveries. */
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
