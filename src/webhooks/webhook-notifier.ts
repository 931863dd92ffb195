import type { Notifier } from '../contracts/notifier.js';
import { createWebhookSender } from './send-to-all.js';
import { readWebhookSettings } from './settings.js';

export interface WebhookEndpoint {
  /** The URL to which callbacks are posted. */
  url: string;
  /** Secret of this endpoint, or several during a rotation. Default: the common `secret`. */
  secret?: string | readonly string[];
}

export interface WebhookNotifierOptions {
  /** The endpoints; each gets every callback. A delivery is done once all have accepted it. */
  endpoints: readonly (string | WebhookEndpoint)[];
  /**
   * The signing secret, `whsec_` and base64, as Standard Webhooks defines it. With a list every secret signs, so that
   * one can be rotated.
   */
  secret?: string | readonly string[];
  /**
   * Endpoints that may have a private, loopback or link-local address, or be reached without TLS: `true` for all, or
   * host names. Default: none.
   */
  allowPrivate?: boolean | readonly string[];
  /** How long an endpoint may take to answer, in milliseconds. Default 20 000, below `worker.callbackTimeoutMs`. */
  timeoutMs?: number;
  /** Failures in a row after which an endpoint is not called for `pauseMs`. Default 5. */
  pauseAfterFailures?: number;
  /** How long a failing endpoint is not called, in milliseconds. Default 30 000. */
  pauseMs?: number;
}

/**
 * A Notifier that posts every callback as JSON to HTTP endpoints, signed as Standard Webhooks: `webhook-id` is the
 * `deliveryId` and stays the same on every attempt, so that receivers can drop repeats. A response of 2xx accepts the
 * delivery; anything else fails the attempt, which the worker repeats. Throws `INPUT_INVALID`; its callbacks
 * `WEBHOOK_FAILED`.
 *
 * @example
 * notifier: webhookNotifier({
 *   endpoints: ['https://hooks.example.com/support'],
 *   secret: process.env.WEBHOOK_SECRET,
 * }),
 */
export function webhookNotifier(options: WebhookNotifierOptions): Required<Notifier> {
  const send = createWebhookSender(readWebhookSettings(options));
  return {
    onConversationResolved: (conversation, metadata) =>
      send(metadata, 'conversation.resolved', conversation.resolvedAt, { conversation, metadata }),
    onSlaBreach: (conversation, sla, metadata) =>
      send(metadata, 'sla.breached', sla.breachAt, { conversation, sla, metadata }),
    onOutboundTriggered: (message, conversation) =>
      send(message.metadata, 'outbound.triggered', message.createdAt, { message, conversation }),
    onReply: (message, conversation, metadata) =>
      send(metadata, 'conversation.replied', message.createdAt, { message, conversation, metadata }),
    onCustomerErased: (erased, metadata) => send(metadata, 'customer.erased', erased.erasedAt, { erased, metadata }),
    onAuditAnchor: (anchor, metadata) => send(metadata, 'audit.anchor', anchor.at, { anchor, metadata }),
  };
}
