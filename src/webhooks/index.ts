/**
 * `cairnloop/webhooks`: a Notifier that posts every callback to HTTP endpoints, for hosts that want to write no code.
 */

export { type WebhookEndpoint, type WebhookNotifierOptions, webhookNotifier } from './webhook-notifier.js';
