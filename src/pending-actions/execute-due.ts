import { isConnectionLostError, isTransientError } from '../db/outage.js';
import { declareStatement, type Executor } from '../db/statement.js';
import { announce, announceDeferredFollowUps, type DeferredFollowUps } from '../events/announce.js';
import { isCairnloopError } from '../foundation/errors.js';
import { errorText } from '../foundation/redact.js';
import type { Runtime } from '../runtime.js';
import { executePendingAction } from './execute-action.js';
import { putLaterPendingActionsOnHold, putPendingActionOnHold } from './hold.js';
import { type PendingAction, type PendingActionRow, toPendingAction } from './pending-action.js';

/** How many due actions are read at once. */
const batchSize = 100;

/** After this many failures, not counting refusals, an action is held for an operator to decide. */
const maxAttempts = 10;

/**
 * Carries out every action that is due. Each is carried out once, however many processes try: its row is deleted in the
 * same transaction, under the conversation's lock. Actions of a locked conversation are left for the next round.
 */
export async function executeDuePendingActions(runtime: Runtime): Promise<void> {
  for (;;) {
    const due = await runtime.db.run(selectDue, { limit: batchSize });
    const failures: unknown[] = [];
    let done = 0;
    for (const row of due) {
      try {
        if (await carryOut(runtime, row)) done += 1;
      } catch (error) {
        failures.push(error);
        if (isConnectionLostError(error)) break;
      }
    }
    if (failures.length > 0) throw failures[0];
    if (due.length < batchSize || done === 0) return;
  }
}

interface DueRow {
  id: string;
  conversation_id: string;
}

/** Carries out one action, or holds it if it is refused. Returns false if another process has removed it meanwhile. */
async function carryOut(runtime: Runtime, { id, conversation_id }: DueRow): Promise<boolean> {
  let held: DeferredFollowUps = [];
  let action: PendingAction | undefined;
  try {
    await runtime.db.transaction(async (tx) => {
      held = [];
      action = await takeDue(tx, id, conversation_id);
      if (!action) return;
      await executePendingAction(runtime, tx, action, held);
      await tx.run(remove, { id });
    });
  } catch (error) {
    if (!action) throw error;
    await refused(runtime, action, error);
    return true;
  }
  if (!action) return false;
  announceDeferredFollowUps(runtime, held);
  announce(runtime, 'pending_action.changed', { conversationId: conversation_id });
  return true;
}

async function takeDue(tx: Executor, id: string, conversationId: string): Promise<PendingAction | undefined> {
  const [locked] = await tx.run(lockConversation, { id: conversationId });
  if (!locked) return undefined;
  const [row] = await tx.run(lockDue, { id });
  return row && toPendingAction(row);
}

/**
 * Handles the failure of an action. A refusal is shown to the operator, who keeps the text. Other failures are retried
 * first.
 */
async function refused(runtime: Runtime, action: PendingAction, error: unknown): Promise<void> {
  const { id, conversationId } = action;
  if (!isCairnloopError(error) || error.code === 'CLOSED') {
    if (isCairnloopError(error) || isTransientError(error)) throw error;
    const [row] = await runtime.db.run(postpone, { id });
    runtime.log.warn({ reason: errorText(error), conversationId }, 'a pending action failed; it will be tried again');
    if (!row || row.attempts < maxAttempts) return;
  }
  const reason = isCairnloopError(error)
    ? { code: error.code as string, details: error.details as Record<string, unknown> }
    : { code: 'FAILED' };
  await runtime.db.transaction(async (tx) => {
    if (await putPendingActionOnHold(tx, id, reason))
      await putLaterPendingActionsOnHold(tx, action, { code: 'EARLIER_HELD' });
  });
  announce(runtime, 'pending_action.changed', { conversationId });
}

/** Returns in how many milliseconds the next actions are due: distinct, ascending, at most `aheadMs`. */
export async function findNextPendingActionDelays(runtime: Runtime, aheadMs: number): Promise<number[]> {
  const rows = await runtime.db.run(selectNext, { aheadMs });
  return rows.map((row) => row.in_ms);
}

const selectDue = declareStatement<{ limit: number }, DueRow>(
  'pending_action.due',
  (s, p) => `
    SELECT id, conversation_id FROM ${s}.pending_actions WHERE held IS NULL AND due_at <= ${s}.clock()
    ORDER BY due_at, id LIMIT ${p.limit}`,
);

const lockConversation = declareStatement<{ id: string }, { id: string }>(
  'pending_action.lock_free_conversation',
  (s, p) => `SELECT id FROM ${s}.conversations WHERE id = ${p.id} FOR UPDATE SKIP LOCKED`,
);

/** Locks a due action, unless an earlier action of its conversation is still to be carried out. */
const lockDue = declareStatement<{ id: string }, PendingActionRow>(
  'pending_action.lock_due',
  (s, p) => `
    SELECT * FROM ${s}.pending_actions a
    WHERE a.id = ${p.id} AND a.held IS NULL AND a.due_at <= ${s}.clock() AND NOT EXISTS (
      SELECT FROM ${s}.pending_actions earlier
      WHERE earlier.conversation_id = a.conversation_id AND earlier.id < a.id AND earlier.held IS NULL)
    FOR UPDATE`,
);

const remove = declareStatement<{ id: string }>(
  'pending_action.remove',
  (s, p) => `DELETE FROM ${s}.pending_actions WHERE id = ${p.id}`,
);

const postpone = declareStatement<{ id: string }, { attempts: number }>(
  'pending_action.postpone',
  (s, p) => `
    UPDATE ${s}.pending_actions SET attempts = attempts + 1, due_at = ${s}.clock() + interval '3 seconds'
    WHERE id = ${p.id} AND held IS NULL RETURNING attempts`,
);

const selectNext = declareStatement<{ aheadMs: number }, { in_ms: number }>(
  'pending_action.next_due',
  (s, p) => `
    SELECT DISTINCT ceil(extract(epoch FROM due_at - ${s}.clock()) * 1000)::int AS in_ms FROM ${s}.pending_actions
    WHERE held IS NULL AND due_at > ${s}.clock()
      AND due_at <= ${s}.clock() + make_interval(secs => ${p.aheadMs}::float8 / 1000)
    ORDER BY in_ms LIMIT 1000`,
);
