import { statement } from '../db/statement.js';
import type { Runtime } from '../runtime.js';
import { isId } from '../validation/input.js';
import { holdLater } from './hold.js';
import { type PendingAction, type PendingActionRow, toPendingAction } from './pending-action.js';

interface TakeBack {
  conversationId: string;
  id: string;
  /** Who takes it back: while it waits for its time, only the one who asked for it. */
  operatorId: string;
  /** Keeps the text in the thread in place of handing it over. */
  keep?: boolean;
}

/**
 * Takes an action back and returns it with its text. Null where it was carried out, was taken back before, or is another
 * operator's. One that is being carried out at this moment is waited for.
 */
export async function takeBackAction(runtime: Runtime, given: TakeBack): Promise<PendingAction | null> {
  const { conversationId, id, operatorId, keep = false } = given;
  if (!isId(conversationId) || !isId(id)) return null;
  const action = await runtime.db.transaction(async (tx) => {
    const [row] = await tx.run<PendingActionRow>(keep ? keepIt : remove, [id, conversationId, operatorId]);
    const found = row ? toPendingAction(row) : null;
    if (found && (keep || !found.held)) await holdLater(tx, found, { code: 'EARLIER_TAKEN_BACK' });
    return found;
  });
  if (action) runtime.changeFeed.changed(conversationId);
  return action;
}

/** Drops an action that was held, with its text. Returns whether there was one. */
export async function dropHeldAction(runtime: Runtime, conversationId: string, id: string): Promise<boolean> {
  if (!isId(conversationId) || !isId(id)) return false;
  const dropped = await runtime.db.run(drop, [id, conversationId]);
  if (dropped.length > 0) runtime.changeFeed.changed(conversationId);
  return dropped.length > 0;
}

const isTheirs = `id = $1 AND conversation_id = $2 AND (held IS NOT NULL OR actor ->> 'id' = $3)`;

const remove = statement(
  'pending_action.take_back',
  (s) => `DELETE FROM ${s}.pending_actions WHERE ${isTheirs} RETURNING *`,
);

const keepIt = statement(
  'pending_action.take_back_and_keep',
  (s) => `UPDATE ${s}.pending_actions SET held = '{"code": "TAKEN_BACK"}' WHERE ${isTheirs} RETURNING *`,
);

const drop = statement(
  'pending_action.drop',
  (s) => `DELETE FROM ${s}.pending_actions WHERE id = $1 AND conversation_id = $2 AND held IS NOT NULL RETURNING id`,
);
