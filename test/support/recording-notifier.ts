import type { Conversation, Message, Sla } from '../../src/contracts/domain.js';
import type { CallbackMetadata, Notifier } from '../../src/contracts/notifier.js';

/** One call that a Notifier got. */
export interface NotifierCall {
  method: keyof Notifier;
  conversation: Conversation;
  /** For an outbound message these are the message's own. */
  metadata: CallbackMetadata;
  sla?: Sla;
  message?: Message;
}

/** A Notifier that keeps its calls, and then does what `answer` does. It has `onReply` where `replies` asks for it. */
export function recordingNotifier(
  answer: (call: NotifierCall) => unknown = () => undefined,
  { replies = false } = {},
): {
  notifier: Notifier;
  calls: NotifierCall[];
} {
  const calls: NotifierCall[] = [];
  const told = (call: NotifierCall) => {
    calls.push(call);
    return answer(call);
  };
  const notifier: Notifier = {
    onConversationResolved: (conversation, metadata) =>
      told({ method: 'onConversationResolved', conversation, metadata }),
    onSlaBreach: (conversation, sla, metadata) => told({ method: 'onSlaBreach', conversation, sla, metadata }),
    onOutboundTriggered: (message, conversation) =>
      told({
        method: 'onOutboundTriggered',
        conversation,
        message,
        metadata: message.metadata as unknown as CallbackMetadata,
      }),
    ...(replies && {
      onReply: (message: Message, conversation: Conversation, metadata: CallbackMetadata) =>
        told({ method: 'onReply', conversation, message, metadata }),
    }),
  };
  return { notifier, calls };
}
