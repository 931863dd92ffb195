/**
 * Called by the worker, at least once for each event. Hand `deliveryId` to your mail or CRM provider as its idempotency
 * key, await it, and throw where it failed: the call is made again later.
 *
 * @type {import('cairnloop').Notifier}
 */
export const notifier = {
  async onReply(message, conversation) {
    console.log(`To ${conversation.actorId}: ${message.content}`);
  },
  async onOutboundTriggered(message, conversation) {
    console.log(`To ${conversation.actorId}: ${message.content}`);
  },
  async onConversationResolved(conversation, { actor }) {
    console.log(`"${conversation.subject}" was resolved by ${actor?.name ?? actor?.id}`);
  },
  async onSlaBreach(conversation, sla) {
    console.log(`"${conversation.subject}" has waited too long (priority ${sla.priority})`);
  },
};
