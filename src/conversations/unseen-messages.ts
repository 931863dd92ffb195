import { declareStatement, type Executor } from '../db/statement.js';
import { CairnloopError } from '../foundation/errors.js';
import { isId, nameOrKeySchema } from '../validation/input.js';

/**
 * The id of the newest message that the sender had read; null for none. If a newer one exists, the call throws
 * `CONVERSATION_CHANGED`. Absent: nothing is compared.
 */
export const lastSeenMessageIdSchema = nameOrKeySchema.nullable().optional();

/**
 * Throws `CONVERSATION_CHANGED` if a message is newer than the last one that the sender had read. `tx` must hold the
 * conversation's lock, which every writer of a message takes, so that none is written meanwhile.
 */
export async function requireNoUnseenMessages(
  tx: Executor,
  id: string,
  lastSeen: string | null | undefined,
): Promise<void> {
  if (lastSeen === undefined) return;
  const [row] = await tx.run(countNewer, { id, lastSeen: isId(lastSeen) ? lastSeen : null });
  if (row && row.count > 0) throw new CairnloopError('CONVERSATION_CHANGED', { id, newer: row.count });
}

/** The largest number of newer messages that is counted. */
const maxCounted = 100;

const countNewer = declareStatement<{ id: string; lastSeen: string | null }, { count: number }>(
  'conversation.newer',
  (s, p) => `
    SELECT count(*)::int AS count FROM (
      SELECT FROM ${s}.messages m
      WHERE m.conversation_id = ${p.id} AND m.role <> 'system' AND NOT EXISTS (
        SELECT FROM ${s}.messages seen
        WHERE seen.id = ${p.lastSeen}::uuid AND seen.conversation_id = ${p.id}
          AND (m.created_at, m.id) <= (seen.created_at, seen.id))
      ORDER BY m.created_at DESC, m.id DESC LIMIT ${maxCounted}
    ) newer`,
);
