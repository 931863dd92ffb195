import { declareStatement, type Executor } from '../db/statement.js';
import { CairnloopError } from '../foundation/errors.js';
import { isId } from '../validation/input.js';

/** Throws the reason why no open conversation was found: it does not exist, or it is resolved or archived. */
export async function throwConversationNotOpen(executor: Executor, id: string, action: string): Promise<never> {
  const [found] = isId(id) ? await executor.run(selectStatus, { id }) : [];
  if (!found) throw new CairnloopError('CONVERSATION_NOT_FOUND', { id });
  throw new CairnloopError('CONVERSATION_RESOLVED', { id, action, status: found.status });
}

const selectStatus = declareStatement<{ id: string }, { status: string }>(
  'conversation.status',
  (s, p) => `SELECT status FROM ${s}.conversations WHERE id = ${p.id}`,
);
