import type { Actor, Decision, Draft, DraftStatus, MessageRole, Proposal } from '../contracts/domain.js';
import { type WrittenReply, writeReply } from '../conversations/write-reply.js';
import { declareStatement, type Executor } from '../db/statement.js';
import { insertAuditLinesSql } from '../events/audit-lines.js';
import { CairnloopError } from '../foundation/errors.js';
import type { Runtime } from '../runtime.js';
import type { TimedPolicyDecision } from './apply-policy.js';
import { newestMessageId } from './proposal.js';
import { type DraftRow, toDraft } from './rows.js';

/** The actor of drafts and replies by automation, in messages and the audit record. */
export const automationActor = { id: 'system:automation', name: 'Automation' };

/** A proposal that the policy has decided on. */
export interface DecidedProposal {
  proposal: Proposal;
  decided: TimedPolicyDecision;
  inputDigest: string;
  /** The customer message that the draft replies to; null when the host proposed the draft. */
  requestMessageId: string | null;
}

export interface StoredDraft {
  draft: Draft;
  /** The message that an allowed draft became. */
  answered: WrittenReply | null;
  /** Whether the draft request already had this draft, so that nothing was written. */
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
): Promise<StoredDraft> {
  const { proposal, requestMessageId } = decided;
  const [conversation] = await tx.run(lockConversation, { id: proposal.conversationId });
  if (!conversation) throw new CairnloopError('CONVERSATION_NOT_FOUND', { id: proposal.conversationId });
  const [known] = requestMessageId ? await tx.run(selectOfRequest, { messageId: requestMessageId }) : [];
  if (known) return { draft: toDraft(known), answered: null, known: true };
  const overtaken = conversation.status === 'open' ? await overtakenBy(tx, decided) : 'the conversation was resolved';
  const answered = decided.decided.decision === 'allow' && !overtaken ? await send(tx, runtime, proposal) : null;
  const draft = await insert(tx, decided, { overtaken, messageId: answered?.message.id ?? null });
  return { draft, answered, known: false };
}

/** Why a draft is too late to be sent or approved; null if it is not. A prepared draft is never too late. */
async function overtakenBy(tx: Executor, { proposal, decided }: DecidedProposal): Promise<string | null> {
  if (decided.decision === 'deny' || decided.decision === 'draft_only') return null;
  const { conversationId, conversation } = proposal;
  const newer = await tx.run(selectNewerRoles, { conversationId, lastSeen: newestMessageId(conversation) });
  const roles = newer.map((row) => row.role);
  if (roles.includes('customer')) return 'the customer has written since';
  return decided.decision === 'allow' && roles.length > 0 ? 'the conversation was answered meanwhile' : null;
}

async function send(
  tx: Executor,
  runtime: Pick<Runtime, 'config' | 'traces'>,
  proposal: Proposal,
): Promise<WrittenReply | null> {
  return writeReply(tx, runtime, proposal.conversationId, {
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
  const [row] = await tx.run(insertDraft, {
    id: proposal.id,
    conversationId: proposal.conversationId,
    type: proposal.type,
    content: kept.content,
    riskTier: proposal.riskTier,
    summary: kept.summary,
    evidence: JSON.stringify(kept.evidence),
    ...decided,
    inputDigest,
    status: late ? 'superseded' : statusOf[decided.decision],
    basedOn: newestMessageId(proposal.conversation),
    requestMessageId,
    messageId,
    actor: automationActor,
    reason: late ? overtaken : null,
  });
  if (!row) throw new Error('INSERT returned no row');
  return toDraft(row);
}

/**
 * Locks the conversation before any change of a draft, as a customer's message does. The next statement reads the
 * drafts, because a statement that waited for a lock sees the rows as they were before the wait.
 */
const lockConversation = declareStatement<{ id: string }, { status: string }>(
  'draft.lock_conversation',
  (s, p) => `SELECT status FROM ${s}.conversations WHERE id = ${p.id} FOR UPDATE`,
);

const selectOfRequest = declareStatement<{ messageId: string }, DraftRow>(
  'draft.of_request',
  (s, p) => `SELECT * FROM ${s}.drafts WHERE request_message_id = ${p.messageId}`,
);

const selectNewerRoles = declareStatement<{ conversationId: string; lastSeen: string | null }, { role: MessageRole }>(
  'draft.newer_roles',
  (s, p) => `
    SELECT DISTINCT m.role FROM ${s}.messages m
    WHERE m.conversation_id = ${p.conversationId} AND m.role IN ('customer', 'operator', 'automation')
      AND (${p.lastSeen}::uuid IS NULL OR (m.created_at, m.id) >
        (SELECT seen.created_at, seen.id FROM ${s}.messages seen WHERE seen.id = ${p.lastSeen}))`,
);

interface DraftParams
  extends TimedPolicyDecision,
    Pick<Proposal, 'id' | 'conversationId' | 'type' | 'content' | 'riskTier' | 'summary'> {
  /** The draft's evidence as JSON text. */
  evidence: string;
  inputDigest: string;
  status: DraftStatus;
  /** The id of the newest message that the draft replies to. */
  basedOn: string | null;
  requestMessageId: string | null;
  messageId: string | null;
  actor: Actor;
  reason: string | null;
}

const insertDraft = declareStatement<DraftParams, DraftRow>(
  'draft.insert',
  (s, p) => `
    WITH
    -- A draft that waits for no operator is settled at once.
    draft AS (
      INSERT INTO ${s}.drafts (id, conversation_id, type, content, risk_tier, summary, evidence, decision,
        decision_outcome, decision_ms, input_digest, status, based_on_message_id, request_message_id, message_id,
        decided_at, settled_at, settled_by, reason, created_at)
      VALUES (${p.id}, ${p.conversationId}, ${p.type}, ${p.content}, ${p.riskTier}, ${p.summary}, ${p.evidence},
        ${p.decision}, ${p.outcome}, ${p.ms}, ${p.inputDigest}, ${p.status}, ${p.basedOn}, ${p.requestMessageId},
        ${p.messageId}, ${s}.clock(),
        CASE WHEN ${p.status} IN ('pending', 'prepared') THEN NULL ELSE ${s}.clock() END,
        CASE WHEN ${p.status} IN ('pending', 'prepared') THEN NULL ELSE ${p.actor}::jsonb END, ${p.reason}, ${s}.clock())
      RETURNING *
    ),
    touched AS (
      UPDATE ${s}.conversations SET updated_at = ${s}.clock() WHERE id = ${p.conversationId}
    ),
    audit AS (${insertAuditLinesSql(
      s,
      {
        from: 'draft',
        at: 'created_at',
        actor: p.actor,
        actionSql: `'draft.' || CASE status WHEN 'denied' THEN 'denied' ELSE 'created' END`,
        subjectId: 'id',
        detail: `jsonb_build_object('decision', decision, 'outcome', decision_outcome, 'type', type,
          'riskTier', risk_tier, 'status', status)`,
      },
      {
        from: 'draft WHERE message_id IS NOT NULL',
        at: 'created_at',
        actor: p.actor,
        action: 'draft.sent',
        subjectId: 'id',
        detail: `jsonb_build_object('messageId', message_id, 'review', 'none')`,
      },
    )}
    )
    SELECT * FROM draft`,
);
