import type { Actor } from '../contracts/domain.js';
import type { Executor } from '../db/statement.js';

/** Replaced by the audit format with commitments. */
export async function eraseFromAudit(
  _tx: Executor,
  _erasure: { conversationIds: readonly string[]; actorId?: string | null; by: Actor },
): Promise<number> {
  return 0;
}

export async function countErasable(
  _tx: Executor,
  _erasure: { conversationIds: readonly string[]; actorId?: string | null },
): Promise<number> {
  return 0;
}

export async function findAuditedConversations(_tx: Executor, _actorId: string): Promise<string[]> {
  return [];
}
