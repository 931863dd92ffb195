import { pino } from 'pino';
import { createCairnloop } from '../../dist/index.js';

/** The calls of a host, with a notifier that has `onReply`, so that each reply owes a delivery. */
export async function product(url) {
  const { conversations, close } = await createCairnloop(
    {
      database: { url, poolSize: 10 },
      notifier: {
        onConversationResolved() {},
        onSlaBreach() {},
        onOutboundTriggered() {},
        onReply: () => ({ ok: true, value: undefined }),
      },
    },
    { logger: pino({ level: 'silent' }) },
  );
  return {
    open: (actorId, subject, message) => conversations.open({ actorId, subject, message }),
    receive: (id, content) => conversations.receive(id, { content }),
    reply: (id, content) => conversations.reply(id, { content, actor: { id: 'someone' } }),
    close,
  };
}
