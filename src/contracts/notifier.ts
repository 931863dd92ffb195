import type { ErasedCustomer } from './customer-data.js';
import type { Actor, AuditAnchor, Conversation, Message, Sla } from './domain.js';
import type { Awaitable } from './result.js';

/** Metadata that every callback gets about its own delivery. */
export interface CallbackMetadata {
  /** Who caused the event; absent for an SLA breach, which only time causes. */
  actor?: Actor;
  /** The delivery's id, the same on every attempt: the idempotency key to hand to a mail or CRM provider. */
  deliveryId: string;
  /**
   * The number of the attempt, from 1. A crash may skip a number, but no number is repeated once its outcome is stored.
   */
  attempt: number;
  [key: string]: unknown;
}

/** {@link CallbackMetadata} with what the caller of `resolve` gave as `metadata`. */
export type ResolvedMetadata = CallbackMetadata;

/**
 * Callbacks about what has happened. Only the worker calls them, each kind in an Agenda job of its own. Every call is
 * awaited, cut off at `worker.callbackTimeoutMs`, and made at least once. A throw or rejection is retried with backoff
 * up to `worker.maxAttempts`; then the delivery is `discarded`, kept and retryable. For all but
 * `onConversationResolved` a returned `err(...)` counts as a failure too. Configured as `notifier`.
 */
export interface Notifier {
  /** Called after a conversation was resolved; `conversation` is as it was then, with its messages. */
  onConversationResolved(conversation: Conversation, metadata: ResolvedMetadata): Awaitable<unknown>;
  /** Called after an SLA clock passed its breach time without an answer; `sla.status` is `breached`. */
  onSlaBreach(conversation: Conversation, sla: Sla, metadata: CallbackMetadata): Awaitable<unknown>;
  /**
   * Hands an outbound message to the host's mail, SMS or chat provider. The message is `sent` once this succeeds.
   * `message.metadata.deliveryId` is the idempotency key; `message.metadata.attempt` counts the calls.
   */
  onOutboundTriggered(message: Message, conversation: Conversation): Awaitable<unknown>;
  /**
   * Brings a reply to the customer: an operator's reply, an approved, edited or used draft, an allowed draft. Within a
   * conversation a later reply waits until every earlier one is sent or discarded. The message is `sent` once this
   * succeeds. `metadata.actor` is who replied, `{ id: 'system:policy' }` for an allowed draft. Optional: without it
   * replies are stored with `status` null, and nobody is notified.
   *
   * @example
   * async onReply(message, conversation, { deliveryId }) {
   *   await mailer.send(conversation.actorId, message.content, { idempotencyKey: deliveryId });
   * }
   */
  onReply?(message: Message, conversation: Conversation, metadata: CallbackMetadata): Awaitable<unknown>;
  /**
   * Called after a customer's data was erased, so that the host erases what it made from earlier calls: mails, tickets,
   * CRM entries. `metadata.actor` is who erased. Its delivery is the last place where the customer's id is stored, and
   * loses it once the call succeeds. Optional: without it nothing is called, and the id is gone with the erasure.
   *
   * @example
   * async onCustomerErased({ actorId }, { deliveryId }) {
   *   await crm.contacts.delete(actorId, { idempotencyKey: deliveryId });
   * }
   */
  onCustomerErased?(erased: ErasedCustomer, metadata: CallbackMetadata): Awaitable<unknown>;
  /**
   * Keeps the end of the audit chain where the owner of the database cannot change it: a file on another machine, a
   * write-once bucket, a mail to the auditor. Called once a day for all workers together, and again until it succeeds.
   * Optional. `cairnloop audit verify --anchor` checks the record against what was kept.
   *
   * @example
   * async onAuditAnchor(anchor, { deliveryId }) {
   *   await bucket.putOnce(`audit/${deliveryId}.json`, JSON.stringify(anchor));
   * }
   */
  onAuditAnchor?(anchor: AuditAnchor, metadata: CallbackMetadata): Awaitable<unknown>;
}
