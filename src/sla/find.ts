import type { Sla } from '../contracts/domain.js';
import { declareStatement } from '../db/statement.js';
import type { Runtime } from '../runtime.js';
import { isId } from '../validation/input.js';
import { type SlaRow, toSla } from './rows.js';

/** Returns the running SLA clock of a conversation, or else its latest one; null if it never had one. */
export async function findLatestSlaClock(runtime: Runtime, conversationId: string): Promise<Sla | null> {
  const [row] = isId(conversationId) ? await runtime.db.run(selectLatest, { conversationId }) : [];
  return row ? toSla(row) : null;
}

const selectLatest = declareStatement<{ conversationId: string }, SlaRow>(
  'sla.latest',
  (s, p) => `
    SELECT * FROM ${s}.slas WHERE conversation_id = ${p.conversationId}
    ORDER BY (status = 'active') DESC, started_at DESC LIMIT 1`,
);
