/**
 * The inputs of the calls of {@link Cairnloop}. Unknown keys are refused with `INPUT_INVALID`. Lengths are in
 * characters. Each interface is checked against the schema that reads it.
 */
import type { Actor, ConversationStatus, DeliveryState, DeliveryTopic } from './domain.js';

export interface PageInput {
  /** The `nextCursor` of the page before. Default: the first page. */
  cursor?: string | null | undefined;
  /** Items on a page, 1 to 200. Default 50. */
  limit?: number | undefined;
}

export interface CustomerInput {
  /** The customer's name: at most 200 characters, on one line. */
  name?: string | null | undefined;
  /** The customer's e-mail address; at most 320 characters. */
  email?: string | null | undefined;
}

export interface OpenInput {
  /** The host's own id of the customer, stored unchanged; at most 1000 bytes. Default: an anonymous customer. */
  actorId?: string | null | undefined;
  /**
   * The name and address by which operators see and find the customer. Without a name the workspace shows
   * `metadata.customerName`, the `name` in the customer's context facts, the address or the actor id. Default none.
   */
  customer?: CustomerInput | null | undefined;
  /** The host's user who owns the conversation's account, if that is someone else. At most 1000 bytes. */
  hostUserId?: string | null | undefined;
  /** The conversation's subject; at most 1000 characters. */
  subject?: string | null | undefined;
  /** Priority, on which SLA policies match; at most 500 characters. Default `normal`. */
  priority?: string | undefined;
  /** At most 50 tags of at most 500 characters each. Default none. */
  tags?: string[] | undefined;
  /** The customer's first message; it starts the SLA clock and asks for a draft, as `receive` does. */
  message?: string | null | undefined;
  /** Metadata of the conversation, which is also handed to the callbacks; at most 64 KB as JSON. Default `{}`. */
  metadata?: Record<string, unknown> | undefined;
  /**
   * Dedupe key of 1 to 1000 characters: a second call with it for the same `actorId` returns the first conversation.
   */
  dedupeKey?: string | undefined;
}

export interface ReceiveInput {
  /**
   * What the customer wrote. A text of more than 1 000 000 characters is cut, and `metadata.truncatedFrom` has its
   * length.
   */
  content: string;
  /** Metadata of the message; at most 64 KB as JSON. Default `{}`. */
  metadata?: Record<string, unknown> | undefined;
  /** Dedupe key of 1 to 1000 characters: a second call with it for the same conversation returns the first message. */
  dedupeKey?: string | undefined;
}

export interface NoteInput {
  /** The text of the note or reply; at most 1 000 000 characters. */
  content: string;
  actor: Actor;
  /** Dedupe key of 1 to 500 characters: a second call with it for the same conversation returns the first message. */
  dedupeKey?: string | undefined;
}

export interface ReplyInput extends NoteInput {
  /**
   * The id of the newest message that the writer had read, null for none. With a newer message in the conversation the
   * call throws `CONVERSATION_CHANGED`.
   */
  lastSeenMessageId?: string | null | undefined;
}

export interface ResolveInput {
  resolvedBy: Actor;
  /** Metadata that is handed to `onConversationResolved`; at most 64 KB as JSON. Default `{}`. */
  metadata?: Record<string, unknown> | undefined;
}

/** The fields to change: at least one besides `actor`. */
export interface UpdateInput {
  /**
   * The new priority; at most 500 characters. A running SLA clock keeps its terms; the next one takes those of the new
   * priority.
   */
  priority?: string | undefined;
  /** Replaces all tags. At most 50 tags of at most 500 characters each. */
  tags?: string[] | undefined;
  /** Tags to add; tags that another operator adds meanwhile are kept. At most 50 tags in total. */
  addTags?: string[] | undefined;
  /** Tags to remove. */
  removeTags?: string[] | undefined;
  /** The new subject, at most 1000 characters; null removes it. */
  subject?: string | null | undefined;
  /** The operator who is to reply; null for nobody. */
  assignee?: Actor | null | undefined;
  /**
   * The id of the assignee that the caller saw, null for nobody. If the assignee has changed since, a new
   * assignee is refused.
   */
  lastSeenAssigneeId?: string | null | undefined;
  /**
   * Metadata to merge by its top-level keys: null removes a key, and keys that are not named stay. At most 64 KB as
   * JSON.
   */
  metadata?: Record<string, unknown> | undefined;
  /** Who makes the change. */
  actor: Actor;
}

export interface SnoozeInput {
  /** When the snooze ends: a moment in the future by the database's clock. Null wakes the conversation now. */
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
   * `active`: an SLA clock runs or is paused; `due`: it runs and the response is overdue; `fulfilled`, `breached`: how
   * the latest SLA clock ended.
   */
  sla?: 'active' | 'due' | 'fulfilled' | 'breached' | undefined;
  /**
   * Parts of words to find: all of them in the subject, actor id, customer and tags, or all in one message. At most 200
   * characters; see docs/search.md.
   */
  search?: string | undefined;
  /** The customer's id, compared exactly. */
  actorId?: string | undefined;
  /** The id of the assigned operator, compared exactly; null for unassigned conversations. */
  assignee?: string | null | undefined;
  tag?: string | undefined;
  /** Whether the conversation is snoozed now. */
  snoozed?: boolean | undefined;
}

export interface ListInput extends ConversationFilter, PageInput {}

export interface CustomerListInput extends PageInput {}

export interface CustomerThreadInput {
  /** The id of a message: only messages before it are returned. Default: the newest messages. */
  before?: string | undefined;
  /** Number of messages, 1 to 200. Default 200. */
  limit?: number | undefined;
}

export interface CustomerReadInput {
  /** The id of the newest message that the customer was shown. Default: the newest message. */
  messageId?: string | undefined;
}

export interface ApproveInput {
  actor: Actor;
  /**
   * The id of the newest message that the operator had read, null for none. With a newer message in the conversation
   * the call throws `CONVERSATION_CHANGED`.
   */
  lastSeenMessageId?: string | null | undefined;
}

export interface EditInput extends ApproveInput {
  /** The text to send instead of the draft's own. */
  content: string;
}

export interface UseInput extends EditInput {
  /**
   * Dedupe key of 1 to 500 characters: a second call with it for the same conversation sends nothing and returns the
   * draft.
   */
  dedupeKey?: string | undefined;
}

export interface DiscardInput {
  actor: Actor;
  /** Why the draft is discarded; at most 2000 characters. */
  reason?: string | undefined;
}

export interface TriggerInput {
  templateId: string;
  /** The exact text to deliver. */
  content: string;
  /** Seconds to wait before the message is sent, up to 366 days. Default 0: at once. */
  scheduleInSeconds?: number | undefined;
  /** Dedupe key of 1 to 500 characters: a second call with it for the same conversation sends nothing. */
  dedupeKey?: string | undefined;
  /** Who sends the message. Default `{ id: 'system:host' }`. */
  actor?: Actor | undefined;
}

export interface BulkInput {
  templateId: string;
  /** The exact text to deliver to each recipient. */
  content: string;
  /** Dedupe key of 1 to 500 characters: recipients that already have a message with it are skipped. */
  dedupeKey?: string | undefined;
  /** Who sends the message. Default `{ id: 'system:host' }`. */
  actor?: Actor | undefined;
}

export interface CancelInput {
  actor: Actor;
}

export interface PauseInput {
  /** Why the SLA clock is paused; at most 1000 characters. */
  reason: string;
  actor: Actor;
}

export interface ResumeInput {
  actor: Actor;
}

export interface DeliveryListInput extends PageInput {
  /** The states to list. Default: every state. */
  state?: DeliveryState | DeliveryState[] | undefined;
  topic?: DeliveryTopic | undefined;
}

export interface RetryOrDiscardInput {
  actor: Actor;
}

export interface RetryInput extends RetryOrDiscardInput {
  /** Sends a message now even if it is scheduled for later. Default false: such a call throws `DELIVERY_SCHEDULED`. */
  releaseScheduled?: boolean | undefined;
}

/**
 * Deliveries that were discarded after their last attempt. A delivery that was discarded by hand is not included; it
 * can be retried by its id.
 */
export interface RetryRange {
  /** The topic to retry. Default: every topic. */
  topic?: DeliveryTopic | undefined;
  /** Retries only deliveries that were discarded since this time. Default: all of them. */
  since?: Date | undefined;
}

export interface AuditListInput extends PageInput {
  conversationId?: string | undefined;
  /** The action to list, `<domain>.<past tense>`, or `<domain>.` for every action of a domain. */
  action?: string | undefined;
  /** The id of the actor, compared exactly. */
  actor?: string | undefined;
}

export interface ReportInput {
  /** The start of the period. Default: 30 days before `until`. */
  since?: Date | undefined;
  /** The period ends before this moment. Default: now. */
  until?: Date | undefined;
}

/** The input of `customers.erase`; `actor` and `reason` may be left out with `dryRun: true`. */
export type EraseInput =
  | { dryRun: true; actor?: Actor | undefined; reason?: string | undefined }
  | {
      /** Who erases the customer; it stays in the audit record. */
      actor: Actor;
      /**
       * Why the customer is erased; at most 2000 characters. It stays in the audit record, with the customer's id
       * replaced by `[erased]`.
       */
      reason: string;
      /** Only counts what would be erased, and writes nothing. Default false. */
      dryRun?: boolean | undefined;
    };
