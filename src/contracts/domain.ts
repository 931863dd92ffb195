/**
 * The plain data that Cairnloop hands to host modules, operators and HTTP. Always frozen, never an ORM instance.
 * Ids are strings; times are `Date` in code and ISO-8601 UTC in JSON.
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

/** What the customer is called and where they can be reached, as the host said it to `conversations.open`. */
export interface Customer {
  /** At most 200 characters. */
  name?: string;
  /** At most 320 characters. */
  email?: string;
}

/** A thread with one customer. */
export interface Conversation {
  id: string;
  /** The host's own name for the customer, unchanged; null when the host gave none. */
  actorId: string | null;
  /** Null where `open` was given neither a name nor an address. */
  customer: Customer | null;
  /** The host's user who owns the conversation's account, when that is someone else than the customer. */
  hostUserId: string | null;
  subject: string | null;
  status: ConversationStatus;
  /** Free text that SLA policies match on. Default `normal`. */
  priority: string;
  tags: string[];
  metadata: Record<string, unknown>;
  /** Who is to reply; null for nobody. */
  assignee: Actor | null;
  /** End of the snooze, which a customer's message ends early. In the past or null: the conversation is not snoozed. */
  snoozedUntil: Date | null;
  csatRating: CsatRating | null;
  createdAt: Date;
  updatedAt: Date;
  lastMessageAt: Date | null;
  resolvedAt: Date | null;
  resolvedBy: Actor | null;
  /** Oldest first. Present where a whole conversation was asked for. */
  messages?: Message[];
  /** True where older messages were left out, or the newest was cut: there were too many of them, or too large ones. */
  messagesTruncated?: boolean;
}

export const messageRoles = ['customer', 'operator', 'automation', 'system', 'internal_note', 'outbound'] as const;
export type MessageRole = (typeof messageRoles)[number];

export const outboundStatuses = ['pending', 'sent', 'failed'] as const;
export type OutboundStatus = (typeof outboundStatuses)[number];

/** One entry of a conversation. */
export interface Message {
  id: string;
  conversationId: string;
  role: MessageRole;
  content: string;
  author: Actor | null;
  /** An outbound message carries `templateId`; one that has failed for good carries `failure: { reason, attempts }`. */
  metadata: Record<string, unknown>;
  /**
   * Outbound messages, and operator and automation messages that are owed to `notifier.onReply`: `pending` until the
   * callback succeeds (`sent`) or its delivery is discarded (`failed`). Null for every other message.
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
  /** Messages of support that came after the customer's last look, counted up to 100. */
  unread: number;
  csatRating: CsatRating | null;
  /** Oldest first. Present where one conversation was asked for. */
  messages?: CustomerMessage[];
}

/** A message as the customer may see it: never a note, a draft, a system message or an unsent message. */
export interface CustomerMessage {
  id: string;
  from: 'customer' | 'support';
  /** The operator's display name; null for the customer, for automation and for an operator without a name. */
  name: string | null;
  content: string;
  /** When it was written; for an outbound message, when it was sent. */
  createdAt: Date;
}

export const slaStatuses = ['active', 'fulfilled', 'breached'] as const;
export type SlaStatus = (typeof slaStatuses)[number];

/** One running or ended clock: from the first unanswered customer message to the answer or the breach. */
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

/** What a DraftGenerator returns, or `drafts.propose` takes. */
export interface ProposalInput {
  type: ProposalType;
  content: string;
  /** Default `medium`. */
  riskTier?: RiskTier;
  summary?: string;
  evidence?: Evidence[];
}

/** An automated step put to the AutomationPolicy. */
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
 * `pending` awaits approval; `prepared` is a `draft_only` draft, waiting for nothing; `approved`, `edited` and
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
  /** The newest message that the draft had seen. */
  basedOnMessageId: string | null;
  /** The message that the draft became. */
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

/** One call that is owed to a host module. Its `id` is the `deliveryId` that the callback sees on every attempt. */
export interface Delivery {
  id: string;
  topic: DeliveryTopic;
  conversationId: string;
  /** The SLA or message that the call is about; null for a resolved conversation. */
  subjectId: string | null;
  state: DeliveryState;
  availableAt: Date;
  attempts: number;
  lastError: string | null;
  createdAt: Date;
  settledAt: Date | null;
  /** End of the lease of the worker that calls it; in the past or null while no worker has it. */
  leaseUntil: Date | null;
}

/** One line of the append-only record. */
export interface AuditEvent {
  id: string;
  at: Date;
  actor: Actor;
  /** `<domain>.<past tense>`, e.g. `conversation.resolved`. */
  action: string;
  conversationId: string | null;
  subjectId: string | null;
  detail: Record<string, unknown>;
  /**
   * What was erased of this line with a customer's data: `actor` is then `{ id: 'erased' }`, `detail` `{ erased: true
   * }`.
   */
  erased?: ('actor' | 'detail')[];
}

/** The end of the audit chain at one moment. Kept elsewhere, it proves later that no event up to `seq` was changed. */
export interface AuditAnchor {
  /** The place of the last sealed event; 0 while nothing is sealed. */
  seq: number;
  /** Its hash: SHA-256 in hexadecimal. */
  hash: string;
  /** How many events are sealed. */
  count: number;
  /** When it was read, by the database's clock. */
  at: Date;
  /** The key that signed the last event; null where no `audit.key` is configured. */
  keyId: string | null;
}

/** One page of a list; hand `nextCursor` back as `cursor` for the next one. */
export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}
