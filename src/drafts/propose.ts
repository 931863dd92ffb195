import type { Conversation, Draft, Proposal, ProposalInput } from '../contracts/domain.js';
import { findConversation } from '../conversations/find.js';
import { announceReply } from '../conversations/reply.js';
import { retryUntilWritable } from '../db/retry-until-writable.js';
import { declareStatement, type NoStatementParams } from '../db/statement.js';
import { announce } from '../events/announce.js';
import { deepFreeze } from '../foundation/deep-freeze.js';
import { CairnloopError } from '../foundation/errors.js';
import type { Runtime } from '../runtime.js';
import { parseInput } from '../validation/input.js';
import { applyAutomationPolicy } from './apply-policy.js';
import { digestPolicyInput, generatedProposalSchema, type ParsedProposal, proposalInputSchema } from './proposal.js';
import { type StoredDraft, storeDraft } from './store-draft.js';

/**
 * Asks the AutomationPolicy once and stores the proposal with its decision: `allow` sends it, `draft_only` keeps it,
 * `require_approval` asks an operator, `deny` keeps no text. Throws `CONVERSATION_NOT_FOUND`, `CONVERSATION_RESOLVED`,
 * `INPUT_INVALID`.
 */
export async function proposeDraft(runtime: Runtime, conversationId: string, input: ProposalInput): Promise<Draft> {
  const wanted = parseInput('drafts.propose', proposalInputSchema, input);
  const conversation = await openConversationOf(runtime, conversationId);
  const context = await runtime.context.raw(conversation.actorId);
  return putToPolicy(runtime, wanted, { conversation, context, requestMessageId: null });
}

/**
 * What a proposal was based on. The policy gets the same conversation and context; later messages supersede the
 * proposal.
 */
export interface ProposalBasis {
  conversation: Conversation;
  context: Record<string, unknown> | null;
  /** The customer message that requested the draft; it gets at most one draft. Null for a proposal of the host. */
  requestMessageId: string | null;
  /** Storing the draft is retried until this signal aborts, because the generator's work was paid for. */
  signal?: AbortSignal;
}

/**
 * Like {@link proposeDraft} for a generator's result. If the request has a draft already, returns that one. Throws
 * `CONVERSATION_NOT_FOUND`, `INPUT_INVALID`.
 */
export function proposeForDraftRequest(runtime: Runtime, input: unknown, seen: ProposalBasis): Promise<Draft> {
  return putToPolicy(runtime, parseInput('draftGenerator.generate', generatedProposalSchema, input), seen);
}

async function putToPolicy(runtime: Runtime, wanted: ParsedProposal, seen: ProposalBasis): Promise<Draft> {
  const { conversation, context, requestMessageId, signal } = seen;
  const proposal = await toProposal(runtime, conversation, wanted);
  const decided = await applyAutomationPolicy(runtime, proposal, deepFreeze({ conversation, context }));
  const digest = digestPolicyInput(proposal, context);
  const store = () =>
    runtime.db.transaction((tx) =>
      storeDraft(tx, runtime, { proposal, decided, inputDigest: digest, requestMessageId }),
    );
  const storeWhenWritable = () => (signal ? retryUntilWritable(store, signal) : store());
  const isSent = decided.decision === 'allow';
  const stored = await (isSent ? runtime.traces.send(['reply'], storeWhenWritable) : storeWhenWritable());
  if (!stored.known) announceProposal(runtime, stored);
  return stored.draft;
}

async function openConversationOf(runtime: Runtime, id: string): Promise<Conversation> {
  const conversation = await findConversation(runtime, id);
  if (!conversation) throw new CairnloopError('CONVERSATION_NOT_FOUND', { id });
  if (conversation.status !== 'open')
    throw new CairnloopError('CONVERSATION_RESOLVED', { id, action: 'be drafted for', status: conversation.status });
  return conversation;
}

async function toProposal(runtime: Runtime, conversation: Conversation, wanted: ParsedProposal): Promise<Proposal> {
  const [reserved] = await runtime.db.run(reserveId);
  if (!reserved) throw new Error('SELECT returned no row');
  return deepFreeze({ id: reserved.id, conversationId: conversation.id, ...wanted, conversation });
}

/** Announces a stored draft, after the commit. */
function announceProposal(runtime: Runtime, { draft, answered }: StoredDraft): void {
  announce(runtime, 'draft.proposed', { draft, messageId: answered?.message.id ?? null });
  if (answered) announceReply(runtime, answered);
}

const reserveId = declareStatement<NoStatementParams, { id: string }>(
  'draft.reserve',
  (s) => `SELECT ${s}.time_id() AS id`,
);
