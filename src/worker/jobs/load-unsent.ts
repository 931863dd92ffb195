import type { MessageRow } from '../../conversations/rows.js';
import { statement } from '../../db/statement.js';
import type { ClaimedDelivery } from '../../deliveries/claim.js';
import type { Runtime } from '../../runtime.js';

/** The messages that a batch is to hand over, by id. One that was sent is missing: it is never handed over again. */
export async function loadUnsent(runtime: Runtime, rows: readonly ClaimedDelivery[]): Promise<Map<string, MessageRow>> {
  const messages = await runtime.db.run<MessageRow>(selectUnsent, [rows.map((row) => row.subject_id)]);
  return new Map(messages.map((message) => [message.id, message]));
}

const selectUnsent = statement(
  'message.unsent',
  (s) => `SELECT * FROM ${s}.messages WHERE id = ANY ($1::uuid[]) AND status <> 'sent'`,
);
