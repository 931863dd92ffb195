import type { AuditRow } from '../audit/list.js';
import { type Executor, statement } from '../db/statement.js';
import { CairnloopError } from '../foundation/errors.js';
import { isId } from '../validation/input.js';
import { type ClockStory, clockActions, rowsOfClock, tellStory } from './clock-story.js';
import type { SlaRow } from './rows.js';

/** Every clock that a conversation had, oldest first, and what happened to it. Throws `CONVERSATION_NOT_FOUND`. */
export async function explainSla(executor: Executor, conversationId: string): Promise<ClockStory[]> {
  const [found] = isId(conversationId) ? await executor.run(selectConversation, [conversationId]) : [];
  if (!found) throw new CairnloopError('CONVERSATION_NOT_FOUND', { id: conversationId });
  const slas = await executor.run<SlaRow>(selectClocks, [conversationId]);
  const audit = await executor.run<AuditRow>(selectEvents, [conversationId, clockActions]);
  return slas.map((sla) => tellStory(sla, rowsOfClock(sla, audit)));
}

const selectConversation = statement('sla.conversation', (s) => `SELECT id FROM ${s}.conversations WHERE id = $1`);

const selectClocks = statement(
  'sla.of_conversation',
  (s) => `SELECT * FROM ${s}.slas WHERE conversation_id = $1 ORDER BY started_at, id`,
);

const selectEvents = statement(
  'sla.events',
  (s) => `SELECT * FROM ${s}.audit_events WHERE conversation_id = $1 AND action = ANY ($2) ORDER BY id`,
);
