import type { Message } from '../contracts/domain.js';
import type { CancelInput } from '../contracts/inputs.js';
import { type MessageRow, toMessage } from '../conversations/rows.js';
import { statement } from '../db/statement.js';
import { afterMessageFailed } from '../deliveries/message-failed.js';
import { isUnsettled } from '../deliveries/sql-conditions.js';
import { CairnloopError } from '../foundation/errors.js';
import type { Runtime } from '../runtime.js';
import { actor, isId, parseInput, schemaOf } from '../validation/input.js';

const cancelInput = schemaOf<CancelInput>()({ actor });

/**
 * Cancels a scheduled message before its callback was called: it becomes `failed` with the reason "cancelled". Throws
 * `OUTBOUND_NOT_PENDING`, `INPUT_INVALID`.
 */
export async function cancelOutbound(runtime: Runtime, messageId: string, input: CancelInput): Promise<Message> {
  const { actor } = parseInput('outbound.cancel', cancelInput, input);
  const [row] = isId(messageId) ? await runtime.db.run<MessageRow>(cancel, [messageId, actor]) : [];
  if (!row)
    throw new CairnloopError('OUTBOUND_NOT_PENDING', { id: messageId, status: await statusOf(runtime, messageId) });
  runtime.changeFeed.changed(row.conversation_id);
  afterMessageFailed(runtime, 'outbound', { conversationId: row.conversation_id, messageId: row.id });
  return toMessage(row);
}

async function statusOf(runtime: Runtime, id: string): Promise<string> {
  const [row] = isId(id) ? await runtime.db.run<{ status: string }>(selectStatus, [id]) : [];
  return row ? (row.status === 'pending' ? 'being delivered' : row.status) : 'unknown';
}

const cancel = statement(
  'outbound.cancel',
  (s) => `
    WITH withdrawn AS (
      DELETE FROM ${s}.deliveries
      WHERE topic = 'outbound' AND dedupe_key = $1::uuid::text AND ${isUnsettled} AND attempts = 0
      RETURNING subject_id
    ), message AS (
      UPDATE ${s}.messages m SET status = 'failed', metadata = m.metadata ||
        jsonb_build_object('failure', jsonb_build_object('reason', 'cancelled', 'attempts', 0))
      FROM withdrawn WHERE m.id = withdrawn.subject_id
      RETURNING m.*
    ), audit AS (
      INSERT INTO ${s}.audit_events (at, actor, action, conversation_id, subject_id)
      SELECT ${s}.clock(), $2, 'outbound.cancelled', conversation_id, id FROM message
    )
    SELECT * FROM message`,
);

const selectStatus = statement('outbound.status', (s) => `SELECT status FROM ${s}.messages WHERE id = $1`);
