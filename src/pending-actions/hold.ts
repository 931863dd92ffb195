import { declareStatement, type Executor } from '../db/statement.js';
import type { PendingAction, PendingActionHoldReason } from './pending-action.js';

/**
 * Keeps an action from being carried out; its text waits for an operator. Returns false if the action is gone or held
 * already.
 */
export async function putPendingActionOnHold(
  executor: Executor,
  id: string,
  reason: PendingActionHoldReason,
): Promise<boolean> {
  const rows = await executor.run(hold, { id, reason });
  return rows.length > 0;
}

/** Holds the later actions of the same operator in the conversation, because they may depend on this one. */
export async function putLaterPendingActionsOnHold(
  executor: Executor,
  action: PendingAction,
  reason: PendingActionHoldReason,
): Promise<void> {
  const { conversationId, id: after, actor } = action;
  await executor.run(holdAfter, { conversationId, after, actorId: actor.id, reason });
}

const hold = declareStatement<{ id: string; reason: PendingActionHoldReason }, { id: string }>(
  'pending_action.hold',
  (s, p) => `UPDATE ${s}.pending_actions SET held = ${p.reason} WHERE id = ${p.id} AND held IS NULL RETURNING id`,
);

const holdAfter = declareStatement<{
  conversationId: string;
  after: string;
  actorId: string;
  reason: PendingActionHoldReason;
}>(
  'pending_action.hold_later',
  (s, p) => `
    UPDATE ${s}.pending_actions SET held = ${p.reason}
    WHERE conversation_id = ${p.conversationId} AND id > ${p.after} AND actor ->> 'id' = ${p.actorId} AND held IS NULL`,
);
