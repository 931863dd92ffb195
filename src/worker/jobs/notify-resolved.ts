import type { Actor, Conversation } from '../../contracts/domain.js';
import type { ResolvedMetadata } from '../../contracts/notifier.js';
import { maxLoadedMessages } from '../../conversations/find.js';
import { type ConversationRow, toConversation } from '../../conversations/rows.js';
import type { ClaimedDelivery } from '../../deliveries/claim.js';
import { type LoadedCall, releasedCallMark } from '../../deliveries/load-batch.js';
import type { TopicHandler } from '../../deliveries/topic-handler.js';
import { deepFreeze } from '../../foundation/deep-freeze.js';
import type { Runtime } from '../../runtime.js';
import { type ConversationWithMessages, loadConversationsWithMessages } from './load-conversations.js';
import { throwMissingModule } from './missing-module.js';

/** The Agenda job `notify-resolved`: calls `onConversationResolved`. */
export const notifyResolvedHandler: TopicHandler = {
  method: 'notifier.onConversationResolved',
  load: loadCalls,
  // Any returned value is a success.
  failure: () => null,
};

async function loadCalls(runtime: Runtime, rows: readonly ClaimedDelivery[]): Promise<Map<string, LoadedCall>> {
  const { notifier } = runtime.config;
  if (!notifier) return throwMissingModule('notifier');
  const conversations = await loadConversationsWithMessages(runtime, rows, maxLoadedMessages);
  return new Map<string, LoadedCall>(
    rows.map((row) => {
      const found = conversations.get(row.conversation_id);
      if (!found) return [row.id, null];
      if (found === releasedCallMark) return [row.id, releasedCallMark];
      return [row.id, () => notifier.onConversationResolved(asItWasResolved(row, found), resolvedMetadata(row))];
    }),
  );
}

/** The payload that `resolve` wrote. */
interface ResolvedPayload {
  actor: Actor;
  metadata: Record<string, unknown>;
  resolvedAt: string;
}

/** The conversation as it was when it was resolved; it may have been reopened after that. */
function asItWasResolved(row: ClaimedDelivery, found: ConversationWithMessages): Conversation {
  const { actor, resolvedAt } = row.payload as unknown as ResolvedPayload;
  const until = new Date(resolvedAt);
  const resolved: ConversationRow = { ...found.row, status: 'resolved', resolved_at: until, resolved_by: actor };
  return toConversation(
    resolved,
    found.messages().filter((message) => message.createdAt <= until),
    found.isTruncated,
  );
}

function resolvedMetadata(row: ClaimedDelivery): ResolvedMetadata {
  const { actor, metadata } = row.payload as unknown as ResolvedPayload;
  return deepFreeze({ ...metadata, actor, deliveryId: row.id, attempt: row.attempts });
}
