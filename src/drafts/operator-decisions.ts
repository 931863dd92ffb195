import type { Actor, Draft, DraftStatus, Message } from '../contracts/domain.js';
import type { ApproveInput, DiscardInput, EditInput, UseInput } from '../contracts/inputs.js';
import { type Answered, sendAnswer } from '../conversations/answer.js';
import { findByDedupeKey } from '../conversations/find-by-dedupe-key.js';
import { afterAnswered } from '../conversations/reply.js';
import { lastSeenMessageId, refuseUnseenMessages } from '../conversations/unseen-messages.js';
import { type Executor, statement } from '../db/statement.js';
import { CairnloopError } from '../foundation/errors.js';
import type { Runtime } from '../runtime.js';
import { actor, content, isId, name, parseInput, schemaOf, text } from '../validation/input.js';
import { nextStatus } from './draft-states.js';
import { type DraftRow, toDraft } from './rows.js';

const approveInput = schemaOf<ApproveInput>()({ actor, lastSeenMessageId });
const editInput = schemaOf<EditInput>()({ content, actor, lastSeenMessageId });
const useInput = schemaOf<UseInput>()({
  /** What is sent, whatever is left of the draft's own words. */
  content,
  actor,
  /** A second call with the same key for the same conversation sends nothing and answers the draft as it is. */
  dedupeKey: name.optional(),
  lastSeenMessageId,
});
const discardInput = schemaOf<DiscardInput>()({ actor, reason: text(2000).optional() });

/**
 * Sends a pending draft as proposed. Of concurrent decisions one wins and the others throw. Throws `DRAFT_NOT_FOUND`,
 * `DRAFT_NOT_PENDING` (with the reason), `CONVERSATION_RESOLVED`, `INPUT_INVALID`, and `CONVERSATION_CHANGED` if a
 * message is newer than `lastSeenMessageId`.
 */
export async function approveDraft(runtime: Runtime, id: string, input: ApproveInput): Promise<Draft> {
  const { actor, lastSeenMessageId: lastSeen } = parseInput('drafts.approve', approveInput, input);
  return sendDraft(runtime, id, { action: 'approve', actor, content: null, lastSeen });
}

/**
 * Sends a pending draft with the operator's text and keeps the proposed text beside it. Throws as {@link approveDraft}.
 */
export async function editDraft(runtime: Runtime, id: string, input: EditInput): Promise<Draft> {
  const { actor, content, lastSeenMessageId: lastSeen } = parseInput('drafts.edit', editInput, input);
  return sendDraft(runtime, id, { action: 'edit', actor, content, lastSeen });
}

/**
 * Sends a reply that an operator made from a draft; the draft becomes `edited`, with the proposed text kept. Throws as
 * {@link approveDraft}; a caller may then send the text as a plain reply.
 */
export async function useDraft(runtime: Runtime, id: string, input: UseInput): Promise<Draft> {
  const { lastSeenMessageId: lastSeen, ...words } = parseInput('drafts.use', useInput, input);
  return sendDraft(runtime, id, { action: 'use', ...words, lastSeen });
}

/** Discards an unsent draft. Throws `DRAFT_NOT_FOUND`, `DRAFT_NOT_PENDING`, `INPUT_INVALID`. */
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
  /** The newest message the sender had read; undefined: not compared. */
  lastSeen: string | null | undefined;
}

async function sendDraft(runtime: Runtime, id: string, sending: Sending): Promise<Draft> {
  const send = async (tx: Executor) => {
    const found = await lockDraft(tx, id);
    const { dedupeKey } = sending;
    if (dedupeKey && (await findByDedupeKey(tx, found.conversation_id, dedupeKey)))
      return { draft: toDraft(found), answered: null };
    // Using a pending draft edits it.
    const action = sending.action === 'use' && found.status === 'pending' ? 'edit' : sending.action;
    const status = statusAfter(found, action);
    await refuseUnseenMessages(tx, found.conversation_id, sending.lastSeen);
    const answered = await answerWith(tx, runtime, found, { ...sending, status });
    return { draft: await recordSent(tx, id, { ...sending, status, message: answered.message }), answered };
  };
  const { draft, answered } = await runtime.traces.send(['reply'], () => runtime.db.transaction(send));
  if (answered) afterSent(runtime, draft, answered);
  return draft;
}

/**
 * Locks the conversation, then reads the draft, so that concurrent decisions and customer messages, which take the same
 * lock, run one after the other.
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

async function answerWith(tx: Executor, runtime: Runtime, draft: DraftRow, sending: Sending & { status: DraftStatus }) {
  const answered = await sendAnswer(tx, runtime, draft.conversation_id, {
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
