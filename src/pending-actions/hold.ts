import { type Executor, statement } from '../db/statement.js';
import type { HeldReason, PendingAction } from './pending-action.js';

/** Keeps an action from being carried out; its text waits for an operator. False where it is gone or held already. */
export async function holdAction(executor: Executor, id: string, reason: HeldReason): Promise<boolean> {
  const rows = await executor.run(hold, [id, reason]);
  return rows.length > 0;
}

/** What the same operator asked for after it in the conversation may rest on it: it is held as well. */
export async function holdLater(executor: Executor, action: PendingAction, reason: HeldReason): Promise<void> {
  await executor.run(holdAfter, [action.conversationId, action.id, action.actor.id, reason]);
}

const hold = statement(
  'pending_action.hold',
  (s) => `UPDATE ${s}.pending_actions SET held = $2 WHERE id = $1 AND held IS NULL RETURNING id`,
);

const holdAfter = statement(
  'pending_action.hold_later',
  (s) => `
    UPDATE ${s}.pending_actions SET held = $4
    WHERE conversation_id = $1 AND id > $2 AND actor ->> 'id' = $3 AND held IS NULL`,
);
