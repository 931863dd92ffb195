/**
 * The data types that Cairnloop hands to host modules, operators and HTTP clients. Always frozen, never an ORM
 * instance. Ids are strings; times are `Date` in code and ISO-8601 UTC in JSON.
 */

/** Who did something: an operator, a customer, or a named part of the system (`{ id: 'system:worker' }`). */
export interface Actor {
  id: string;
  name?: string;
}

export const conversationStatuses = ['open', 'resolved', 'archived'] as const;
export type ConversationStatus = (typeof conversationStatuses)[number];

export const csatRatings = ['positive', 'negative'] as const;
export type CsatRating = (typeof csatRatings)[number];

/** The customer's name and e-mail address, as the host passed them to `conversations.open`. */
export interface Customer {
  /** The customer's name; at most 200 characters. */
  name?: string;
  /** The customer's e-mail address; at most 320 characters. */
  email?: string;
}

/** A thread of messages with one customer. */
export interface Conversation {
  id: string;
  /** The host's own id of the customer, unchanged; null for an anonymous customer. */
  actorId: string | null;
  /** The customer's name and address; null where `conversations.open` was given neither. */
  customer: Customer | null;
  /** The host's user who owns the conversation's account, when that is someone else than the customer. */
  hostUserId: string | null;
  subject: string | null;
  status: ConversationStatus;
  /** The priority, free text by which the SLA policy is chosen. Default `normal`. */
  priority: string;
  tags: string[];
  metadata: Record<string, unknown>;
  /** The operator who is to reply; null for nobody. */
  assignee: Actor | null;
  /** End of the snooze, which a customer's message ends early. In the past or null: the conversation is not snoozed. */
  snoozedUntil: Date | null;
  csatRating: CsatRating | null;
  createdAt: Date;
  updatedAt: Date;
  lastMessageAt: Date | null;
  resolvedAt: Date | null;
  resolvedBy: Actor | null;
  /** The messages, oldest first. Present where a single conversation was read. */
  messages?: Message[];
  /** True where older messages were left out or the newest was cut, because they were too many or too large. */
  messagesTruncated?: boolean;
}

export const messageRoles = ['customer', 'operator', 'automation', 'system', 'internal_note', 'outbound'] as const;
export type MessageRole = (typeof messageRoles)[number];

export const outboundStatuses = ['pending', 'sent', 'failed'] as const;
export type OutboundStatus = (typeof outboundStatuses)[number];

/** One message or internal note of a conversation. */
export interface Message {
  id: string;
  conversationId: string;
  role: MessageRole;
  content: string;
  author: Actor | null;
  /**
   * An outbound message has `templateId` in its metadata; one whose delivery was given up also has
   * `failure: { reason, attempts }`.
   */
  metadata: Record<string, unknown>;
  /**
   * The delivery status of an outbound message, and of a reply that is delivered by `notifier.onReply`: `pending` until
   * the callback succeeds (`sent`) or its delivery is discarded (`failed`). Null for every other message.
   */
  status: OutboundStatus | null;
  sentAt: Date | null;
  createdAt: Date;
}

/**
 * A conversation as its customer may see it. A type of its own with nothing internal in it: no tag, priority, SLA,
 * metadata or operator id.
 */
export interface CustomerConversation {
  id: string;
  subject: string | null;
  status: ConversationStatus;
  createdAt: Date;
  lastMessageAt: Date | null;
  /** How many messages from support the customer has not read, counted up to 100. */
  unread: number;
  csatRating: CsatRating | null;
  /** The messages, oldest first. Present where a single conversation was read. */
  messages?: CustomerMessage[];
}

/** A message as the customer may see it: never a note, a draft, a system message or an unsent message. */
export interface CustomerMessage {
  id: string;
  from: 'customer' | 'support';
  /** The operator's display name; null for the customer, for automation and for an operator without a name. */
  name: string | null;
  content: string;
  /** When the message was written; for an outbound message, when it was sent. */
  createdAt: Date;
}

export const slaStatuses = ['active', 'fulfilled', 'breached'] as const;
export type SlaStatus = (typeof slaStatuses)[number];

/** One running or ended SLA clock: from the first unanswered customer message to the answer or the breach. */
export interface Sla {
  id: string;
  conversationId: string;
  priority: string;
  status: SlaStatus;
  startedAt: Date;
  responseDueAt: Date;
  breachAt: Date;
  completedAt: Date | null;
}

export const proposalTypes = ['reply', 'clarification', 'escalation'] as const;
export type ProposalType = (typeof proposalTypes)[number];

export const riskTiers = ['low', 'medium', 'high'] as const;
export type RiskTier = (typeof riskTiers)[number];

/** Evidence for a proposal: a source and a quotation from it. */
export interface Evidence {
  source: string;
  quote?: string;
  url?: string;
}

/** A proposed message, as a DraftGenerator returns it and `drafts.propose` takes it. */
export interface ProposalInput {
  type: ProposalType;
  content: string;
  /** The risk of sending the text without review. Default `medium`. */
  riskTier?: RiskTier;
  summary?: string;
  evidence?: Evidence[];
}

/** A proposed message that the AutomationPolicy decides about. */
export interface Proposal {
  id: string;
  conversationId: string;
  type: ProposalType;
  content: string;
  riskTier: RiskTier;
  summary: string;
  evidence: Evidence[];
  conversation: Conversation;
}

export const decisions = ['allow', 'draft_only', 'require_approval', 'deny'] as const;
export type Decision = (typeof decisions)[number];

/**
 * `pending` awaits approval; `prepared` is a `draft_only` draft, which waits for no decision; `approved`, `edited` and
 * `allowed` became a message; `denied` keeps no content; `superseded` was overtaken by a newer customer message.
 */
export const draftStatuses = [
  'pending',
  'prepared',
  'approved',
  'edited',
  'allowed',
  'discarded',
  'denied',
  'superseded',
] as const;
export type DraftStatus = (typeof draftStatuses)[number];

/**
 * A proposal with the policy's decision and what became of it. `content`, `summary` and `evidence` are empty when
 * denied.
 */
export interface Draft {
  id: string;
  conversationId: string;
  type: ProposalType;
  content: string;
  riskTier: RiskTier;
  summary: string;
  evidence: Evidence[];
  decision: Decision;
  status: DraftStatus;
  /** The id of the newest message that the draft takes into account. */
  basedOnMessageId: string | null;
  /** The id of the message that was sent from the draft; null for none. */
  messageId: string | null;
  decidedAt: Date;
  settledAt: Date | null;
  settledBy: Actor | null;
  createdAt: Date;
}

export const deliveryTopics = [
  'conversation_resolved',
  'sla_breach',
  'outbound',
  'reply',
  'draft',
  'customer_erased',
] as const;
export type DeliveryTopic = (typeof deliveryTopics)[number];

export const deliveryStates = ['pending', 'done', 'discarded'] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/**
 * One call that Cairnloop has to make to a host module. Its `id` is the `deliveryId` that the callback sees on every
 * attempt.
 */
export interface Delivery {
  id: string;
  topic: DeliveryTopic;
  conversationId: string;
  /** The id of the SLA clock or message that the call is about; null for a resolved conversation. */
  subjectId: string | null;
  state: DeliveryState;
  availableAt: Date;
  attempts: number;
  lastError: string | null;
  createdAt: Date;
  settledAt: Date | null;
  /** Until when a worker has claimed the delivery; null or in the past while none has. */
  leaseUntil: Date | null;
}

/** One entry of the append-only audit record. */
export interface AuditEvent {
  id: string;
  at: Date;
  actor: Actor;
  /** The action, as `<domain>.<past tense>`, e.g. `conversation.resolved`. */
  action: string;
  conversationId: string | null;
  subjectId: string | null;
  detail: Record<string, unknown>;
  /**
   * The fields that were erased with a customer's data: `actor` is then `{ id: 'erased' }`, `detail` is
   * `{ erased: true }`.
   */
  erased?: ('actor' | 'detail')[];
}

/** The end of the audit chain at one moment. Kept elsewhere, it proves later that no event up to `seq` was changed. */
export interface AuditAnchor {
  /** The sequence number of the last sealed event; 0 while nothing is sealed. */
  seq: number;
  /** The hash of the last sealed event: SHA-256 in hexadecimal. */
  hash: string;
  /** How many audit events are sealed. */
  count: number;
  /** When the anchor was read, by the database's clock. */
  at: Date;
  /** The id of the key that signed the last event; null where no `audit.key` is configured. */
  keyId: string | null;
}

/** One page of a list; pass its `nextCursor` as `cursor` to get the next page. */
export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}
