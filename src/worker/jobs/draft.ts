import { type ConversationRow, toConversation } from '../../conversations/rows.js';
import { statement } from '../../db/statement.js';
import type { ClaimedDelivery } from '../../deliveries/claim.js';
import type { HostCall, TopicHandler } from '../../deliveries/topic-handler.js';
import type { Conversation, Message } from '../../domain.js';
import { generatorMessages } from '../../drafts/proposal.js';
import { proposeForRequest } from '../../drafts/propose.js';
import type { DraftGenerator } from '../../host/draft-generator.js';
import { returnedFailure } from '../../host/returned-failure.js';
import type { Runtime } from '../../runtime.js';
import { loadWholeConversations } from './load-conversations.js';
import { missingModule } from './missing-module.js';

/** The Agenda job `draft`: asks the DraftGenerator for a proposal and puts it to the policy. */
export const draft: TopicHandler = {
  method: 'draftGenerator.generate',
  load: loadCalls,
  failure: returnedFailure,
};

/** A request is dropped when the customer has written again (that message asked too), was answered, or has its draft. */
async function loadCalls(runtime: Runtime, rows: readonly ClaimedDelivery[]): Promise<Map<string, HostCall>> {
  const { draftGenerator } = runtime.config;
  if (!draftGenerator) return missingModule('draftGenerator');
  const [conversations, drafted] = await Promise.all([
    loadWholeConversations(runtime, rows, generatorMessages),
    runtime.db.run<{ id: string }>(selectDrafted, [rows.map((row) => row.subject_id)]),
  ]);
  const done = new Set(drafted.map((row) => row.id));
  return new Map(
    rows.map((row) => {
      const found = conversations.get(row.conversation_id);
      if (!found || !row.subject_id || done.has(row.subject_id)) return [row.id, null];
      const messages = found.messages();
      if (!isWaiting(found.row, messages, row.subject_id)) return [row.id, null];
      const request = { conversation: toConversation(found.row, messages), messageId: row.subject_id };
      return [row.id, () => generateAndPropose(runtime, draftGenerator, request)];
    }),
  );
}

function isWaiting(row: ConversationRow, messages: readonly Message[], messageId: string): boolean {
  const newest = messages.findLast((message) => message.role === 'customer');
  return row.status === 'open' && row.unanswered_since !== null && newest?.id === messageId;
}

interface DraftRequest {
  conversation: Conversation;
  /** The customer message that asks for a draft. */
  messageId: string;
}

/** What comes after the time-out is dropped: by then the attempt has failed and will be made again. */
async function generateAndPropose(
  runtime: Runtime,
  generator: DraftGenerator,
  { conversation, messageId }: DraftRequest,
): Promise<unknown> {
  const signal = AbortSignal.timeout(runtime.config.worker.callbackTimeoutMs);
  const context = await runtime.context.raw(conversation.actorId);
  const result: unknown = await generator.generate(conversation, { context, signal });
  const proposal = proposalIn(result);
  if (proposal !== null && !signal.aborted)
    await proposeForRequest(runtime, proposal, { conversation, context, requestMessageId: messageId });
  return result;
}

/** What a generator proposes; null where it has nothing to propose or failed. */
function proposalIn(result: unknown): unknown {
  const { ok, value } = (result ?? {}) as { ok?: unknown; value?: unknown };
  if (ok !== true && ok !== false) throw new Error('neither ok(proposal) nor err(reason) was returned');
  return ok ? (value ?? null) : null;
}

const selectDrafted = statement(
  'draft.for_requests',
  (s) => `SELECT request_message_id AS id FROM ${s}.drafts WHERE request_message_id = ANY ($1::uuid[])`,
);
