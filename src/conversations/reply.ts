import { z } from 'zod';
import { statement } from '../db/statement.js';
import type { Message } from '../domain.js';
import { CairnloopError } from '../errors.js';
import { actor, content, isId, parseInput } from '../input.js';
import type { Runtime } from '../runtime.js';
import { afterClockEnded } from '../sla/end-clock.js';
import { type Answered, sendAnswer } from './answer.js';
import { nextMoment } from './next-moment.js';
import { refuseUnlessOpen } from './refuse.js';
import { type MessageRow, toMessage } from './rows.js';

const replyInput = z.object({ content, actor });

export type ReplyInput = z.input<typeof replyInput>;

/**
 * Sends an operator's text to the customer; it meets the response target. Throws `CONVERSATION_NOT_FOUND`,
 * `CONVERSATION_RESOLVED`, `INPUT_INVALID`.
 */
export async function replyToConversation(runtime: Runtime, id: string, input: ReplyInput): Promise<Message> {
  const { content, actor } = parseInput('conversations.reply', replyInput, input);
  const answered = await runtime.telemetry.span('conversation.reply', { conversationId: id }, async () => {
    const answer = { role: 'operator', content, author: actor, metadata: {} } as const;
    const sent = isId(id) ? await sendAnswer(runtime.db, id, answer) : null;
    return sent ?? refuseUnlessOpen(runtime.db, id, 'be replied to');
  });
  afterAnswered(runtime, answered);
  return answered.message;
}

/** Tells of an answer, after its commit. */
export function afterAnswered(runtime: Runtime, { message, endedSla }: Answered): void {
  const { conversationId, author } = message;
  runtime.activity.changed(conversationId);
  runtime.telemetry.publish('conversation.replied', {}, { conversationId, messageId: message.id, actor: author });
  if (endedSla) afterClockEnded(runtime, endedSla);
}

/** Adds an internal note, never customer-visible; it meets no target. Throws `CONVERSATION_NOT_FOUND`, `INPUT_INVALID`. */
export async function addNote(runtime: Runtime, id: string, input: ReplyInput): Promise<Message> {
  const { content, actor } = parseInput('conversations.note', replyInput, input);
  const [row] = isId(id) ? await runtime.db.run<MessageRow>(insertNote, [id, content, actor]) : [];
  if (!row) throw new CairnloopError('CONVERSATION_NOT_FOUND', { id });
  runtime.activity.changed(id);
  return toMessage(row);
}

const insertNote = statement(
  'conversation.note',
  (s) => `
    WITH conversation AS (
      UPDATE ${s}.conversations c SET updated_at = ${nextMoment(s, 'c')} WHERE id = $1 RETURNING id, updated_at
    ), message AS (
      INSERT INTO ${s}.messages (conversation_id, role, content, author, created_at)
      SELECT id, 'internal_note', $2, $3, updated_at FROM conversation
      RETURNING *
    ), audit AS (
      INSERT INTO ${s}.audit_events (at, actor, action, conversation_id, subject_id)
      SELECT created_at, author, 'conversation.noted', conversation_id, id FROM message
    )
    SELECT * FROM message`,
);
