/**
 * What the calls of {@link Cairnloop} take. Every other key is refused with `INPUT_INVALID`. Lengths are in characters.
 * Each interface is checked against the schema that reads it.
 */
import type { Actor, ConversationStatus, DeliveryState, DeliveryTopic } from './domain.js';

export interface PageInput {
  /** The `nextCursor` of the page before. Default: the first page. */
  cursor?: string | null | undefined;
  /** Items on a page, 1 to 200. Default 50. */
  limit?: number | undefined;
}

export interface CustomerInput {
  /** At most 200, on one line. */
  name?: string | null | undefined;
  /** An e-mail address; at most 320. */
  email?: string | null | undefined;
}

export interface OpenInput {
  /** The host's own id of the customer, kept to the letter; at most 1000 bytes. Default: an anonymous customer. */
  actorId?: string | null | undefined;
  /**
   * How operators see the customer, found by search. Without a name the workspace shows `metadata.customerName`, the
   * `name` in the customer's context facts, the address or the actor id. Default none.
   */
  customer?: CustomerInput | null | undefined;
  /** The host's user who owns the conversation's account, if that is someone else. At most 1000 bytes. */
  hostUserId?: string | null | undefined;
  /** At most 1000. */
  subject?: string | null | undefined;
  /** Priority, on which SLA policies match; at most 500 characters. Default `normal`. */
  priority?: string | undefined;
  /** At most 50 of at most 500 each. Default none. */
  tags?: string[] | undefined;
  /** The customer's first message; it starts the SLA clock and asks for a draft, as `receive` does. */
  message?: string | null | undefined;
  /** Stored with the conversation and handed to the callbacks; at most 64 KB as JSON. Default `{}`. */
  metadata?: Record<string, unknown> | undefined;
  /** 1 to 1000. A second call with the same key for the same `actorId` returns the first conversation. */
  dedupeKey?: string | undefined;
}

export interface ReceiveInput {
  /** What the customer wrote. Beyond 1 000 000 it is cut, and `metadata.truncatedFrom` has its length. */
  content: string;
  /** At most 64 KB as JSON. Default `{}`. */
  metadata?: Record<string, unknown> | undefined;
  /** 1 to 1000. A second call with the same key for the same conversation returns the first message. */
  dedupeKey?: string | undefined;
}

export interface NoteInput {
  /** At most 1 000 000. */
  content: string;
  actor: Actor;
  /** 1 to 500. A second call with the same key for the same conversation returns the first message. */
  dedupeKey?: string | undefined;
}

export interface ReplyInput extends NoteInput {
  /**
   * The newest message that the writer had read, null for none. A newer one refuses the call with
   * `CONVERSATION_CHANGED`.
   */
  lastSeenMessageId?: string | null | undefined;
}

export interface ResolveInput {
  resolvedBy: Actor;
  /** Handed to `onConversationResolved`; at most 64 KB as JSON. Default `{}`. */
  metadata?: Record<string, unknown> | undefined;
}

/** At least one field besides `actor`. */
export interface UpdateInput {
  /** At most 500. It counts from the next SLA clock on; a running one keeps its terms. */
  priority?: string | undefined;
  /** Replaces all tags. At most 50 of at most 500 each. */
  tags?: string[] | undefined;
  /** Tags to add, so that two operators who tag at once lose nothing. At most 50 in all. */
  addTags?: string[] | undefined;
  /** Tags to remove. */
  removeTags?: string[] | undefined;
  /** At most 1000; null removes it. */
  subject?: string | null | undefined;
  /** Who is to answer; null for nobody. */
  assignee?: Actor | null | undefined;
  /** The owner's id that the caller saw, null for nobody: if it is another one by now, `assignee` is refused. */
  lastSeenAssigneeId?: string | null | undefined;
  /** Merged by its top-level keys: null removes a key, and those that are not named stay. At most 64 KB as JSON. */
  metadata?: Record<string, unknown> | undefined;
  /** Who makes the change. */
  actor: Actor;
}

export interface SnoozeInput {
  /** A moment in the future by the database's clock; null wakes the conversation now. */
  until: Date | null;
  actor: Actor;
}

export interface ArchiveInput {
  actor: Actor;
}

export interface ReopenInput {
  actor: Actor;
}

export interface ConversationFilter {
  status?: ConversationStatus | undefined;
  priority?: string | undefined;
  /**
   * `active`: a clock runs or is paused; `due`: it runs and the response is overdue; `fulfilled`, `breached`: how the
   * latest clock ended.
   */
  sla?: 'active' | 'due' | 'fulfilled' | 'breached' | undefined;
  /**
   * Parts of words, all in the subject, actor id, customer and tags together or all in one message; at most 200. See
   * docs/search.md.
   */
  search?: string | undefined;
  /** The customer's id, to the letter. */
  actorId?: string | undefined;
  /** The id of who is to answer, to the letter; null for conversations of nobody. */
  assignee?: string | null | undefined;
  tag?: string | undefined;
  /** Whether it is snoozed now. */
  snoozed?: boolean | undefined;
}

export interface ListInput extends ConversationFilter, PageInput {}

export interface CustomerListInput extends PageInput {}

export interface CustomerThreadInput {
  /** The id of a message: returns those before it. Default: the newest. */
  before?: string | undefined;
  /** Messages, 1 to 200. Default 200. */
  limit?: number | undefined;
}

export interface CustomerReadInput {
  /** The newest message that the customer was shown. Default: the newest there is. */
  messageId?: string | undefined;
}

export interface ApproveInput {
  actor: Actor;
  /**
   * The newest message that the operator had read, null for none. A newer one refuses the call with
   * `CONVERSATION_CHANGED`.
   */
  lastSeenMessageId?: string | null | undefined;
}

export interface EditInput extends ApproveInput {
  /** The text to send instead of the draft's own. */
  content: string;
}

export interface UseInput extends EditInput {
  /** 1 to 500. A second call with the same key for the same conversation sends nothing and returns the draft. */
  dedupeKey?: string | undefined;
}

export interface DiscardInput {
  actor: Actor;
  /** At most 2000. */
  reason?: string | undefined;
}

export interface TriggerInput {
  templateId: string;
  /** The exact text to deliver. */
  content: string;
  /** 0 to 366 days. Default 0: at once. */
  scheduleInSeconds?: number | undefined;
  /** 1 to 500. A second call with the same key for the same conversation sends nothing. */
  dedupeKey?: string | undefined;
  /** Default `{ id: 'system:host' }`. */
  actor?: Actor | undefined;
}

export interface BulkInput {
  templateId: string;
  /** What is delivered to each recipient, to the letter. */
  content: string;
  /** 1 to 500. Recipients that already have a message with this key are skipped. */
  dedupeKey?: string | undefined;
  /** Default `{ id: 'system:host' }`. */
  actor?: Actor | undefined;
}

export interface CancelInput {
  actor: Actor;
}

export interface PauseInput {
  /** At most 1000. */
  reason: string;
  actor: Actor;
}

export interface ResumeInput {
  actor: Actor;
}

export interface DeliveryListInput extends PageInput {
  /** Default: every state. */
  state?: DeliveryState | DeliveryState[] | undefined;
  topic?: DeliveryTopic | undefined;
}

export interface RetryOrDiscardInput {
  actor: Actor;
}

export interface RetryInput extends RetryOrDiscardInput {
  /** Also sends a message now that is scheduled for later. Default false: `DELIVERY_SCHEDULED`. */
  releaseScheduled?: boolean | undefined;
}

/**
 * Deliveries that were discarded after their last attempt. One that was discarded by hand is in no range; it can be
 * retried by its id.
 */
export interface RetryRange {
  /** Default: every topic. */
  topic?: DeliveryTopic | undefined;
  /** Discarded since then. Default: since ever. */
  since?: Date | undefined;
}

export interface AuditListInput extends PageInput {
  conversationId?: string | undefined;
  /** `<domain>.<past tense>`, or `<domain>.` for all of a domain. */
  action?: string | undefined;
  /** The id of who acted, to the letter. */
  actor?: string | undefined;
}

export interface ReportInput {
  /** Default: 30 days before `until`. */
  since?: Date | undefined;
  /** The period ends before this moment. Default: now. */
  until?: Date | undefined;
}

/** `actor` and `reason` may be left out with `dryRun: true`. */
export type EraseInput =
  | { dryRun: true; actor?: Actor | undefined; reason?: string | undefined }
  | {
      /** Who erases; it stays in the audit record. */
      actor: Actor;
      /** Why; at most 2000. It stays in the audit record, with the customer's id replaced by `[erased]`. */
      reason: string;
      /** Counts and writes nothing. Default false. */
      dryRun?: boolean | undefined;
    };
