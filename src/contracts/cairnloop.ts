import type { ContextResult } from '../context/context-reader.js';
import type { DeliveryCountsByTopic } from '../deliveries/retry-range.js';
import type { RequestHandlers } from '../http/mount.js';
import type { OperationsOptions } from '../ops/operations.js';
import type { BulkSend, BulkSendResult } from '../outbound/bulk-trigger.js';
import type { TriggeredMessage } from '../outbound/trigger.js';
import type { Portal, PortalOptions } from '../portal/portal.js';
import type { Report } from '../report/report-types.js';
import type { ClockHistory } from '../sla/clock-history.js';
import type { Telemetry } from '../telemetry/telemetry.js';
import type { TransactionExecutor } from '../within/executor.js';
import type { Worker } from '../worker/worker.js';
import type { Workspace, WorkspaceOptions } from '../workspace/workspace.js';
import type { CustomerExport, ErasureCounts } from './customer-data.js';
import type {
  Actor,
  AuditEvent,
  Conversation,
  CsatRating,
  CustomerConversation,
  Delivery,
  Draft,
  Message,
  Page,
  ProposalInput,
  Sla,
} from './domain.js';
import type {
  ApproveInput,
  ArchiveInput,
  AuditListInput,
  BulkInput,
  CancelInput,
  ConversationFilter,
  CustomerListInput,
  CustomerReadInput,
  CustomerThreadInput,
  DeliveryListInput,
  DiscardInput,
  EditInput,
  EraseInput,
  ListInput,
  NoteInput,
  OpenInput,
  PauseInput,
  ReceiveInput,
  ReopenInput,
  ReplyInput,
  ReportInput,
  ResolveInput,
  ResumeInput,
  RetryInput,
  RetryOrDiscardInput,
  RetryRange,
  SnoozeInput,
  TriggerInput,
  UpdateInput,
  UseInput,
} from './inputs.js';
import type { SlaPolicy } from './sla-policy-provider.js';

/**
 * The instance that `createCairnloop` returns. Every call may also throw `DATABASE_UNREACHABLE`, `OUTCOME_UNKNOWN` (the
 * connection was lost while a commit was under way), `MIGRATIONS_PENDING` or `SCHEMA_NEWER`. Returned data is frozen.
 */
export interface Cairnloop extends Calls {
  /**
   * Returns the same calls on an open transaction of the host's: what they write is committed with the host's rows, or
   * rolled back with them. Deliveries, telemetry and live pages follow the commit. Calls on one transaction run one
   * after the other, each in a savepoint, so that a refused call leaves the transaction usable. Throws `INPUT_INVALID`;
   * its calls also throw `TRANSACTION_REQUIRED`, `TRANSACTION_ELSEWHERE`, `TRANSACTION_CONFLICT`,
   * `TRANSACTION_ABORTED`, `TRANSACTION_LOST` and `TRANSACTION_UNSUITABLE`.
   */
  within(executor: TransactionExecutor): Within;
  /**
   * Counts first responses, SLA clocks, ratings, drafts and deliveries of a period of at most 366 days. Each number
   * comes with the newest conversations that it counts. Throws `INPUT_INVALID`.
   */
  report(input?: ReportInput): Promise<Report>;
  /** Attaches and detaches handlers of the telemetry events of this instance. */
  telemetry: Pick<Telemetry, 'attach' | 'detach'>;
  /** Returns the mount of `/health`, `/health/ready` and `/metrics`. Throws `MOUNT_OPTION_INVALID`. */
  operations(mount?: OperationsOptions): RequestHandlers;
  /** Returns the mount of the operators' page, which is loaded at the first request. Throws `MOUNT_OPTION_INVALID`. */
  workspace(options: WorkspaceOptions): Workspace;
  /**
   * Returns the mount of the customers' page, its JSON API and `<cairnloop-support>`, which is loaded at the first
   * request. Throws `MOUNT_OPTION_INVALID`.
   */
  portal(options: PortalOptions): Portal;
  /** The worker that `cairnloop worker` runs, for a host that runs it in its own process. */
  worker: Worker;
  /**
   * Stops the worker if it runs, waits for running calls, ends live pages and releases every connection and timer.
   * After a job, one timer of Agenda's keeps the process alive for up to 15 s.
   */
  close(): Promise<void>;
}

/** The calls of {@link Cairnloop} that can run in an open transaction of the host's. */
export interface Within extends Pick<Calls, 'conversations' | 'drafts' | 'outbound' | 'sla' | 'audit'> {}

/** The calls that read and write conversations, their drafts, deliveries and SLA clocks, and customers' data. */
export interface Calls {
  conversations: ConversationCalls;
  drafts: DraftCalls;
  outbound: OutboundCalls;
  sla: SlaCalls;
  deliveries: DeliveryCalls;
  context: ContextCalls;
  audit: AuditCalls;
  customers: CustomerCalls;
}

export interface ConversationCalls {
  /**
   * Opens a conversation, with the customer's first message if there is one. With a `dedupeKey` it is safe to call
   * again: a known key returns the conversation that it opened, as it is now. Throws `INPUT_INVALID`.
   */
  open(input: OpenInput): Promise<Conversation>;
  /**
   * Records a customer's message: reopens a resolved or archived conversation, ends a snooze, starts the SLA clock,
   * supersedes pending drafts and asks for a new one. With a `dedupeKey` it is safe to call again.
   * Throws `CONVERSATION_NOT_FOUND`, `INPUT_INVALID`.
   */
  receive(id: string, input: ReceiveInput): Promise<Message>;
  /**
   * Sends an operator's text to the customer, which meets the response target. If the notifier has `onReply`, a
   * delivery for it is written. Throws `CONVERSATION_NOT_FOUND`, `CONVERSATION_RESOLVED`, `CONVERSATION_CHANGED`,
   * `INPUT_INVALID`.
   */
  reply(id: string, input: ReplyInput): Promise<Message>;
  /**
   * Adds an internal note, which no customer sees and which does not count as a response. Throws
   * `CONVERSATION_NOT_FOUND`, `INPUT_INVALID`.
   */
  note(id: string, input: NoteInput): Promise<Message>;
  /**
   * Resolves a conversation and writes a delivery for `onConversationResolved` in the same transaction. Resolving a
   * resolved conversation changes nothing. Throws `CONVERSATION_NOT_FOUND`, `INPUT_INVALID`.
   */
  resolve(id: string, input: ResolveInput): Promise<Conversation>;
  /**
   * Changes the named fields and nothing else, with the values before and after in the audit record. Passing the
   * current values writes nothing. Throws `CONVERSATION_NOT_FOUND`, `INPUT_INVALID`; `ASSIGNEE_CHANGED` if
   * `lastSeenAssigneeId` is no longer the owner.
   *
   * @example await cairnloop.conversations.update(id, { priority: 'high', assignee: { id: 'op_1' }, actor });
   */
  update(id: string, input: UpdateInput): Promise<Conversation>;
  /**
   * Hides an open conversation from the queue until a given moment or the customer's next message, whichever is first.
   * It stays `open`, and its SLA clock runs on. Throws `CONVERSATION_NOT_FOUND`, `CONVERSATION_RESOLVED`,
   * `INPUT_INVALID`.
   */
  snooze(id: string, input: SnoozeInput): Promise<Conversation>;
  /**
   * Archives an open or resolved conversation: ends its SLA clock and its snooze, and calls no callback. A customer's
   * message or `reopen` opens it again. Throws `CONVERSATION_NOT_FOUND`, `INPUT_INVALID`.
   */
  archive(id: string, input: ArchiveInput): Promise<Conversation>;
  /** Reopens a resolved or archived conversation; no clock starts. Throws `CONVERSATION_NOT_FOUND`, `INPUT_INVALID`. */
  reopen(id: string, input: ReopenInput): Promise<Conversation>;
  /** Stores or replaces the customer's rating of a conversation. Throws `CONVERSATION_NOT_FOUND`, `INPUT_INVALID`. */
  submitCsat(id: string, rating: CsatRating): Promise<Conversation>;
  /** Returns a conversation with its newest messages, at most 10 000, oldest first. Throws `CONVERSATION_NOT_FOUND`. */
  get(id: string): Promise<Conversation>;
  /** Lists conversations without their messages, newest activity first. Throws `INPUT_INVALID`, `CURSOR_INVALID`. */
  list(input?: ListInput): Promise<Page<Conversation>>;
  /** Counts the conversations that `list` would return for the same filter. Throws `INPUT_INVALID`. */
  count(filter?: ConversationFilter): Promise<number>;
  /**
   * Lists one customer's conversations as that customer may see them, without messages. Throws `INPUT_INVALID`,
   * `CURSOR_INVALID`.
   */
  forCustomer(actorId: string, input?: CustomerListInput): Promise<Page<CustomerConversation>>;
  /**
   * Returns one conversation as its customer may see it, with at most `limit` messages and 2 MB of text. It marks
   * nothing as read. Throws `CONVERSATION_NOT_FOUND` (also for another customer's), `INPUT_INVALID`.
   */
  getForCustomer(actorId: string, id: string, input?: CustomerThreadInput): Promise<CustomerConversation>;
  /**
   * Records that the customer has read a conversation up to a message; `unread` counts from there. The position never
   * moves back. Throws `CONVERSATION_NOT_FOUND`, `INPUT_INVALID`.
   */
  markReadForCustomer(actorId: string, id: string, input?: CustomerReadInput): Promise<CustomerConversation>;
}

export interface DraftCalls {
  /**
   * Asks the AutomationPolicy once and stores the proposal with its decision: `allow` sends it, `draft_only` keeps it,
   * `require_approval` asks an operator, `deny` keeps no text. Throws `CONVERSATION_NOT_FOUND`,
   * `CONVERSATION_RESOLVED`, `INPUT_INVALID`.
   */
  propose(conversationId: string, proposal: ProposalInput): Promise<Draft>;
  /** Returns one draft. Throws `DRAFT_NOT_FOUND`. */
  get(id: string): Promise<Draft>;
  /** Lists the drafts of a conversation, oldest first. Throws `CONVERSATION_NOT_FOUND`. */
  listForConversation(conversationId: string): Promise<Draft[]>;
  /**
   * Sends a pending draft as proposed. Of concurrent decisions one wins; the others throw. Throws `DRAFT_NOT_FOUND`,
   * `DRAFT_NOT_PENDING`, `CONVERSATION_RESOLVED`, `CONVERSATION_CHANGED`, `INPUT_INVALID`.
   */
  approve(id: string, input: ApproveInput): Promise<Draft>;
  /** Sends a pending draft with the operator's own text and keeps the proposed text beside it. Throws as `approve`. */
  edit(id: string, input: EditInput): Promise<Draft>;
  /** Sends a reply written from a pending or prepared draft, which becomes `edited`. Throws as `approve`. */
  use(id: string, input: UseInput): Promise<Draft>;
  /** Discards a draft that was not sent. Throws `DRAFT_NOT_FOUND`, `DRAFT_NOT_PENDING`, `INPUT_INVALID`. */
  discard(id: string, input: DiscardInput): Promise<Draft>;
}

export interface OutboundCalls {
  /**
   * Writes an outbound message and the delivery that calls `onOutboundTriggered`, now or at the scheduled time. Throws
   * `NOTIFIER_REQUIRED`, `CONVERSATION_NOT_FOUND`, `INPUT_INVALID`.
   */
  trigger(conversationId: string, input: TriggerInput): Promise<TriggeredMessage>;
  /**
   * Writes one outbound message for each conversation in one transaction; each is delivered on its own. Repeated ids
   * count once; an unknown id is an error in its result. Throws `BATCH_EMPTY`, `BATCH_TOO_LARGE`, `NOTIFIER_REQUIRED`,
   * `INPUT_INVALID`.
   */
  bulkTrigger(
    conversationIds: readonly string[],
    input: BulkInput,
  ): Promise<{ envelope: BulkSend; results: BulkSendResult[] }>;
  /** Cancels a scheduled, unsent message: it becomes `failed`. Throws `OUTBOUND_NOT_PENDING`, `INPUT_INVALID`. */
  cancel(messageId: string, input: CancelInput): Promise<Message>;
}

export interface SlaCalls {
  /** Returns the SLA policies in force; `[]` while SLA tracking is off. Throws `SLA_POLICIES_UNAVAILABLE`. */
  activePolicies(): Promise<SlaPolicy[]>;
  /**
   * Hands new response and breach times to the SlaPolicyProvider and returns what it stored. `by.actor` defaults to
   * `{ id: 'system:host' }`. Throws `INPUT_INVALID`, and `SLA_POLICY_REJECTED` where the provider is read-only or the
   * terms cannot be used.
   */
  setPolicy(priority: string, attrs: Partial<SlaPolicy>, by?: { actor?: Actor }): Promise<SlaPolicy>;
  /** Returns the running SLA clock of a conversation, else its latest one; null if it never had one. */
  forConversation(conversationId: string): Promise<Sla | null>;
  /** Returns every SLA clock of a conversation, oldest first, with its history. Throws `CONVERSATION_NOT_FOUND`. */
  explain(conversationId: string): Promise<ClockHistory[]>;
  /** Pauses a running SLA clock: it cannot breach until it is resumed. Throws `SLA_NOT_ACTIVE`, `INPUT_INVALID`. */
  pause(conversationId: string, input: PauseInput): Promise<Sla>;
  /** Resumes a paused SLA clock with the time it had left. Throws `SLA_NOT_ACTIVE`, `INPUT_INVALID`. */
  resume(conversationId: string, input: ResumeInput): Promise<Sla>;
}

export interface DeliveryCalls {
  /** Lists deliveries, newest first. Throws `INPUT_INVALID`, `CURSOR_INVALID`. */
  list(input?: DeliveryListInput): Promise<Page<Delivery>>;
  /** Returns one delivery. Throws `DELIVERY_NOT_FOUND`. */
  get(id: string): Promise<Delivery>;
  /**
   * Calls a discarded delivery again under the same `deliveryId`, with attempts counted from 1 again; a pending one is
   * called now. Throws `DELIVERY_NOT_FOUND`, `DELIVERY_NOT_RETRYABLE`, `DELIVERY_SCHEDULED`, `INPUT_INVALID`.
   */
  retry(id: string, input: RetryInput): Promise<Delivery>;
  /** Counts the deliveries that `retryRange` would retry now, by topic. Throws `INPUT_INVALID`. */
  countRetryable(range: RetryRange): Promise<DeliveryCountsByTopic>;
  /** Retries all discarded deliveries of a range, or none of them; counts them by topic. Throws `INPUT_INVALID`. */
  retryRange(range: RetryRange, input: RetryOrDiscardInput): Promise<DeliveryCountsByTopic>;
  /**
   * Discards a pending delivery; the message that it was to deliver becomes `failed`. The delivery that waits for a
   * running SLA clock to breach is refused. Throws as `retry`.
   */
  discard(id: string, input: RetryOrDiscardInput): Promise<Delivery>;
}

export interface ContextCalls {
  /** Returns the ContextProvider's facts about a customer, or the state of its failure. Throws `INPUT_INVALID`. */
  get(actorId: string | null): Promise<ContextResult>;
}

export interface AuditCalls {
  /** Lists the audit record, newest first. Throws `INPUT_INVALID`, `CURSOR_INVALID`. */
  list(input?: AuditListInput): Promise<Page<AuditEvent>>;
}

export interface CustomerCalls {
  /** Returns all that is stored about a customer at one moment; see docs/customers.md. Throws `INPUT_INVALID`. */
  export(actorId: string): Promise<CustomerExport>;
  /**
   * Erases everything that is stored about a customer, in small transactions beside running work, and returns the
   * counts; with `dryRun` it only counts. The next call with the same id finishes an interrupted one. What `open` and
   * `receive` write meanwhile is erased too, or belongs to a new conversation that is kept whole. If the notifier has
   * `onCustomerErased`, a delivery for it is written. Throws `INPUT_INVALID`.
   */
  erase(actorId: string, input: EraseInput): Promise<ErasureCounts>;
}
