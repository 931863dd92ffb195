import type { Actor, Conversation } from '../contracts/domain.js';
import type { ArchiveInput } from '../contracts/inputs.js';
import { declareStatement } from '../db/statement.js';
import { announce } from '../events/announce.js';
import { insertAuditLinesSql } from '../events/audit-lines.js';
import type { Runtime } from '../runtime.js';
import { endSlaClockCte, slaClockEndedAuditLine } from '../sla/end-clock.js';
import { type SlaRow, toSla } from '../sla/rows.js';
import { actorSchema, createInputSchema, isId, parseInput } from '../validation/input.js';
import { timeOfChangeSql } from './change-time.js';
import { requireConversationWithoutMessages } from './find.js';
import { type ConversationRow, toConversation } from './rows.js';

const archiveInput = createInputSchema<ArchiveInput>()({ actor: actorSchema });

/**
 * Archives a conversation, open or resolved: ends its clock and snooze and owes no callback. A customer's message or
 * `reopen` opens it again. Archiving an archived one changes nothing. Throws `CONVERSATION_NOT_FOUND`, `INPUT_INVALID`.
 */
export async function archiveConversation(runtime: Runtime, id: string, input: ArchiveInput): Promise<Conversation> {
  const { actor } = parseInput('conversations.archive', archiveInput, input);
  const [row] = isId(id) ? await runtime.db.run(archive, { id, actor }) : [];
  if (!row) return requireConversationWithoutMessages(runtime.db, id);
  const conversation = toConversation(row);
  announce(runtime, 'conversation.archived', { conversation, actor });
  if (row.sla) announce(runtime, 'sla.ended', { sla: toSla(row.sla) });
  return conversation;
}

const archive = declareStatement<{ id: string; actor: Actor }, ConversationRow & { sla: SlaRow | null }>(
  'conversation.archive',
  (s, p) => `
    WITH conversation AS (
      UPDATE ${s}.conversations c SET
        status = 'archived', unanswered_since = NULL, snoozed_until = NULL, updated_at = ${timeOfChangeSql(s, 'c')}
      WHERE id = ${p.id} AND status <> 'archived'
      RETURNING *
    ),
    ${endSlaClockCte(s, 'archived')},
    line AS (
      INSERT INTO ${s}.messages (conversation_id, role, content, author, created_at)
      SELECT id, 'system', 'Conversation archived', ${p.actor}, updated_at FROM conversation
    ),
    audit AS (${insertAuditLinesSql(
      s,
      { from: 'conversation', at: 'updated_at', actor: p.actor, action: 'conversation.archived', conversationId: 'id' },
      slaClockEndedAuditLine(p.actor),
    )}
    )
    SELECT conversation.*, (SELECT to_jsonb(sla) FROM sla) AS sla FROM conversation`,
);
