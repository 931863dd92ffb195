import type { Actor, Conversation } from '../../contracts/domain.js';
import { readActor } from '../../conversations/stored-actor.js';
import { declareStatement } from '../../db/statement.js';
import type { Runtime } from '../../runtime.js';
import { isId } from '../../validation/input.js';
import { addCustomerNamesToRows } from '../known-names.js';
import type { TickedConversation } from '../ticked.js';
import type { BulkRecipient } from '../views/bulk.js';
import { customerLabelSql } from './rows.js';

/**
 * Loads the conversations that an operator ticked in the queue, in that order; an unknown id gives a recipient without
 * a name.
 */
export async function findBulkRecipients(
  runtime: Runtime,
  ticked: readonly TickedConversation[],
): Promise<BulkRecipient[]> {
  const known = ticked.filter(({ id }) => isId(id));
  const rows = await runtime.db.run(selectRecipients, {
    ids: known.map(({ id }) => id),
    seen: known.map(({ seen }) => (isId(seen) ? seen : null)),
  });
  const found = addCustomerNamesToRows(rows.map(toRecipient), runtime.context);
  const recipients = new Map(found.map((one) => [one.id, one]));
  return ticked.map(({ id }) => recipients.get(id) ?? { id, customer: null, subject: null });
}

interface RecipientRow {
  id: string;
  customer: string | null;
  actor_id: string | null;
  subject: string | null;
  status: Conversation['status'];
  assignee: Actor | null;
  unanswered: boolean;
  newest_message_id: string | null;
  has_news: boolean;
}

function toRecipient({ actor_id, assignee, newest_message_id, has_news, ...row }: RecipientRow): BulkRecipient {
  return {
    ...row,
    actorId: actor_id,
    owner: readActor(assignee),
    newestMessageId: newest_message_id,
    hasNews: has_news,
  };
}

// Find newer messages by their order: comparing with the page's time would miss a message that was committed after it.
const selectRecipients = declareStatement<{ ids: string[]; seen: (string | null)[] }, RecipientRow>(
  'workspace.recipients',
  (s, p) => `
    SELECT c.id, ${customerLabelSql} AS customer, c.actor_id, left(c.subject, 300) AS subject, c.status, c.assignee,
      c.unanswered_since IS NOT NULL AS unanswered, newest.id AS newest_message_id,
      EXISTS (
        SELECT FROM ${s}.messages m
        WHERE m.conversation_id = c.id AND m.role = 'customer'
          AND (seen.id IS NULL OR (m.created_at, m.id) > (seen.created_at, seen.id))
      ) AS has_news
    FROM unnest(${p.ids}::uuid[], ${p.seen}::uuid[]) AS chosen (id, seen)
    JOIN ${s}.conversations c ON c.id = chosen.id
    LEFT JOIN ${s}.messages seen ON seen.id = chosen.seen AND seen.conversation_id = c.id
    LEFT JOIN LATERAL (
      SELECT m.id FROM ${s}.messages m
      WHERE m.conversation_id = c.id AND m.role <> 'system' ORDER BY m.created_at DESC, m.id DESC LIMIT 1
    ) newest ON true`,
);
