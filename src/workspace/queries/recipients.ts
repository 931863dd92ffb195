import type { Actor, Conversation } from '../../contracts/domain.js';
import { statement } from '../../db/statement.js';
import { type Timestamp, toDate } from '../../db/timestamp.js';
import type { Runtime } from '../../runtime.js';
import { isId } from '../../validation/input.js';
import type { Recipient } from '../views/bulk.js';
import { messageAt } from './queue-by-keyset.js';
import { customerColumn } from './rows.js';

/** Who is behind the ids that an operator ticked, in that order; an unknown id is a recipient without a name. */
export async function findRecipients(runtime: Runtime, ids: readonly string[]): Promise<Recipient[]> {
  const rows = await runtime.db.run<RecipientRow>(selectRecipients, [ids.filter(isId)]);
  const known = new Map(rows.map((row): [string, Recipient] => [row.id, toRecipient(row)]));
  return ids.map((id) => known.get(id) ?? { id, customer: null, subject: null });
}

interface RecipientRow {
  id: string;
  customer: string | null;
  subject: string | null;
  status: Conversation['status'];
  assignee: Actor | null;
  message_at: Timestamp;
  unanswered: boolean;
}

function toRecipient({ assignee, message_at, ...row }: RecipientRow): Recipient {
  return { ...row, owner: assignee, lastMessageAt: toDate(message_at) };
}

const selectRecipients = statement(
  'workspace.recipients',
  (s) => `
    SELECT c.id, ${customerColumn} AS customer, left(c.subject, 300) AS subject, c.status, c.assignee,
      ${messageAt} AS message_at, c.unanswered_since IS NOT NULL AS unanswered
    FROM ${s}.conversations c WHERE c.id = ANY ($1::uuid[])`,
);
