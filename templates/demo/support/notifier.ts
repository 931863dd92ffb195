import type { Notifier } from 'cairnloop';

/** Side effects of support events. Throw and the call is made again later, with the same `deliveryId`. */
export const notifier: Notifier = {
  async onConversationResolved(conversation, { actor, deliveryId, attempt }) {
    tell('onConversationResolved', conversation.subject, attempt, `by ${actor?.name}`);
    // A CRM that is down for the first two attempts.
    if (conversation.tags.includes('crm-down') && attempt <= 2) throw new Error('the CRM responded with 503');
    await syncToCrm(conversation.id, deliveryId);
  },

  async onSlaBreach(conversation, sla, { attempt }) {
    tell('onSlaBreach', conversation.subject, attempt, `${sla.priority} priority, ${sla.status}`);
  },

  async onOutboundTriggered(message, conversation) {
    tell('onOutboundTriggered', conversation.subject, message.metadata.attempt, `"${message.content}"`);
  },

  async onReply(message, conversation, { actor, deliveryId, attempt }) {
    await mailTo(conversation.actorId, message.content, deliveryId);
    const from = actor?.name ?? actor?.id;
    tell('onReply', conversation.subject, attempt, `to ${conversation.actorId}, from ${from}: "${message.content}"`);
  },
};

/** Where a real host would call its CRM, with the delivery id as the idempotency key. */
async function syncToCrm(_conversationId: string, _deliveryId: string): Promise<void> {}

/** Where a real host would send a mail or push into its app. */
async function mailTo(_customer: string | null, _text: string, _deliveryId: string): Promise<void> {}

function tell(callback: string, subject: string | null, attempt: unknown, detail: string): void {
  console.log(`${callback}, attempt ${attempt}: ${subject} (${detail})`);
}
