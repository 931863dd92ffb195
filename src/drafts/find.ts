import type { Draft } from '../contracts/domain.js';
import { requireConversation } from '../conversations/find.js';
import { declareStatement, type Executor } from '../db/statement.js';
import { CairnloopError } from '../foundation/errors.js';
import type { Runtime } from '../runtime.js';
import { isId } from '../validation/input.js';
import { type DraftRow, toDraft } from './rows.js';

/** Finds a draft by its id; null if there is none. */
export async function findDraft(executor: Executor, id: string): Promise<Draft | null> {
  const [row] = isId(id) ? await executor.run(selectDraft, { id }) : [];
  return row ? toDraft(row) : null;
}

/** Returns a draft by its id. Throws `DRAFT_NOT_FOUND`. */
export async function getDraft(runtime: Runtime, id: string): Promise<Draft> {
  const draft = await findDraft(runtime.db, id);
  if (!draft) throw new CairnloopError('DRAFT_NOT_FOUND', { id });
  return draft;
}

/** The drafts of a conversation, oldest first. Throws `CONVERSATION_NOT_FOUND`. */
export async function listDrafts(runtime: Runtime, conversationId: string): Promise<Draft[]> {
  const rows = isId(conversationId) ? await runtime.db.run(selectOfConversation, { conversationId }) : [];
  if (rows.length === 0) await requireConversation(runtime, conversationId);
  return rows.map(toDraft);
}

const selectDraft = declareStatement<{ id: string }, DraftRow>(
  'draft.get',
  (s, p) => `SELECT * FROM ${s}.drafts WHERE id = ${p.id}`,
);

const selectOfConversation = declareStatement<{ conversationId: string }, DraftRow>(
  'draft.of_conversation',
  (s, p) => `SELECT * FROM ${s}.drafts WHERE conversation_id = ${p.conversationId} ORDER BY id`,
);
