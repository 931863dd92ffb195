import { maxContentBytes } from '../../conversations/newest-messages.js';
import { type MessageRow, toConversation, toMessage } from '../../conversations/rows.js';
import { statement } from '../../db/statement.js';
import type { ClaimedDelivery } from '../../deliveries/claim.js';
import type { HostCall, TopicHandler } from '../../deliveries/topic-handler.js';
import { deepFreeze } from '../../freeze.js';
import { returnedFailure } from '../../host/returned-failure.js';
import type { Runtime } from '../../runtime.js';
import { loadConversations } from './load-conversations.js';
import { missingModule } from './missing-module.js';

/** The Agenda job `outbound`: hands outbound messages to the host's provider. */
export const outbound: TopicHandler = {
  method: 'notifier.onOutboundTriggered',
  load: loadCalls,
  failure: returnedFailure,
  settled(runtime, row, outcome) {
    const metadata = { conversationId: row.conversation_id, messageId: row.subject_id };
    runtime.metrics.outboundSettled(outcome === 'done' ? 'sent' : 'failed');
    runtime.telemetry.publish(outcome === 'done' ? 'outbound.sent' : 'outbound.failed', {}, metadata);
    runtime.activity.changed(row.conversation_id);
  },
};

async function loadCalls(runtime: Runtime, rows: readonly ClaimedDelivery[]): Promise<Map<string, HostCall>> {
  const { notifier } = runtime.config;
  if (!notifier) return missingModule('notifier');
  const [conversations, messages] = await Promise.all([
    loadConversations(runtime, rows),
    runtime.db.run<UnsentRow>(selectUnsent, [rows.map((row) => row.subject_id)]),
  ]);
  const unsent = new Map(messages.map((message) => [message.id, message]));
  return new Map(
    rows.map((row) => {
      const found = conversations.get(row.conversation_id);
      const message = unsent.get(row.subject_id ?? '');
      if (!found || !message) return [row.id, null];
      if (message.too_large) return [row.id, () => tooLarge(message)];
      const told = { ...message.metadata, deliveryId: row.id, attempt: row.attempts };
      const outgoing = deepFreeze(toMessage({ ...message, metadata: told }));
      return [row.id, () => notifier.onOutboundTriggered(outgoing, toConversation(found))];
    }),
  );
}

type UnsentRow = MessageRow & { too_large: boolean; bytes: number };

/** What is delivered is the content to the letter, so it is not cut. Only a statement of somebody else's stores such a one. */
function tooLarge({ bytes }: UnsentRow): never {
  throw new Error(`the message has ${bytes} bytes, which is more than a message may have`);
}

/** A message that was sent is never handed over again. */
const selectUnsent = statement(
  'outbound.unsent',
  (s) => `
    SELECT id, conversation_id, role, author, ${s}.bounded_map(metadata) AS metadata, status, sent_at, created_at,
      CASE WHEN octet_length(content) <= ${maxContentBytes} THEN content ELSE '' END AS content,
      octet_length(content) > ${maxContentBytes} AS too_large, octet_length(content) AS bytes
    FROM ${s}.messages WHERE id = ANY ($1::uuid[]) AND status <> 'sent'`,
);
