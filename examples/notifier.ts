import type { Conversation, Notifier } from 'cairnloop';
import { createTransport } from 'nodemailer';

const mailer = createTransport(process.env.SMTP_URL ?? 'smtp://127.0.0.1:1025');

/** Replace with your table of customers, which has an address by the `actorId` of their conversations. */
const addresses: Record<string, string> = { 'customer-42': 'ada@customer.example' };

/** Called in the worker, at least once. A mail that fails throws, and the call is made again later. */
export const notifier: Notifier = {
  onReply: (message, conversation, { deliveryId }) => mailCustomer(conversation, message.content, deliveryId),
  onOutboundTriggered: (message, conversation) =>
    mailCustomer(conversation, message.content, String(message.metadata.deliveryId)),
  onConversationResolved: (conversation, { deliveryId }) =>
    mailCustomer(conversation, 'We have closed your request. Write to us again and it opens.', deliveryId),
  onSlaBreach: (conversation, { priority }, { deliveryId }) =>
    mail('on-call@shop.example', conversation, `Nobody has answered in time. Priority: ${priority}.`, deliveryId),
};

async function mailCustomer(conversation: Conversation, text: string, deliveryId: string): Promise<void> {
  const address = addresses[conversation.actorId ?? ''];
  if (!address) throw new Error(`customer ${conversation.actorId} has no mail address`);
  await mail(address, conversation, text, deliveryId);
}

async function mail(to: string, { subject }: Conversation, text: string, deliveryId: string): Promise<void> {
  await mailer.sendMail({
    from: 'support@shop.example',
    to,
    subject: subject ?? 'Your request',
    text,
    // The same on every attempt: a mail that was sent twice is shown once.
    messageId: `<${deliveryId}@shop.example>`,
  });
}
