import type { Conversation } from '../../contracts/domain.js';
import type { DraftGenerator } from '../../contracts/draft-generator.js';
import { toConversation } from '../../conversations/rows.js';
import { declareStatement } from '../../db/statement.js';
import type { ClaimedDelivery } from '../../deliveries/claim.js';
import { type LoadedCall, releasedCallMark } from '../../deliveries/load-batch.js';
import type { TopicHandler } from '../../deliveries/topic-handler.js';
import { maxGeneratorMessages } from '../../drafts/proposal.js';
import { proposeForDraftRequest } from '../../drafts/propose.js';
import { returnedFailureReason } from '../../foundation/returned-failure.js';
import type { Runtime } from '../../runtime.js';
import { type ConversationWithMessages, loadConversationsWithMessages } from './load-conversations.js';
import { throwMissingModule } from './missing-module.js';

/** The Agenda job `draft`: asks the DraftGenerator for a proposal and the policy for a decision. */
export const draftHandler: TopicHandler = {
  method: 'draftGenerator.generate',
  load: loadCalls,
  failure: returnedFailureReason,
};

/**
 * Builds the calls that draft a reply to the customer's newest message: a draft for an older one would be superseded at
 * once. There is no call if that message was answered or has a draft.
 */
async function loadCalls(runtime: Runtime, rows: readonly ClaimedDelivery[]): Promise<Map<string, LoadedCall>> {
  const { draftGenerator } = runtime.config;
  if (!draftGenerator) return throwMissingModule('draftGenerator');
  const conversations = await loadConversationsWithMessages(runtime, rows, maxGeneratorMessages);
  const foundFor = (row: ClaimedDelivery) => conversations.get(row.conversation_id);
  const requests = new Map(rows.map((row) => [row.id, requestOf(foundFor(row))]));
  const asking = [...requests.values()].flatMap((request) => request?.messageId ?? []);
  const drafted = await runtime.db.run(selectDrafted, { messageIds: asking });
  const done = new Set(drafted.map((row) => row.id));
  return new Map<string, LoadedCall>(
    rows.map((row) => {
      if (foundFor(row) === releasedCallMark) return [row.id, releasedCallMark];
      const request = requests.get(row.id);
      if (!request || done.has(request.messageId)) return [row.id, null];
      return [row.id, () => generateAndPropose(runtime, draftGenerator, request)];
    }),
  );
}

/** The draft request of a conversation; undefined if no customer waits for an answer. */
function requestOf(found: ConversationWithMessages | typeof releasedCallMark | undefined): DraftRequest | undefined {
  if (found === releasedCallMark || found?.row.status !== 'open' || found.row.unanswered_since === null)
    return undefined;
  const messages = found.messages();
  const newest = messages.findLast((message) => message.role === 'customer');
  return newest && { conversation: toConversation(found.row, messages, found.isTruncated), messageId: newest.id };
}

interface DraftRequest {
  conversation: Conversation;
  /** The customer's newest message, which gets the draft. */
  messageId: string;
}

/** Drafts a reply and stores it. A result after the timeout is dropped: the attempt has failed and will be repeated. */
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
    await proposeForDraftRequest(runtime, proposal, { conversation, context, requestMessageId: messageId, signal });
  return result;
}

/** The proposal in a generator's result; null if it has none or reports a failure. */
function proposalIn(result: unknown): unknown {
  const { ok, value } = (result ?? {}) as { ok?: unknown; value?: unknown };
  if (ok !== true && ok !== false) throw new Error('neither ok(proposal) nor err(reason) was returned');
  return ok ? (value ?? null) : null;
}

const selectDrafted = declareStatement<{ messageIds: string[] }, { id: string }>(
  'draft.for_requests',
  (s, p) => `SELECT request_message_id AS id FROM ${s}.drafts WHERE request_message_id = ANY (${p.messageIds}::uuid[])`,
);
