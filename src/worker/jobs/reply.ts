import type { Message } from '../../contracts/domain.js';
import type { CallbackMetadata } from '../../contracts/notifier.js';
import { toConversation, toMessage } from '../../conversations/rows.js';
import type { ClaimedDelivery } from '../../deliveries/claim.js';
import type { HostCall, TopicHandler } from '../../deliveries/topic-handler.js';
import { deepFreeze } from '../../foundation/deep-freeze.js';
import { returnedFailureReason } from '../../foundation/returned-failure.js';
import type { Runtime } from '../../runtime.js';
import { loadConversations } from './load-conversations.js';
import { loadUnsentMessages, throwMessageTooLarge } from './load-unsent.js';
import { throwMissingModule } from './missing-module.js';

/** The Agenda job `reply`: calls `onReply`. */
export const replyHandler: TopicHandler = {
  method: 'notifier.onReply',
  load: loadCalls,
  failure: returnedFailureReason,
};

async function loadCalls(runtime: Runtime, rows: readonly ClaimedDelivery[]): Promise<Map<string, HostCall>> {
  const { notifier } = runtime.config;
  if (!notifier?.onReply) return throwMissingModule('notifier.onReply');
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
      const answer = toMessage(message);
      return [row.id, () => notifier.onReply?.(answer, toConversation(found), replyMetadata(row, answer))];
    }),
  );
}

/** The actor of a draft that the policy allowed to be sent. */
const policyActor = { id: 'system:policy' };

function replyMetadata(row: ClaimedDelivery, { role, author }: Message): CallbackMetadata {
  const actor = role === 'automation' ? policyActor : author;
  return deepFreeze({ ...(actor && { actor }), deliveryId: row.id, attempt: row.attempts });
}
