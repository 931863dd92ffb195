import { toConversation, toMessage } from '../../conversations/rows.js';
import type { ClaimedDelivery } from '../../deliveries/claim.js';
import type { HostCall, TopicHandler } from '../../deliveries/topic-handler.js';
import { deepFreeze } from '../../foundation/deep-freeze.js';
import { returnedFailureReason } from '../../foundation/returned-failure.js';
import type { Runtime } from '../../runtime.js';
import { loadConversations } from './load-conversations.js';
import { loadUnsentMessages, throwMessageTooLarge } from './load-unsent.js';
import { throwMissingModule } from './missing-module.js';

/** The Agenda job `outbound`: calls `onOutboundTriggered`. */
export const outboundHandler: TopicHandler = {
  method: 'notifier.onOutboundTriggered',
  load: loadCalls,
  failure: returnedFailureReason,
};

async function loadCalls(runtime: Runtime, rows: readonly ClaimedDelivery[]): Promise<Map<string, HostCall>> {
  const { notifier } = runtime.config;
  if (!notifier) return throwMissingModule('notifier');
  const [conversations, unsent] = await Promise.all([
    loadConversations(runtime, rows),
    loadUnsentMessages(runtime, rows),
  ]);
  return new Map(
    rows.map((row) => {
      const found = conversations.get(row.conversation_id);
      const message = unsent.get(row.subject_id ?? '');
      if (!found || !message) return [row.id, null];
      if (message.too_large) return [row.id, () => throwMessageTooLarge(message)];
      const told = { ...message.metadata, deliveryId: row.id, attempt: row.attempts };
      const outgoing = deepFreeze(toMessage({ ...message, metadata: told }));
      return [row.id, () => notifier.onOutboundTriggered(outgoing, toConversation(found))];
    }),
  );
}
