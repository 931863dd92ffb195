import type { Actor, Draft, DraftStatus, Message } from '../contracts/domain.js';
import type { ApproveInput, DiscardInput, EditInput, UseInput } from '../contracts/inputs.js';
import { findMessageByDedupeKey } from '../conversations/find-by-dedupe-key.js';
import { announceReply } from '../conversations/reply.js';
import { lastSeenMessageIdSchema, requireNoUnseenMessages } from '../conversations/unseen-messages.js';
import { writeReply } from '../conversations/write-reply.js';
import { declareStatement, type Executor } from '../db/statement.js';
import { announce } from '../events/announce.js';
import { insertAuditLinesSql } from '../events/audit-lines.js';
import { CairnloopError } from '../foundation/errors.js';
import type { Runtime } from '../runtime.js';
import {
  actorSchema,
  createInputSchema,
  isId,
  messageContentSchema,
  nameOrKeySchema,
  parseInput,
  storableTextSchema,
} from '../validation/input.js';
import { nextDraftStatus } from './draft-states.js';
import { type DraftRow, toDraft } from './rows.js';

const approveInput = createInputSchema<ApproveInput>()({
  actor: actorSchema,
  lastSeenMessageId: lastSeenMessageIdSchema,
});
const editInput = createInputSchema<EditInput>()({
  content: messageContentSchema,
  actor: actorSchema,
  lastSeenMessageId: lastSeenMessageIdSchema,
});
const useInput = createInputSchema<UseInput>()({
  /** The text to send, which need not have a word in common with the draft. */
  content: messageContentSchema,
  actor: actorSchema,
  /** A second call with the same key for the same conversation sends nothing and returns the draft. */
  dedupeKey: nameOrKeySchema.optional(),
  lastSeenMessageId: lastSeenMessageIdSchema,
});
const discardInput = createInputSchema<DiscardInput>()({
  actor: actorSchema,
  reason: storableTextSchema(2000).optional(),
});

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
    return changed(await tx.run(discard, { id, status, actor, reason: reason ?? null }));
  });
  announce(runtime, 'draft.discarded', { conversationId: draft.conversationId, draftId: id, actor });
  return draft;
}

interface Sending {
  action: 'approve' | 'edit' | 'use';
  actor: Actor;
  /** The text to send; null sends the proposed text. */
  content: string | null;
  dedupeKey?: string | undefined;
  /** The id of the newest message that the sender had read; undefined: nothing is compared. */
  lastSeen: string | null | undefined;
}

async function sendDraft(runtime: Runtime, id: string, sending: Sending): Promise<Draft> {
  const send = async (tx: Executor) => {
    const found = await lockDraft(tx, id);
    const { dedupeKey } = sending;
    if (dedupeKey && (await findMessageByDedupeKey(tx, found.conversation_id, dedupeKey)))
      return { draft: toDraft(found), answered: null };
    // A pending draft that is used counts as edited.
    const action = sending.action === 'use' && found.status === 'pending' ? 'edit' : sending.action;
    const status = statusAfter(found, action);
    await requireNoUnseenMessages(tx, found.conversation_id, sending.lastSeen);
    const answered = await answerWith(tx, runtime, found, { ...sending, status });
    return { draft: await recordSent(tx, id, { ...sending, status, message: answered.message }), answered };
  };
  const { draft, answered } = await runtime.traces.send(['reply'], () => runtime.db.transaction(send));
  if (!answered) return draft;
  announce(runtime, 'draft.sent', { draft });
  announceReply(runtime, answered);
  return draft;
}

/**
 * Locks the conversation, then reads the draft, so that concurrent decisions and customer messages, which take the same
 * lock, run one after the other.
 */
async function lockDraft(tx: Executor, id: string): Promise<DraftRow> {
  if (!isId(id)) throw new CairnloopError('DRAFT_NOT_FOUND', { id });
  await tx.run(lockConversation, { draftId: id });
  const [row] = await tx.run(selectDraft, { id });
  if (!row) throw new CairnloopError('DRAFT_NOT_FOUND', { id });
  return row;
}

const past = { approve: 'approved', edit: 'edited', use: 'used', discard: 'discarded' };

function statusAfter(row: DraftRow, action: keyof typeof past): DraftStatus {
  const next = nextDraftStatus(row.status, action);
  if (next.ok) return next.status;
  const because = row.status === 'superseded' && row.reason ? row.reason : next.reason;
  throw new CairnloopError('DRAFT_NOT_PENDING', { id: row.id, status: row.status, action: past[action], because });
}

async function answerWith(tx: Executor, runtime: Runtime, draft: DraftRow, sending: Sending & { status: DraftStatus }) {
  const answered = await writeReply(tx, runtime, draft.conversation_id, {
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
  return changed(await tx.run(send, { id, status, actor, content, messageId: message.id }));
}

function changed([row]: DraftRow[]): Draft {
  if (!row) throw new Error('UPDATE returned no row');
  return toDraft(row);
}

const lockConversation = declareStatement<{ draftId: string }, { id: string }>(
  'draft.lock_its_conversation',
  (s, p) => `
    SELECT id FROM ${s}.conversations
    WHERE id = (SELECT conversation_id FROM ${s}.drafts WHERE id = ${p.draftId}) FOR UPDATE`,
);

const selectDraft = declareStatement<{ id: string }, DraftRow>(
  'draft.to_settle',
  (s, p) => `SELECT * FROM ${s}.drafts WHERE id = ${p.id}`,
);

/** The columns of an audit line about a draft that an operator approved, edited, used or discarded. */
const settledLine = { from: 'draft', at: 'settled_at', actor: 'settled_by', subjectId: 'id' };

const send = declareStatement<
  { id: string; status: DraftStatus; actor: Actor; content: string | null; messageId: string },
  DraftRow
>(
  'draft.send',
  (s, p) => `
    WITH draft AS (
      UPDATE ${s}.drafts SET status = ${p.status}, settled_at = ${s}.clock(), settled_by = ${p.actor},
        message_id = ${p.messageId},
        proposed_content = CASE WHEN ${p.content}::text IS NULL THEN proposed_content ELSE content END,
        content = coalesce(${p.content}, content)
      WHERE id = ${p.id}
      RETURNING *
    ), audit AS (${insertAuditLinesSql(
      s,
      { ...settledLine, actionSql: `'draft.' || status` },
      { ...settledLine, action: 'draft.sent', detail: `jsonb_build_object('messageId', message_id, 'review', status)` },
    )}
    )
    SELECT * FROM draft`,
);

const discard = declareStatement<{ id: string; status: DraftStatus; actor: Actor; reason: string | null }, DraftRow>(
  'draft.discard',
  (s, p) => `
    WITH draft AS (
      UPDATE ${s}.drafts SET status = ${p.status}, settled_at = ${s}.clock(), settled_by = ${p.actor},
        reason = ${p.reason}
      WHERE id = ${p.id}
      RETURNING *
    ), touched AS (
      UPDATE ${s}.conversations SET updated_at = ${s}.clock() WHERE id IN (SELECT conversation_id FROM draft)
    ), audit AS (${insertAuditLinesSql(s, {
      ...settledLine,
      action: 'draft.discarded',
      detail: `jsonb_build_object('reason', reason)`,
    })}
    )
    SELECT * FROM draft`,
);
