import type { Notifier } from 'cairnloop';

/** The side effects of support events. A method that throws is called again later, with the same `deliveryId`. */
export const notifier: Notifier = {
  async onConversationResolved(conversation, { actor, deliveryId, attempt }) {
    tell('onConversationResolved', conversation.subject, attempt, `by ${actor?.name}`);
    // Simulates a CRM that is down for the first two attempts.
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

/** Stands for a call of the host's CRM, with the delivery id as the idempotency key. */
async function syncToCrm(_conversationId: string, _deliveryId: string): Promise<void> {}

/** Stands for sending a mail, or a push message to the host's app. */
async function mailTo(_customer: string | null, _text: string, _deliveryId: string): Promise<void> {}

function tell(callback: string, subject: string | null, attempt: unknown, detail: string): void {
  console.log(`${callback}, attempt ${attempt}: ${subject} (${detail})`);
}
