import type { Actor, Conversation } from '../contracts/domain.js';
import type { ReopenInput } from '../contracts/inputs.js';
import { declareStatement } from '../db/statement.js';
import { announce } from '../events/announce.js';
import { insertAuditLinesSql } from '../events/audit-lines.js';
import type { Runtime } from '../runtime.js';
import { actorSchema, createInputSchema, isId, parseInput } from '../validation/input.js';
import { timeOfChangeSql } from './change-time.js';
import { requireConversation } from './find.js';
import { type ConversationRow, toConversation } from './rows.js';

const reopenInput = createInputSchema<ReopenInput>()({ actor: actorSchema });

/**
 * Reopens a resolved or archived conversation for an operator; no clock starts, because no customer waits. Reopening an
 * open one changes nothing. Throws `CONVERSATION_NOT_FOUND`, `INPUT_INVALID`.
 */
export async function reopenConversation(runtime: Runtime, id: string, input: ReopenInput): Promise<Conversation> {
  const { actor } = parseInput('conversations.reopen', reopenInput, input);
  const [row] = isId(id) ? await runtime.db.run(reopen, { id, actor }) : [];
  if (!row) return requireConversation(runtime, id);
  announce(runtime, 'conversation.reopened', { conversationId: id });
  return toConversation(row);
}

const reopen = declareStatement<{ id: string; actor: Actor }, ConversationRow>(
  'conversation.reopen',
  (s, p) => `
    WITH conversation AS (
      UPDATE ${s}.conversations c SET
        status = 'open', resolved_at = NULL, resolved_by = NULL, updated_at = ${timeOfChangeSql(s, 'c')}
      WHERE id = ${p.id} AND status <> 'open'
      RETURNING *
    ), line AS (
      INSERT INTO ${s}.messages (conversation_id, role, content, author, created_at)
      SELECT id, 'system', 'Conversation reopened', ${p.actor}, updated_at FROM conversation
    ), audit AS (${insertAuditLinesSql(s, {
      from: 'conversation',
      at: 'updated_at',
      actor: p.actor,
      action: 'conversation.reopened',
      conversationId: 'id',
    })}
    )
    SELECT * FROM conversation`,
);
