import { declareStatement, type StatementPlaceholders } from '../db/statement.js';
import { announce } from '../events/announce.js';
import type { Runtime } from '../runtime.js';
import { isId } from '../validation/input.js';
import { putLaterPendingActionsOnHold } from './hold.js';
import { type PendingAction, type PendingActionRow, toPendingAction } from './pending-action.js';

interface TakeBack {
  conversationId: string;
  id: string;
  /** The operator who takes the action back; while it waits, only the one who requested it may. */
  operatorId: string;
  /** Holds the action, so that its text stays in the thread, instead of deleting it. Default false. */
  keep?: boolean;
}

/**
 * Takes an action back and returns it with its text. Null if it was carried out, was taken back already, or is another
 * operator's. Waits for an action that is being carried out at this moment.
 */
export async function takeBackAction(runtime: Runtime, given: TakeBack): Promise<PendingAction | null> {
  const { conversationId, id, operatorId, keep = false } = given;
  if (!isId(conversationId) || !isId(id)) return null;
  const action = await runtime.db.transaction(async (tx) => {
    const [row] = await tx.run(keep ? keepIt : remove, { id, conversationId, operatorId });
    const found = row ? toPendingAction(row) : null;
    if (found && (keep || !found.held)) await putLaterPendingActionsOnHold(tx, found, { code: 'EARLIER_TAKEN_BACK' });
    return found;
  });
  if (action) announce(runtime, 'pending_action.changed', { conversationId });
  return action;
}

/** Deletes a held action with its text. Returns whether there was one. */
export async function deletePendingActionOnHold(
  runtime: Runtime,
  conversationId: string,
  id: string,
): Promise<boolean> {
  if (!isId(conversationId) || !isId(id)) return false;
  const dropped = await runtime.db.run(drop, { id, conversationId });
  if (dropped.length > 0) announce(runtime, 'pending_action.changed', { conversationId });
  return dropped.length > 0;
}

type Taken = Omit<TakeBack, 'keep'>;

const isTheirs = (p: StatementPlaceholders<Taken>) =>
  `id = ${p.id} AND conversation_id = ${p.conversationId} AND (held IS NOT NULL OR actor ->> 'id' = ${p.operatorId})`;

const remove = declareStatement<Taken, PendingActionRow>(
  'pending_action.take_back',
  (s, p) => `DELETE FROM ${s}.pending_actions WHERE ${isTheirs(p)} RETURNING *`,
);

const keepIt = declareStatement<Taken, PendingActionRow>(
  'pending_action.take_back_and_keep',
  (s, p) => `UPDATE ${s}.pending_actions SET held = '{"code": "TAKEN_BACK"}' WHERE ${isTheirs(p)} RETURNING *`,
);

const drop = declareStatement<{ id: string; conversationId: string }, { id: string }>(
  'pending_action.drop',
  (s, p) =>
    `DELETE FROM ${s}.pending_actions WHERE id = ${p.id} AND conversation_id = ${p.conversationId} AND held IS NOT NULL RETURNING id`,
);
