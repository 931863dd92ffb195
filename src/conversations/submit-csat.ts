import { z } from 'zod';
import { type Conversation, csatRatings } from '../contracts/domain.js';
import { statement } from '../db/statement.js';
import { CairnloopError } from '../foundation/errors.js';
import type { Runtime } from '../runtime.js';
import { isId, parseInput } from '../validation/input.js';
import { type ConversationRow, toConversation } from './rows.js';

/** Stores the customer's rating; a later one replaces it. Throws `CONVERSATION_NOT_FOUND`, `INPUT_INVALID`. */
export async function submitCsat(runtime: Runtime, id: string, input: string): Promise<Conversation> {
  const rating = parseInput('conversations.submitCsat', z.enum(csatRatings), input);
  const [row] = isId(id) ? await runtime.db.run<ConversationRow>(rate, [id, rating]) : [];
  if (!row) throw new CairnloopError('CONVERSATION_NOT_FOUND', { id });
  runtime.changeFeed.changed(id);
  return toConversation(row);
}

const rate = statement(
  'conversation.rate',
  (s) => `
    WITH conversation AS (
      UPDATE ${s}.conversations SET csat_rating = $2, updated_at = ${s}.clock() WHERE id = $1 RETURNING *
    ), audit AS (
      INSERT INTO ${s}.audit_events (at, actor, action, conversation_id, detail)
      SELECT updated_at, jsonb_build_object('id', coalesce(actor_id, 'anonymous')), 'conversation.rated', id,
        jsonb_build_object('rating', csat_rating)
      FROM conversation
    )
    SELECT * FROM conversation`,
);
