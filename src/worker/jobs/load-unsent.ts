import { maxMessageContentBytes } from '../../conversations/newest-messages.js';
import type { MessageRow } from '../../conversations/rows.js';
import { declareStatement } from '../../db/statement.js';
import type { ClaimedDelivery } from '../../deliveries/claim.js';
import type { Runtime } from '../../runtime.js';

export type UnsentMessageRow = MessageRow & { too_large: boolean; bytes: number };

/** Loads the unsent messages of a batch, by id. A sent one is missing: it is never delivered again. */
export async function loadUnsentMessages(
  runtime: Runtime,
  rows: readonly ClaimedDelivery[],
): Promise<Map<string, UnsentMessageRow>> {
  const messages = await runtime.db.run(selectUnsent, { ids: rows.map((row) => row.subject_id) });
  return new Map(messages.map((message) => [message.id, message]));
}

/**
 * Throws for a message that is too large: it must be delivered exactly, so it cannot be cut. Only SQL from outside of
 * Cairnloop can have stored it.
 */
export function throwMessageTooLarge({ bytes }: UnsentMessageRow): never {
  throw new Error(`the message has ${bytes} bytes; a message may have at most ${maxMessageContentBytes}`);
}

const selectUnsent = declareStatement<{ ids: (string | null)[] }, UnsentMessageRow>(
  'message.unsent',
  (s, p) => `
    SELECT id, conversation_id, role, author, ${s}.bounded_map(metadata) AS metadata, status, sent_at, created_at,
      CASE WHEN octet_length(content) <= ${maxMessageContentBytes} THEN content ELSE '' END AS content,
      octet_length(content) > ${maxMessageContentBytes} AS too_large, octet_length(content) AS bytes
    FROM ${s}.messages WHERE id = ANY (${p.ids}::uuid[]) AND status <> 'sent'`,
);
