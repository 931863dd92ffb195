import type { Conversation } from '../contracts/domain.js';
import type { ArchiveInput } from '../contracts/inputs.js';
import { statement } from '../db/statement.js';
import type { Runtime } from '../runtime.js';
import { afterClockEnded, endClock } from '../sla/end-clock.js';
import { type SlaRow, toSla } from '../sla/rows.js';
import { actor, isId, parseInput, schemaOf } from '../validation/input.js';
import { changeTime } from './change-time.js';
import { requireHead } from './find.js';
import { type ConversationRow, toConversation } from './rows.js';

const archiveInput = schemaOf<ArchiveInput>()({ actor });

/**
 * Archives a conversation, open or resolved: ends its clock and snooze and owes no callback. A customer's message or
 * `reopen` opens it again. Archiving an archived one changes nothing. Throws `CONVERSATION_NOT_FOUND`, `INPUT_INVALID`.
 */
export async function archiveConversation(runtime: Runtime, id: string, input: ArchiveInput): Promise<Conversation> {
  const { actor } = parseInput('conversations.archive', archiveInput, input);
  const [row] = isId(id) ? await runtime.db.run<ConversationRow & { sla: SlaRow | null }>(archive, [id, actor]) : [];
  if (!row) return requireHead(runtime.db, id);
  const conversation = toConversation(row);
  runtime.changeFeed.changed(id, 'visible');
  runtime.telemetry.publish('conversation.archived', {}, { conversation, actor });
  if (row.sla) afterClockEnded(runtime, toSla(row.sla));
  return conversation;
}

const archive = statement(
  'conversation.archive',
  (s) => `
    WITH conversation AS (
      UPDATE ${s}.conversations c SET
        status = 'archived', unanswered_since = NULL, snoozed_until = NULL, updated_at = ${changeTime(s, 'c')}
      WHERE id = $1 AND status <> 'archived'
      RETURNING *
    ), ${endClock(s, 'archived')}, line AS (
      INSERT INTO ${s}.messages (conversation_id, role, content, author, created_at)
      SELECT id, 'system', 'Conversation archived', $2, updated_at FROM conversation
    ), audit AS (
      INSERT INTO ${s}.audit_events (at, actor, action, conversation_id, subject_id)
      SELECT updated_at, $2, 'conversation.archived', id, NULL::uuid FROM conversation
      UNION ALL
      SELECT completed_at, $2, 'sla.' || status, conversation_id, id FROM sla
    )
    SELECT conversation.*, (SELECT to_jsonb(sla) FROM sla) AS sla FROM conversation`,
);
