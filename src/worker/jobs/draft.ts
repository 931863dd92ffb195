import { type ConversationRow, toConversation } from '../../conversations/rows.js';
import { statement } from '../../db/statement.js';
import type { DeliveryRow } from '../../deliveries/claim.js';
import type { HostCall, TopicHandler } from '../../deliveries/topic-handler.js';
import type { Conversation, Message, ProposalInput } from '../../domain.js';
import { proposeDraft } from '../../drafts/propose.js';
import type { DraftGenerator } from '../../host/draft-generator.js';
import { returnedFailure } from '../../host/returned-failure.js';
import type { Result } from '../../result.js';
import type { Runtime } from '../../runtime.js';
import { loadConversations, loadMessages } from './load-conversations.js';

/** The newest messages that a generator is given. */
const generatorMessages = 200;

/** The Agenda job `draft`: asks the DraftGenerator for a proposal and puts it to the policy. */
export const draft: TopicHandler = {
  method: 'draftGenerator.generate',
  load: loadCalls,
  failure: returnedFailure,
};

/** A request is dropped when the customer has written again (that message asked too) or it has been answered by a draft. */
async function loadCalls(runtime: Runtime, rows: readonly DeliveryRow[]): Promise<Map<string, HostCall>> {
  const { draftGenerator } = runtime.config;
  if (!draftGenerator) return new Map();
  const [conversations, messages, drafted] = await Promise.all([
    loadConversations(runtime, rows),
    loadMessages(runtime, rows, generatorMessages),
    runtime.db.run<{ id: string }>(selectDrafted, [rows.map((row) => row.subject_id)]),
  ]);
  const done = new Set(drafted.map((row) => row.id));
  return new Map(
    rows.map((row) => {
      const found = conversations.get(row.conversation_id);
      const history = messages.get(row.conversation_id) ?? [];
      const wanted = found && isCurrent(row, found, history) && !done.has(row.subject_id ?? '');
      if (!wanted) return [row.id, null];
      const conversation = toConversation(found, history);
      return [row.id, () => generateAndPropose(runtime, draftGenerator, conversation)];
    }),
  );
}

function isCurrent(row: DeliveryRow, found: ConversationRow, messages: readonly Message[]): boolean {
  return found.status === 'open' && messages.findLast((message) => message.role === 'customer')?.id === row.subject_id;
}

async function generateAndPropose(
  runtime: Runtime,
  generator: DraftGenerator,
  conversation: Conversation,
): Promise<Result<ProposalInput | null>> {
  const context = await runtime.context.raw(conversation.actorId);
  const signal = AbortSignal.timeout(runtime.config.worker.callbackTimeoutMs);
  const result = await generator.generate(conversation, { context, signal });
  if (result?.ok === true && result.value) await proposeDraft(runtime, conversation.id, result.value);
  return result;
}

const selectDrafted = statement(
  'draft.for_messages',
  (s) => `SELECT DISTINCT based_on_message_id AS id FROM ${s}.drafts WHERE based_on_message_id = ANY ($1::uuid[])`,
);
