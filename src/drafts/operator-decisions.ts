import type { z } from 'zod';
import type { Actor, Draft, DraftStatus, Message } from '../contracts/domain.js';
import { type Answered, sendAnswer } from '../conversations/answer.js';
import { findByDedupeKey } from '../conversations/find-by-dedupe-key.js';
import { afterAnswered } from '../conversations/reply.js';
import { lastSeenMessageId, refuseUnseenMessages } from '../conversations/unseen-messages.js';
import { type Executor, statement } from '../db/statement.js';
import { CairnloopError } from '../foundation/errors.js';
import type { Runtime } from '../runtime.js';
import { actor, content, isId, name, only, parseInput, text } from '../validation/input.js';
import { nextStatus } from './draft-states.js';
import { type DraftRow, toDraft } from './rows.js';

const approveInput = only({ actor, lastSeenMessageId });
const editInput = only({ content, actor, lastSeenMessageId });
const useInput = only({
  /** What is sent, whatever is left of the draft's own words. */
  content,
  actor,
  /** A second call with the same key for the same conversation sends nothing and answers the draft as it is. */
  dedupeKey: name.optional(),
  lastSeenMessageId,
});
const discardInput = only({ actor, reason: text(2000).optional() });

export type ApproveInput = z.input<typeof approveInput>;
export type EditInput = z.input<typeof editInput>;
export type UseInput = z.input<typeof useInput>;
export type DiscardInput = z.input<typeof discardInput>;

/**
 * Sends a draft that waits for approval, as it stands. Of many at once one wins and the others are refused, a second
 * click of the same operator too. Throws `DRAFT_NOT_FOUND`, `DRAFT_NOT_PENDING` (with the reason),
 * `CONVERSATION_RESOLVED`, `INPUT_INVALID`, and `CONVERSATION_CHANGED` where there is a message newer than
 * `lastSeenMessageId`.
 */
export async function approveDraft(runtime: Runtime, id: string, input: ApproveInput): Promise<Draft> {
  const { actor, lastSeenMessageId: lastSeen } = parseInput('drafts.approve', approveInput, input);
  return sendDraft(runtime, id, { action: 'approve', actor, content: null, lastSeen });
}

/**
 * Sends a draft that waits for approval with the operator's own words; the proposed ones are kept beside them. One
 * winner among this, approve and discard. Throws as {@link approveDraft}.
 */
export async function editDraft(runtime: Runtime, id: string, input: EditInput): Promise<Draft> {
  const { actor, content, lastSeenMessageId: lastSeen } = parseInput('drafts.edit', editInput, input);
  return sendDraft(runtime, id, { action: 'edit', actor, content, lastSeen });
}

/**
 * Sends a reply that an operator has made of a draft: it becomes `edited`, with the proposed words kept beside those that
 * were sent. Throws as {@link approveDraft}; a draft that cannot be used is no reason not to send the words as a reply.
 */
export async function useDraft(runtime: Runtime, id: string, input: UseInput): Promise<Draft> {
  const { lastSeenMessageId: lastSeen, ...words } = parseInput('drafts.use', useInput, input);
  return sendDraft(runtime, id, { action: 'use', ...words, lastSeen });
}

/** Drops a draft that nobody has sent. Throws `DRAFT_NOT_FOUND`, `DRAFT_NOT_PENDING`, `INPUT_INVALID`. */
export async function discardDraft(runtime: Runtime, id: string, input: DiscardInput): Promise<Draft> {
  const { actor, reason } = parseInput('drafts.discard', discardInput, input);
  const draft = await runtime.db.transaction(async (tx) => {
    const status = statusAfter(await lockDraft(tx, id), 'discard');
    return changed(await tx.run<DraftRow>(discard, [id, status, actor, reason ?? null]));
  });
  runtime.telemetry.publish('draft.discarded', {}, { conversationId: draft.conversationId, draftId: id, actor });
  runtime.changeFeed.changed(draft.conversationId);
  return draft;
}

interface Sending {
  action: 'approve' | 'edit' | 'use';
  actor: Actor;
  /** Null: as proposed. */
  content: string | null;
  dedupeKey?: string | undefined;
  /** What the sender had read; undefined: it is not compared. */
  lastSeen: string | null | undefined;
}

async function sendDraft(runtime: Runtime, id: string, sending: Sending): Promise<Draft> {
  const { draft, answered } = await runtime.db.transaction(async (tx) => {
    const found = await lockDraft(tx, id);
    const { dedupeKey } = sending;
    if (dedupeKey && (await findByDedupeKey(tx, found.conversation_id, dedupeKey)))
      return { draft: toDraft(found), answered: null };
    // One that waits for approval is edited by who sends other words in its place.
    const action = sending.action === 'use' && found.status === 'pending' ? 'edit' : sending.action;
    const status = statusAfter(found, action);
    await refuseUnseenMessages(tx, found.conversation_id, sending.lastSeen);
    const answered = await answerWith(tx, runtime, found, { ...sending, status });
    return { draft: await recordSent(tx, id, { ...sending, status, message: answered.message }), answered };
  });
  if (answered) afterSent(runtime, draft, answered);
  return draft;
}

/**
 * Locks the draft's conversation, then reads the draft: of two steps at once the second waits and finds the first one
 * done, and so it does with a customer message, which takes the same lock before it supersedes.
 */
async function lockDraft(tx: Executor, id: string): Promise<DraftRow> {
  if (!isId(id)) throw new CairnloopError('DRAFT_NOT_FOUND', { id });
  await tx.run(lockConversation, [id]);
  const [row] = await tx.run<DraftRow>(selectDraft, [id]);
  if (!row) throw new CairnloopError('DRAFT_NOT_FOUND', { id });
  return row;
}

const past = { approve: 'approved', edit: 'edited', use: 'used', discard: 'discarded' };

function statusAfter(row: DraftRow, action: keyof typeof past): DraftStatus {
  const next = nextStatus(row.status, action);
  if (next.ok) return next.status;
  const because = row.status === 'superseded' && row.reason ? row.reason : next.reason;
  throw new CairnloopError('DRAFT_NOT_PENDING', { id: row.id, status: row.status, action: past[action], because });
}

async function answerWith(
  tx: Executor,
  { config }: Runtime,
  draft: DraftRow,
  sending: Sending & { status: DraftStatus },
) {
  const answered = await sendAnswer(tx, config, draft.conversation_id, {
    role: 'operator',
    content: sending.content ?? draft.content,
    author: sending.actor,
    metadata: { draftId: draft.id, draftStatus: sending.status },
    dedupeKey: sending.dedupeKey,
  });
  if (answered) return answered;
  throw new CairnloopError('CONVERSATION_RESOLVED', {
    id: draft.conversation_id,
    action: `have a draft ${past[sending.action]}`,
  });
}

async function recordSent(
  tx: Executor,
  id: string,
  { status, actor, content, message }: Sending & { status: DraftStatus; message: Message },
): Promise<Draft> {
  return changed(await tx.run<DraftRow>(send, [id, status, actor, content, message.id]));
}

function changed([row]: DraftRow[]): Draft {
  if (!row) throw new Error('UPDATE answered no row');
  return toDraft(row);
}

function afterSent(runtime: Runtime, draft: Draft, answered: Answered): void {
  const about = { conversationId: draft.conversationId, draftId: draft.id, actor: draft.settledBy };
  runtime.telemetry.publish(draft.status === 'edited' ? 'draft.edited' : 'draft.approved', {}, about);
  runtime.telemetry.publish('draft.sent', {}, { ...about, messageId: draft.messageId });
  afterAnswered(runtime, answered);
}

const lockConversation = statement(
  'draft.lock_its_conversation',
  (s) => `
    SELECT id FROM ${s}.conversations WHERE id = (SELECT conversation_id FROM ${s}.drafts WHERE id = $1) FOR UPDATE`,
);

const selectDraft = statement('draft.to_settle', (s) => `SELECT * FROM ${s}.drafts WHERE id = $1`);

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
      UPDATE ${s}.drafts SET status = $2, settled_at = ${s}.clock(), settled_by = $3, reason = $4
      WHERE id = $1
      RETURNING *
    ), touched AS (
      UPDATE ${s}.conversations SET updated_at = ${s}.clock() WHERE id IN (SELECT conversation_id FROM draft)
    ), audit AS (
      INSERT INTO ${s}.audit_events (at, actor, action, conversation_id, subject_id, detail)
      SELECT settled_at, settled_by, 'draft.discarded', conversation_id, id, jsonb_build_object('reason', reason) FROM draft
    )
    SELECT * FROM draft`,
);
