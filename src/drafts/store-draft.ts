import type { Decision, Draft, DraftStatus, MessageRole, Proposal } from '../contracts/domain.js';
import { type Answered, sendAnswer } from '../conversations/answer.js';
import { type Executor, statement } from '../db/statement.js';
import { CairnloopError } from '../foundation/errors.js';
import type { Runtime } from '../runtime.js';
import type { Decided } from './apply-policy.js';
import { newestMessageId } from './proposal.js';
import { type DraftRow, toDraft } from './rows.js';

/** The automation's name in messages and the audit record. */
export const automationActor = { id: 'system:automation', name: 'Automation' };

/** A proposal that the policy has decided on. */
export interface DecidedProposal {
  proposal: Proposal;
  decided: Decided;
  inputDigest: string;
  /** The customer message that asked for it; null when the host proposed it. */
  requestMessageId: string | null;
}

export interface Stored {
  draft: Draft;
  /** The message that an allowed draft became. */
  answered: Answered | null;
  /** The request was met before, by `draft`: nothing was written. */
  known: boolean;
}

const statusOf: Record<Decision, DraftStatus> = {
  allow: 'allowed',
  draft_only: 'prepared',
  require_approval: 'pending',
  deny: 'denied',
};

/**
 * Stores a decided proposal and sends it if allowed. What happened in the conversation since is checked under its lock.
 * Throws `CONVERSATION_NOT_FOUND`.
 */
export async function storeDraft(
  tx: Executor,
  runtime: Pick<Runtime, 'config' | 'traces'>,
  decided: DecidedProposal,
): Promise<Stored> {
  const { proposal, requestMessageId } = decided;
  const [conversation] = await tx.run<{ status: string }>(lockConversation, [proposal.conversationId]);
  if (!conversation) throw new CairnloopError('CONVERSATION_NOT_FOUND', { id: proposal.conversationId });
  const [known] = requestMessageId ? await tx.run<DraftRow>(selectOfRequest, [requestMessageId]) : [];
  if (known) return { draft: toDraft(known), answered: null, known: true };
  const overtaken = conversation.status === 'open' ? await overtakenBy(tx, decided) : 'the conversation was resolved';
  const answered = decided.decided.decision === 'allow' && !overtaken ? await send(tx, runtime, proposal) : null;
  const draft = await insert(tx, decided, { overtaken, messageId: answered?.message.id ?? null });
  return { draft, answered, known: false };
}

/** Why a draft is too late to be sent or approved; prepared drafts never are. */
async function overtakenBy(tx: Executor, { proposal, decided }: DecidedProposal): Promise<string | null> {
  if (decided.decision === 'deny' || decided.decision === 'draft_only') return null;
  const newer = await tx.run<{ role: MessageRole }>(selectNewerRoles, [
    proposal.conversationId,
    newestMessageId(proposal.conversation),
  ]);
  const roles = newer.map((row) => row.role);
  if (roles.includes('customer')) return 'the customer has written since';
  return decided.decision === 'allow' && roles.length > 0 ? 'it was answered meanwhile' : null;
}

async function send(
  tx: Executor,
  runtime: Pick<Runtime, 'config' | 'traces'>,
  proposal: Proposal,
): Promise<Answered | null> {
  return sendAnswer(tx, runtime, proposal.conversationId, {
    role: 'automation',
    content: proposal.content,
    author: automationActor,
    metadata: { draftId: proposal.id, sentWithoutReview: true },
  });
}

async function insert(
  tx: Executor,
  { proposal, decided, inputDigest, requestMessageId }: DecidedProposal,
  { overtaken, messageId }: { overtaken: string | null; messageId: string | null },
): Promise<Draft> {
  const denied = decided.decision === 'deny';
  const kept = denied ? { content: '', summary: '', evidence: [] } : proposal;
  const late = overtaken !== null && (decided.decision === 'allow' || decided.decision === 'require_approval');
  const [row] = await tx.run<DraftRow>(insertDraft, [
    proposal.id,
    proposal.conversationId,
    proposal.type,
    kept.content,
    proposal.riskTier,
    kept.summary,
    JSON.stringify(kept.evidence),
    decided.decision,
    decided.outcome,
    decided.ms,
    inputDigest,
    late ? 'superseded' : statusOf[decided.decision],
    newestMessageId(proposal.conversation),
    requestMessageId,
    messageId,
    automationActor,
    late ? overtaken : null,
  ]);
  if (!row) throw new Error('INSERT answered no row');
  return toDraft(row);
}

/**
 * Takes the conversation's lock before any change of a draft, as a customer's message does. The next statement is
 * separate: one that waited for the lock would still see the old rows.
 */
const lockConversation = statement(
  'draft.lock_conversation',
  (s) => `SELECT status FROM ${s}.conversations WHERE id = $1 FOR UPDATE`,
);

const selectOfRequest = statement('draft.of_request', (s) => `SELECT * FROM ${s}.drafts WHERE request_message_id = $1`);

const selectNewerRoles = statement(
  'draft.newer_roles',
  (s) => `
    SELECT DISTINCT m.role FROM ${s}.messages m
    WHERE m.conversation_id = $1 AND m.role IN ('customer', 'operator', 'automation')
      AND ($2::uuid IS NULL OR (m.created_at, m.id) >
        (SELECT seen.created_at, seen.id FROM ${s}.messages seen WHERE seen.id = $2))`,
);

const insertDraft = statement(
  'draft.insert',
  (s) => `
    WITH draft AS (
      INSERT INTO ${s}.drafts (id, conversation_id, type, content, risk_tier, summary, evidence, decision,
        decision_outcome, decision_ms, input_digest, status, based_on_message_id, request_message_id, message_id,
        decided_at, settled_at, settled_by, reason, created_at)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, ${s}.clock(),
        CASE WHEN $12 IN ('pending', 'prepared') THEN NULL ELSE ${s}.clock() END,
        CASE WHEN $12 IN ('pending', 'prepared') THEN NULL ELSE $16::jsonb END, $17, ${s}.clock())
      RETURNING *
    ), touched AS (
      UPDATE ${s}.conversations SET updated_at = ${s}.clock() WHERE id = $2
    ), audit AS (
      INSERT INTO ${s}.audit_events (at, actor, action, conversation_id, subject_id, detail)
      SELECT created_at, $16::jsonb, 'draft.' || CASE status WHEN 'denied' THEN 'denied' ELSE 'created' END,
        conversation_id, id, jsonb_build_object('decision', decision, 'outcome', decision_outcome, 'type', type,
          'riskTier', risk_tier, 'status', status)
      FROM draft
      UNION ALL
      SELECT created_at, $16::jsonb, 'draft.sent', conversation_id, id,
        jsonb_build_object('messageId', message_id, 'review', 'none')
      FROM draft WHERE message_id IS NOT NULL
    )
    SELECT * FROM draft`,
);
