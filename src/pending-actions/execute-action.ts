import { replyToConversation } from '../conversations/reply.js';
import { resolveConversation } from '../conversations/resolve.js';
import type { Database } from '../db/connect.js';
import { declareStatement, type Executor } from '../db/statement.js';
import { approveDraft, editDraft, useDraft } from '../drafts/operator-decisions.js';
import { type DeferredFollowUps, withDeferredFollowUps } from '../events/announce.js';
import { CairnloopError, isCairnloopError } from '../foundation/errors.js';
import type { Runtime } from '../runtime.js';
import type { PendingAction, PendingActionKind } from './pending-action.js';

/** The fields of a pending action that decide what is done. */
export type ExecutablePendingAction = Pick<
  PendingAction,
  'conversationId' | 'kind' | 'thenResolve' | 'draftId' | 'content' | 'actor' | 'lastSeen' | 'dedupeKey'
>;

/**
 * Carries an action out in the caller's transaction, which must hold the conversation's lock. The follow-ups of the
 * commit are added to `held`. Throws what the public operations throw.
 */
export async function executePendingAction(
  runtime: Runtime,
  tx: Executor,
  action: ExecutablePendingAction,
  held: DeferredFollowUps,
): Promise<void> {
  await requireNoNewerMessages(tx, action);
  const inside = withDeferredFollowUps(runtime, onTransaction(runtime.db, tx), held);
  await performers[action.kind](inside, action);
  if (action.thenResolve) await performers.resolve(inside, action);
}

const performers: Record<PendingActionKind, (runtime: Runtime, action: ExecutablePendingAction) => Promise<unknown>> = {
  reply: (runtime, { conversationId, content, actor, dedupeKey }) =>
    replyToConversation(runtime, conversationId, { content: content ?? '', actor, dedupeKey }),
  use: async (runtime, action) => {
    const { draftId, content, actor, dedupeKey } = action;
    try {
      await useDraft(runtime, draftId ?? '', { content: content ?? '', actor, dedupeKey });
    } catch (error) {
      // The draft was decided on meanwhile, so the operator's text is sent as a plain reply.
      if (!isCairnloopError(error) || error.code !== 'DRAFT_NOT_PENDING') throw error;
      await performers.reply(runtime, action);
    }
  },
  approve: (runtime, { draftId, actor }) => approveDraft(runtime, draftId ?? '', { actor }),
  edit: (runtime, { draftId, content, actor }) => editDraft(runtime, draftId ?? '', { content: content ?? '', actor }),
  resolve: (runtime, { conversationId, actor }) => resolveConversation(runtime, conversationId, { resolvedBy: actor }),
};

/** A database whose statements all run in the open transaction. */
function onTransaction(db: Database, tx: Executor): Database {
  const inside: Database = {
    ...db,
    run: tx.run,
    transaction: (work) => work(tx),
    waitingFor: () => inside,
    close: async () => {},
  };
  return inside;
}

type News = Pick<ExecutablePendingAction, 'conversationId' | 'lastSeen' | 'actor'>;

/** Throws `CONVERSATION_CHANGED` if there is a message newer than `lastSeen`, other than the operator's own. */
export async function requireNoNewerMessages(
  executor: Executor,
  { conversationId, lastSeen, actor }: News,
): Promise<void> {
  const [row] = await executor.run(countNews, { conversationId, lastSeen, actorId: actor.id });
  if (row && row.count > 0) throw new CairnloopError('CONVERSATION_CHANGED', { id: conversationId, newer: row.count });
}

const countNews = declareStatement<
  { conversationId: string; lastSeen: string | null; actorId: string },
  { count: number }
>(
  'pending_action.news',
  (s, p) => `
    SELECT count(*)::int AS count FROM (
      SELECT FROM ${s}.messages m
      WHERE m.conversation_id = ${p.conversationId} AND m.role <> 'system'
        AND (m.role = 'customer' OR m.author ->> 'id' IS DISTINCT FROM ${p.actorId})
        AND NOT EXISTS (
          SELECT FROM ${s}.messages seen
          WHERE seen.id = ${p.lastSeen}::uuid AND seen.conversation_id = ${p.conversationId}
            AND (m.created_at, m.id) <= (seen.created_at, seen.id))
      ORDER BY m.created_at DESC, m.id DESC LIMIT 100
    ) news`,
);
