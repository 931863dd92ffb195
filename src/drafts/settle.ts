import { z } from 'zod';
import { type Answered, sendAnswer } from '../conversations/answer.js';
import { afterAnswered } from '../conversations/reply.js';
import { type Executor, statement } from '../db/statement.js';
import type { Actor, Draft, Message } from '../domain.js';
import { CairnloopError } from '../errors.js';
import { actor, content, isId, parseInput, text } from '../input.js';
import type { Runtime } from '../runtime.js';
import { findDraft } from './find.js';
import { isOvertaken } from './propose.js';
import { type DraftRow, toDraft } from './rows.js';

const approveInput = z.object({ actor });
const editInput = z.object({ content, actor });
const discardInput = z.object({ actor, reason: text(2000).optional() });

export type ApproveInput = z.input<typeof approveInput>;
export type EditInput = z.input<typeof editInput>;
export type DiscardInput = z.input<typeof discardInput>;

/**
 * Sends a draft that waits for approval, as it stands. Of many at once one wins; the others are refused. Throws
 * `DRAFT_NOT_FOUND`, `DRAFT_NOT_PENDING` (with the reason), `CONVERSATION_RESOLVED`, `INPUT_INVALID`.
 */
export async function approveDraft(runtime: Runtime, id: string, input: ApproveInput): Promise<Draft> {
  const { actor } = parseInput('drafts.approve', approveInput, input);
  return sendDraft(runtime, id, { actor, content: null, status: 'approved' });
}

/**
 * Sends a draft that waits for approval with the operator's own words; the proposed ones are kept beside them. Throws
 * as {@link approveDraft}.
 */
export async function editDraft(runtime: Runtime, id: string, input: EditInput): Promise<Draft> {
  const { actor, content } = parseInput('drafts.edit', editInput, input);
  return sendDraft(runtime, id, { actor, content, status: 'edited' });
}

/** Drops a draft that nobody has sent. Throws `DRAFT_NOT_FOUND`, `DRAFT_NOT_PENDING`, `INPUT_INVALID`. */
export async function discardDraft(runtime: Runtime, id: string, input: DiscardInput): Promise<Draft> {
  const { actor, reason } = parseInput('drafts.discard', discardInput, input);
  const [row] = isId(id) ? await runtime.db.run<DraftRow>(discard, [id, actor, reason ?? null]) : [];
  if (!row) return refuse(runtime.db, id, 'discarded');
  runtime.telemetry.publish('draft.discarded', {}, { conversationId: row.conversation_id, draftId: id, actor });
  runtime.activity.changed(row.conversation_id);
  return toDraft(row);
}

interface Sending {
  actor: Actor;
  /** Null: as proposed. */
  content: string | null;
  status: 'approved' | 'edited';
}

async function sendDraft(runtime: Runtime, id: string, sending: Sending): Promise<Draft> {
  const sent = await runtime.db.transaction(async (tx) => {
    const pending = await lockPending(tx, id, sending.status);
    await requireCurrent(tx, pending, sending.status);
    const answered = await sendAnswer(tx, pending.conversation_id, {
      role: 'operator',
      content: sending.content ?? pending.content,
      author: sending.actor,
      metadata: { draftId: id, draftStatus: sending.status },
    });
    if (!answered) throw resolved(pending.conversation_id, sending.status);
    return { draft: await recordSent(tx, id, sending, answered.message), answered };
  });
  afterSent(runtime, sent.draft, sent.answered);
  return sent.draft;
}

/** Locks the draft, so that of two at once the second waits and then finds it settled. */
async function lockPending(tx: Executor, id: string, action: string): Promise<DraftRow> {
  const [row] = isId(id) ? await tx.run<DraftRow>(lock, [id]) : [];
  return row?.status === 'pending' ? row : refuse(tx, id, action);
}

/** A newer message or a resolution may have committed while we waited for the lock. */
async function requireCurrent(tx: Executor, pending: DraftRow, action: string): Promise<void> {
  const [conversation] = await tx.run<{ status: string }>(selectConversationStatus, [pending.conversation_id]);
  if (conversation?.status !== 'open') throw resolved(pending.conversation_id, action);
  if (await isOvertaken(tx, pending.conversation_id, pending.based_on_message_id)) {
    throw new CairnloopError('DRAFT_NOT_PENDING', {
      id: pending.id,
      status: 'superseded',
      action,
      because: 'the customer has written since',
    });
  }
}

function resolved(conversationId: string, action: string): CairnloopError {
  return new CairnloopError('CONVERSATION_RESOLVED', { id: conversationId, action: `have a draft ${action}` });
}

async function recordSent(tx: Executor, id: string, sending: Sending, message: Message): Promise<Draft> {
  const [row] = await tx.run<DraftRow>(send, [id, sending.status, sending.actor, sending.content, message.id]);
  if (!row) throw new Error('UPDATE answered no row');
  return toDraft(row);
}

async function refuse(executor: Executor, id: string, action: string): Promise<never> {
  const draft = await findDraft(executor, id);
  if (!draft) throw new CairnloopError('DRAFT_NOT_FOUND', { id });
  const because = draft.status === 'superseded' ? 'the customer has written since' : undefined;
  throw new CairnloopError('DRAFT_NOT_PENDING', { id, status: draft.status, action, ...(because && { because }) });
}

function afterSent(runtime: Runtime, draft: Draft, answered: Answered): void {
  const about = { conversationId: draft.conversationId, draftId: draft.id, actor: draft.settledBy };
  runtime.telemetry.publish(draft.status === 'edited' ? 'draft.edited' : 'draft.approved', {}, about);
  runtime.telemetry.publish('draft.sent', {}, { ...about, messageId: draft.messageId });
  afterAnswered(runtime, answered);
}

const lock = statement('draft.lock', (s) => `SELECT * FROM ${s}.drafts WHERE id = $1 FOR UPDATE`);

const selectConversationStatus = statement(
  'draft.conversation_status',
  (s) => `SELECT status FROM ${s}.conversations WHERE id = $1 FOR UPDATE`,
);

const send = statement(
  'draft.send',
  (s) => `
    WITH draft AS (
      UPDATE ${s}.drafts SET status = $2, settled_at = ${s}.clock(), settled_by = $3, message_id = $5,
        proposed_content = CASE WHEN $4::text IS NULL THEN proposed_content ELSE content END,
        content = coalesce($4, content)
      WHERE id = $1
      RETURNING *
    ), audit AS (
      INSERT INTO ${s}.audit_events (at, actor, action, conversation_id, subject_id, detail)
      SELECT settled_at, settled_by, 'draft.' || status, conversation_id, id, '{}'::jsonb FROM draft
      UNION ALL
      SELECT settled_at, settled_by, 'draft.sent', conversation_id, id,
        jsonb_build_object('messageId', message_id, 'review', status)
      FROM draft
    )
    SELECT * FROM draft`,
);

const discard = statement(
  'draft.discard',
  (s) => `
    WITH draft AS (
      UPDATE ${s}.drafts SET status = 'discarded', settled_at = ${s}.clock(), settled_by = $2, reason = $3
      WHERE id = $1 AND status IN ('pending', 'prepared')
      RETURNING *
    ), touched AS (
      UPDATE ${s}.conversations SET updated_at = ${s}.clock() WHERE id IN (SELECT conversation_id FROM draft)
    ), audit AS (
      INSERT INTO ${s}.audit_events (at, actor, action, conversation_id, subject_id, detail)
      SELECT settled_at, settled_by, 'draft.discarded', conversation_id, id, jsonb_build_object('reason', reason) FROM draft
    )
    SELECT * FROM draft`,
);
