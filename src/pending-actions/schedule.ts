import { findMessageByDedupeKey } from '../conversations/find-by-dedupe-key.js';
import { declareStatement, type Executor } from '../db/statement.js';
import { announce } from '../events/announce.js';
import { CairnloopError } from '../foundation/errors.js';
import type { Runtime } from '../runtime.js';
import { isId } from '../validation/input.js';
import { type ExecutablePendingAction, executePendingAction } from './execute-action.js';
import { type PendingAction, type PendingActionRow, toPendingAction } from './pending-action.js';

/** An action that an operator requests. If `lastSeen` is undefined, all current messages count as read. */
export type PendingActionRequest = Omit<ExecutablePendingAction, 'lastSeen'> & { lastSeen: string | null | undefined };

/**
 * Stores an action, which is carried out in `delayMs` milliseconds unless it is taken back. It is rehearsed first: an
 * error that it would meet now is thrown, and nothing is stored. The same action requested twice is stored once. Null
 * if a message with its key was sent already. Throws what the public operations throw.
 */
export async function schedulePendingAction(
  runtime: Runtime,
  asked: PendingActionRequest,
  delayMs: number,
): Promise<(PendingAction & { inMs: number }) | null> {
  const { conversationId } = asked;
  if (!isId(conversationId)) throw new CairnloopError('CONVERSATION_NOT_FOUND', { id: conversationId });
  const action = await rehearse(runtime, asked);
  const stored = action && (await runtime.db.transaction((tx) => store(tx, action, delayMs)));
  if (!stored) return null;
  announce(runtime, 'pending_action.changed', { conversationId });
  return { ...toPendingAction(stored), inMs: stored.in_ms };
}

/** Thrown to roll back the transaction in which an action was tried. */
const undo = new Error('rehearsed');

/**
 * Carries the action out and rolls back, so that an error which it would meet now is thrown. Returns null if the text
 * was sent already. The action is checked again when it is due, because the conversation may have changed.
 */
async function rehearse(runtime: Runtime, asked: PendingActionRequest): Promise<ExecutablePendingAction | null> {
  let action: ExecutablePendingAction | null = null;
  try {
    await runtime.db.transaction(async (tx) => {
      action = null;
      await tx.run(lockConversation, { id: asked.conversationId });
      if (await findMessageByDedupeKey(tx, asked.conversationId, asked.dedupeKey)) return;
      action = { ...asked, lastSeen: await seenNow(tx, asked) };
      if (await findStored(tx, asked)) return;
      await executePendingAction(runtime, tx, action, []);
      throw undo;
    });
  } catch (error) {
    if (error !== undo) throw error;
  }
  return action;
}

async function store(tx: Executor, action: ExecutablePendingAction, delayMs: number): Promise<StoredRow | null> {
  await tx.run(lockConversation, { id: action.conversationId });
  if (await findMessageByDedupeKey(tx, action.conversationId, action.dedupeKey)) return null;
  const known = await findStored(tx, action);
  if (known) return sameOrRefused(known, action);
  const [row] = await tx.run(insert, { ...action, delayMs });
  if (!row) throw new Error('INSERT returned no row');
  return row;
}

type StoredRow = PendingActionRow & { in_ms: number };

type Keyed = Pick<ExecutablePendingAction, 'conversationId' | 'dedupeKey'>;

async function findStored(tx: Executor, { conversationId, dedupeKey }: Keyed): Promise<StoredRow | undefined> {
  const [row] = await tx.run(selectByKey, { conversationId, dedupeKey });
  return row;
}

/**
 * Returns the stored action if the same one is requested again, as by a second click. Throws `DRAFT_NOT_PENDING` if
 * another operator, or another text, wants the same draft.
 */
function sameOrRefused(known: StoredRow, asked: ExecutablePendingAction): StoredRow {
  const isSame = known.actor.id === asked.actor.id && known.kind === asked.kind && known.content === asked.content;
  if (isSame || asked.kind === 'resolve') return known;
  throw new CairnloopError('DRAFT_NOT_PENDING', {
    id: asked.draftId ?? '',
    status: 'pending',
    action: asked.kind === 'edit' ? 'edited' : 'approved',
    because: `${known.actor.name ?? known.actor.id} is sending it`,
  });
}

async function seenNow(tx: Executor, { conversationId, lastSeen }: PendingActionRequest): Promise<string | null> {
  if (lastSeen !== undefined) return isId(lastSeen) ? lastSeen : null;
  const [row] = await tx.run(selectNewest, { conversationId });
  return row?.id ?? null;
}

const lockConversation = declareStatement<{ id: string }, { id: string }>(
  'pending_action.lock_conversation',
  (s, p) => `SELECT id FROM ${s}.conversations WHERE id = ${p.id} FOR UPDATE`,
);

const selectNewest = declareStatement<{ conversationId: string }, { id: string }>(
  'pending_action.newest_message',
  (s, p) => `
    SELECT id FROM ${s}.messages WHERE conversation_id = ${p.conversationId} AND role <> 'system'
    ORDER BY created_at DESC, id DESC LIMIT 1`,
);

const withRest = (s: string) => `*, greatest(0, ceil(extract(epoch FROM due_at - ${s}.clock()) * 1000))::int AS in_ms`;

const selectByKey = declareStatement<Keyed, StoredRow>(
  'pending_action.by_key',
  (s, p) => `
    SELECT ${withRest(s)} FROM ${s}.pending_actions
    WHERE conversation_id = ${p.conversationId} AND dedupe_key = ${p.dedupeKey} AND held IS NULL`,
);

/**
 * Inserts the action so that it is due neither before an earlier one of its conversation, nor so late that the delay
 * breaches a running clock: at the latest one second before the breach.
 */
const insert = declareStatement<ExecutablePendingAction & { delayMs: number }, StoredRow>(
  'pending_action.schedule',
  (s, p) => `
    INSERT INTO ${s}.pending_actions (conversation_id, kind, then_resolve, draft_id, content, actor, last_seen,
      dedupe_key, created_at, due_at)
    SELECT ${p.conversationId}, ${p.kind}, ${p.thenResolve}, ${p.draftId}, ${p.content}, ${p.actor}, ${p.lastSeen},
      ${p.dedupeKey}, ${s}.clock(), greatest(
      ${s}.clock(),
      least(${s}.clock() + make_interval(secs => ${p.delayMs}::float8 / 1000), (
        SELECT l.breach_at - interval '1 second' FROM ${s}.slas l
        WHERE l.conversation_id = ${p.conversationId} AND l.status = 'active')),
      (SELECT max(p.due_at) FROM ${s}.pending_actions p WHERE p.conversation_id = ${p.conversationId} AND p.held IS NULL))
    RETURNING ${withRest(s)}`,
);
