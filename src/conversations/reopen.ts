import type { Conversation } from '../contracts/domain.js';
import type { ReopenInput } from '../contracts/inputs.js';
import { statement } from '../db/statement.js';
import type { Runtime } from '../runtime.js';
import { actor, isId, parseInput, schemaOf } from '../validation/input.js';
import { changeTime } from './change-time.js';
import { requireConversation } from './find.js';
import { type ConversationRow, toConversation } from './rows.js';

const reopenInput = schemaOf<ReopenInput>()({ actor });

/**
 * Reopens a resolved conversation for an operator; no clock starts, because no customer waits. Reopening an open one
 * changes nothing. Throws `CONVERSATION_NOT_FOUND`, `INPUT_INVALID`.
 */
export async function reopenConversation(runtime: Runtime, id: string, input: ReopenInput): Promise<Conversation> {
  const { actor } = parseInput('conversations.reopen', reopenInput, input);
  const [row] = isId(id) ? await runtime.db.run<ConversationRow>(reopen, [id, actor]) : [];
  if (!row) return requireConversation(runtime, id);
  runtime.changeFeed.changed(id, 'visible');
  return toConversation(row);
}

const reopen = statement(
  'conversation.reopen',
  (s) => `
    WITH conversation AS (
      UPDATE ${s}.conversations c SET
        status = 'open', resolved_at = NULL, resolved_by = NULL, updated_at = ${changeTime(s, 'c')}
      WHERE id = $1 AND status <> 'open'
      RETURNING *
    ), line AS (
      INSERT INTO ${s}.messages (conversation_id, role, content, author, created_at)
      SELECT id, 'system', 'Conversation reopened', $2, updated_at FROM conversation
    ), audit AS (
      INSERT INTO ${s}.audit_events (at, actor, action, conversation_id)
      SELECT updated_at, $2, 'conversation.reopened', id FROM conversation
    )
    SELECT * FROM conversation`,
);
