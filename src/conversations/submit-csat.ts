import { z } from 'zod';
import { type Conversation, csatRatings } from '../contracts/domain.js';
import { statement } from '../db/statement.js';
import type { Runtime } from '../runtime.js';
import { isId, parseInput } from '../validation/input.js';
import { changeTime } from './change-time.js';
import { requireHead } from './find.js';
import { type ConversationRow, toConversation } from './rows.js';

/**
 * Stores the customer's rating; a later one replaces it, and the same one changes nothing. Throws
 * `CONVERSATION_NOT_FOUND`, `INPUT_INVALID`.
 */
export async function submitCsat(runtime: Runtime, id: string, input: string): Promise<Conversation> {
  const rating = parseInput('conversations.submitCsat', z.enum(csatRatings), input);
  const [row] = isId(id) ? await runtime.db.run<ConversationRow>(rate, [id, rating]) : [];
  if (!row) return requireHead(runtime.db, id);
  runtime.changeFeed.changed(id, 'visible');
  return toConversation(row);
}

const rate = statement(
  'conversation.rate',
  (s) => `
    WITH conversation AS (
      UPDATE ${s}.conversations c SET csat_rating = $2, updated_at = ${changeTime(s, 'c')}
      WHERE id = $1 AND csat_rating IS DISTINCT FROM $2
      RETURNING *
    ), audit AS (
      INSERT INTO ${s}.audit_events (at, actor, action, conversation_id, detail)
      SELECT updated_at, jsonb_build_object('id', coalesce(actor_id, 'anonymous')), 'conversation.rated', id,
        jsonb_build_object('rating', csat_rating)
      FROM conversation
    )
    SELECT * FROM conversation`,
);
