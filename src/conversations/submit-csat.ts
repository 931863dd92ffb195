import { z } from 'zod';
import { type Conversation, type CsatRating, csatRatings } from '../contracts/domain.js';
import { declareStatement } from '../db/statement.js';
import { announce } from '../events/announce.js';
import { insertAuditLinesSql } from '../events/audit-lines.js';
import type { Runtime } from '../runtime.js';
import { isId, parseInput } from '../validation/input.js';
import { timeOfChangeSql } from './change-time.js';
import { requireConversationWithoutMessages } from './find.js';
import { type ConversationRow, toConversation } from './rows.js';

/**
 * Stores the customer's rating; a later one replaces it, and the same one changes nothing. Throws
 * `CONVERSATION_NOT_FOUND`, `INPUT_INVALID`.
 */
export async function submitCsat(runtime: Runtime, id: string, input: string): Promise<Conversation> {
  const rating = parseInput('conversations.submitCsat', z.enum(csatRatings), input);
  const [row] = isId(id) ? await runtime.db.run(storeRating, { id, rating }) : [];
  if (!row) return requireConversationWithoutMessages(runtime.db, id);
  announce(runtime, 'conversation.rated', { conversationId: id });
  return toConversation(row);
}

const storeRating = declareStatement<{ id: string; rating: CsatRating }, ConversationRow>(
  'conversation.rate',
  (s, p) => `
    WITH conversation AS (
      UPDATE ${s}.conversations c SET csat_rating = ${p.rating}, updated_at = ${timeOfChangeSql(s, 'c')}
      WHERE id = ${p.id} AND csat_rating IS DISTINCT FROM ${p.rating}
      RETURNING *
    ), audit AS (${insertAuditLinesSql(s, {
      from: 'conversation',
      at: 'updated_at',
      actor: `jsonb_build_object('id', coalesce(actor_id, 'anonymous'))`,
      action: 'conversation.rated',
      conversationId: 'id',
      detail: `jsonb_build_object('rating', csat_rating)`,
    })}
    )
    SELECT * FROM conversation`,
);
