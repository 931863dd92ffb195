import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type Answered, sendAnswer } from '../conversations/answer.js';
import { findConversation } from '../conversations/find.js';
import { afterAnswered } from '../conversations/reply.js';
import { deepFreeze } from '../conversations/rows.js';
import { type Executor, statement } from '../db/statement.js';
import {
  type Conversation,
  type Decision,
  type Draft,
  type DraftStatus,
  type Proposal,
  type ProposalInput,
  proposalTypes,
  riskTiers,
} from '../domain.js';
import { CairnloopError } from '../errors.js';
import { content, name, parseInput, text } from '../input.js';
import type { Runtime } from '../runtime.js';
import { type Decided, decide } from './decide.js';
import { type DraftRow, toDraft } from './rows.js';

const proposalInput = z.object({
  type: z.enum(proposalTypes),
  content,
  riskTier: z.enum(riskTiers).default('medium'),
  summary: text(2000).default(''),
  evidence: z
    .array(z.object({ source: name, quote: text(5000).optional(), url: text(2000).optional() }))
    .max(50)
    .default([]),
});

/** The automation's name in messages and the audit record. */
export const automationActor = { id: 'system:automation', name: 'Automation' };

/**
 * Puts a proposal to the AutomationPolicy, once, and stores it with the decision: `allow` sends it, `draft_only` keeps
 * it for whoever looks, `require_approval` prompts an operator, `deny` keeps the fact and none of the words. Throws
 * `CONVERSATION_NOT_FOUND`, `CONVERSATION_RESOLVED`, `INPUT_INVALID`.
 */
export async function proposeDraft(runtime: Runtime, conversationId: string, input: ProposalInput): Promise<Draft> {
  const wanted = parseInput('drafts.propose', proposalInput, input);
  const conversation = await openConversationOf(runtime, conversationId);
  const proposal = await toProposal(runtime, conversation, wanted);
  const context = await runtime.context.raw(conversation.actorId);
  const decided = await decide(runtime, proposal, deepFreeze({ conversation, context }));
  const { draft, answered } = await runtime.db.transaction((tx) =>
    store(tx, proposal, decided, digest(proposal, context)),
  );
  afterProposed(runtime, draft, answered);
  return draft;
}

async function openConversationOf(runtime: Runtime, id: string): Promise<Conversation> {
  const conversation = await findConversation(runtime, id);
  if (!conversation) throw new CairnloopError('CONVERSATION_NOT_FOUND', { id });
  if (conversation.status !== 'open')
    throw new CairnloopError('CONVERSATION_RESOLVED', { id, action: 'be drafted for' });
  return conversation;
}

async function toProposal(
  runtime: Runtime,
  conversation: Conversation,
  wanted: z.output<typeof proposalInput>,
): Promise<Proposal> {
  const [reserved] = await runtime.db.run<{ id: string }>(reserveId, []);
  if (!reserved) throw new Error('SELECT answered no row');
  return deepFreeze({ id: reserved.id, conversationId: conversation.id, ...wanted, conversation });
}

/** What the decision rested on, for a later comparison; it gives nothing of it away. */
function digest(proposal: Proposal, context: Record<string, unknown> | null): string {
  const seen = JSON.stringify([proposal, context], (_key, value) =>
    typeof value === 'bigint' ? String(value) : value,
  );
  return createHash('sha256').update(seen).digest('hex');
}

const statusOf: Record<Decision, DraftStatus> = {
  allow: 'allowed',
  draft_only: 'prepared',
  require_approval: 'pending',
  deny: 'denied',
};

async function store(
  tx: Executor,
  proposal: Proposal,
  { decision, outcome, ms }: Decided,
  inputDigest: string,
): Promise<{ draft: Draft; answered: Answered | null }> {
  const kept = decision === 'deny' ? { ...proposal, content: '', summary: '', evidence: [] } : proposal;
  const seen = newestMessageId(proposal.conversation);
  const overtaken = decision !== 'deny' && (await isOvertaken(tx, proposal.conversationId, seen));
  const answered =
    decision === 'allow' && !overtaken
      ? await sendAnswer(tx, proposal.conversationId, {
          role: 'automation',
          content: proposal.content,
          author: automationActor,
          metadata: { draftId: proposal.id, sentWithoutReview: true },
        })
      : null;
  const [row] = await tx.run<DraftRow>(insertDraft, [
    proposal.id,
    proposal.conversationId,
    kept.type,
    kept.content,
    kept.riskTier,
    kept.summary,
    JSON.stringify(kept.evidence),
    decision,
    outcome,
    ms,
    inputDigest,
    overtaken || (decision === 'allow' && !answered) ? 'superseded' : statusOf[decision],
    seen,
    answered?.message.id ?? null,
    automationActor,
  ]);
  if (!row) throw new Error('INSERT answered no row');
  return { draft: toDraft(row), answered };
}

/** The newest message that took part in the conversation; lines of the system say nothing. */
function newestMessageId(conversation: Conversation): string | null {
  return conversation.messages?.findLast((message) => message.role !== 'system')?.id ?? null;
}

/** Whether the customer wrote, or the conversation ended, while the policy was thinking. Locks the conversation. */
export async function isOvertaken(tx: Executor, conversationId: string, seen: string | null): Promise<boolean> {
  const [row] = await tx.run<{ overtaken: boolean }>(selectOvertaken, [conversationId, seen]);
  return row?.overtaken ?? true;
}

function afterProposed(runtime: Runtime, draft: Draft, answered: Answered | null): void {
  const about = { conversationId: draft.conversationId, draftId: draft.id, decision: draft.decision };
  runtime.telemetry.publish(draft.status === 'denied' ? 'draft.denied' : 'draft.created', {}, about);
  if (answered) {
    runtime.telemetry.publish('draft.sent', {}, { ...about, messageId: answered.message.id });
    afterAnswered(runtime, answered);
  }
  runtime.activity.changed(draft.conversationId);
}

const reserveId = statement('draft.reserve', (s) => `SELECT ${s}.time_id() AS id`);

const selectOvertaken = statement(
  'draft.overtaken',
  (s) => `
    WITH conversation AS (SELECT id, status FROM ${s}.conversations WHERE id = $1 FOR UPDATE)
    SELECT status <> 'open' OR EXISTS (
      SELECT FROM ${s}.messages m
      WHERE m.conversation_id = $1 AND m.role = 'customer' AND ($2::uuid IS NULL OR (m.created_at, m.id) >
        (SELECT seen.created_at, seen.id FROM ${s}.messages seen WHERE seen.id = $2))
    ) AS overtaken
    FROM conversation`,
);

const insertDraft = statement(
  'draft.insert',
  (s) => `
    WITH draft AS (
      INSERT INTO ${s}.drafts (id, conversation_id, type, content, risk_tier, summary, evidence, decision,
        decision_outcome, decision_ms, input_digest, status, based_on_message_id, message_id,
        decided_at, settled_at, settled_by, created_at)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, ${s}.clock(),
        CASE WHEN $12 IN ('pending', 'prepared') THEN NULL ELSE ${s}.clock() END,
        CASE WHEN $12 IN ('pending', 'prepared') THEN NULL ELSE $15::jsonb END, ${s}.clock())
      RETURNING *
    ), touched AS (
      UPDATE ${s}.conversations SET updated_at = ${s}.clock() WHERE id = $2
    ), audit AS (
      INSERT INTO ${s}.audit_events (at, actor, action, conversation_id, subject_id, detail)
      SELECT created_at, $15::jsonb, 'draft.' || CASE status WHEN 'denied' THEN 'denied' ELSE 'created' END,
        conversation_id, id, jsonb_build_object('decision', decision, 'outcome', decision_outcome, 'type', type,
          'riskTier', risk_tier, 'status', status)
      FROM draft
      UNION ALL
      SELECT created_at, $15::jsonb, 'draft.sent', conversation_id, id,
        jsonb_build_object('messageId', message_id, 'review', 'none')
      FROM draft WHERE message_id IS NOT NULL
    )
    SELECT * FROM draft`,
);
