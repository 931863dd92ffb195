import type { Actor, Message } from '../contracts/domain.js';
import type { CancelInput } from '../contracts/inputs.js';
import { type MessageRow, toMessage } from '../conversations/rows.js';
import { declareStatement } from '../db/statement.js';
import { isUnsettledSql } from '../deliveries/sql-conditions.js';
import { announce } from '../events/announce.js';
import { insertAuditLinesSql } from '../events/audit-lines.js';
import { CairnloopError } from '../foundation/errors.js';
import type { Runtime } from '../runtime.js';
import { actorSchema, createInputSchema, isId, parseInput } from '../validation/input.js';

const cancelInput = createInputSchema<CancelInput>()({ actor: actorSchema });

/**
 * Cancels a scheduled message whose callback was not called yet: it becomes `failed` with the reason "cancelled".
 * Throws `OUTBOUND_NOT_PENDING`, `INPUT_INVALID`.
 */
export async function cancelOutbound(runtime: Runtime, messageId: string, input: CancelInput): Promise<Message> {
  const { actor } = parseInput('outbound.cancel', cancelInput, input);
  const [row] = isId(messageId) ? await runtime.db.run(cancel, { messageId, actor }) : [];
  if (!row)
    throw new CairnloopError('OUTBOUND_NOT_PENDING', { id: messageId, status: await statusOf(runtime, messageId) });
  const { id, conversation_id: conversationId } = row;
  announce(runtime, 'message.settled', { topic: 'outbound', conversationId, messageId: id, outcome: 'failed' });
  return toMessage(row);
}

async function statusOf(runtime: Runtime, id: string): Promise<string> {
  const [row] = isId(id) ? await runtime.db.run(selectStatus, { messageId: id }) : [];
  return row ? (row.status === 'pending' ? 'being delivered' : row.status) : 'unknown';
}

const cancel = declareStatement<{ messageId: string; actor: Actor }, MessageRow>(
  'outbound.cancel',
  (s, p) => `
    WITH withdrawn AS (
      DELETE FROM ${s}.deliveries
      WHERE topic = 'outbound' AND dedupe_key = ${p.messageId}::uuid::text AND ${isUnsettledSql} AND attempts = 0
      RETURNING subject_id
    ), message AS (
      UPDATE ${s}.messages m SET status = 'failed', metadata = m.metadata ||
        jsonb_build_object('failure', jsonb_build_object('reason', 'cancelled', 'attempts', 0))
      FROM withdrawn WHERE m.id = withdrawn.subject_id
      RETURNING m.*
    ), audit AS (${insertAuditLinesSql(s, {
      from: 'message',
      at: `${s}.clock()`,
      actor: p.actor,
      action: 'outbound.cancelled',
      subjectId: 'id',
    })}
    )
    SELECT * FROM message`,
);

const selectStatus = declareStatement<{ messageId: string }, { status: string }>(
  'outbound.status',
  (s, p) => `SELECT status FROM ${s}.messages WHERE id = ${p.messageId}`,
);
