import type { AuditRow } from '../audit/list.js';
import { declareStatement, type Executor } from '../db/statement.js';
import { CairnloopError } from '../foundation/errors.js';
import { isId } from '../validation/input.js';
import { auditRowsOfSlaClock, type ClockHistory, readSlaClockHistory, slaClockAuditActions } from './clock-history.js';
import type { SlaRow } from './rows.js';

/** Returns every SLA clock that a conversation had, oldest first, with its events. Throws `CONVERSATION_NOT_FOUND`. */
export async function explainSlaClocks(executor: Executor, conversationId: string): Promise<ClockHistory[]> {
  const [found] = isId(conversationId) ? await executor.run(selectConversation, { id: conversationId }) : [];
  if (!found) throw new CairnloopError('CONVERSATION_NOT_FOUND', { id: conversationId });
  const slas = await executor.run(selectClocks, { conversationId });
  const audit = await executor.run(selectEvents, { conversationId, actions: slaClockAuditActions });
  return slas.map((sla) => readSlaClockHistory(sla, auditRowsOfSlaClock(sla, audit)));
}

const selectConversation = declareStatement<{ id: string }, { id: string }>(
  'sla.conversation',
  (s, p) => `SELECT id FROM ${s}.conversations WHERE id = ${p.id}`,
);

const selectClocks = declareStatement<{ conversationId: string }, SlaRow>(
  'sla.of_conversation',
  (s, p) => `SELECT * FROM ${s}.slas WHERE conversation_id = ${p.conversationId} ORDER BY started_at, id`,
);

const selectEvents = declareStatement<{ conversationId: string; actions: readonly string[] }, AuditRow>(
  'sla.events',
  (s, p) =>
    `SELECT * FROM ${s}.audit_events WHERE conversation_id = ${p.conversationId} AND action = ANY (${p.actions}) ORDER BY id`,
);
