import type { Conversation, DeliveryTopic } from '../../src/contracts/domain.js';
import type { Notifier } from '../../src/contracts/notifier.js';
import { operator, type StartedHost } from './started-host.js';

export const minute = 60_000;

/** The terms that {@link causes} counts on. */
export const terms = { priority: 'normal', responseMinutes: 60, breachMinutes: 240 };

interface Cause {
  topic: DeliveryTopic;
  /** Makes the callback due for a new conversation of that subject. */
  cause(host: StartedHost, subject: string): Promise<Conversation>;
}

/** The callbacks that deliveries call. */
export type DeliveryCallback = Exclude<keyof Notifier, 'onAuditAnchor'>;

/** What makes each of the callbacks due; `onReply` for a Notifier that has it. */
export const causes: Record<DeliveryCallback, Cause> = {
  onConversationResolved: {
    topic: 'conversation_resolved',
    async cause({ cairnloop }, subject) {
      const { id } = await cairnloop.conversations.open({ subject });
      return cairnloop.conversations.resolve(id, { resolvedBy: operator });
    },
  },
  onSlaBreach: {
    topic: 'sla_breach',
    async cause({ cairnloop, advance }, subject) {
      const conversation = await cairnloop.conversations.open({ subject, message: 'Where is my parcel?' });
      await advance(terms.breachMinutes * minute);
      return conversation;
    },
  },
  onOutboundTriggered: {
    topic: 'outbound',
    async cause({ cairnloop }, subject) {
      const conversation = await cairnloop.conversations.open({ subject });
      await cairnloop.outbound.trigger(conversation.id, { templateId: 'hello', content: 'Hello', actor: operator });
      return conversation;
    },
  },
  onReply: {
    topic: 'reply',
    async cause({ cairnloop }, subject) {
      const conversation = await cairnloop.conversations.open({ subject });
      await cairnloop.conversations.reply(conversation.id, { content: 'On its way.', actor: operator });
      return conversation;
    },
  },
};

export const methods = Object.keys(causes) as DeliveryCallback[];
