import type { Actor, Message } from '../contracts/domain.js';
import type { NoteInput, ReplyInput } from '../contracts/inputs.js';
import { declareStatement } from '../db/statement.js';
import { announce } from '../events/announce.js';
import { insertAuditLinesSql } from '../events/audit-lines.js';
import { CairnloopError } from '../foundation/errors.js';
import type { Runtime } from '../runtime.js';
import {
  actorSchema,
  createInputSchema,
  isId,
  messageContentSchema,
  nameOrKeySchema,
  parseInput,
} from '../validation/input.js';
import { timeOfChangeSql } from './change-time.js';
import { findMessageByDedupeKey } from './find-by-dedupe-key.js';
import { throwConversationNotOpen } from './not-open-error.js';
import { type MessageRow, toMessage } from './rows.js';
import { lastSeenMessageIdSchema, requireNoUnseenMessages } from './unseen-messages.js';
import { type ReplyText, type WrittenReply, writeReply } from './write-reply.js';

/** A second call with the same key for the same conversation writes nothing and returns the first message. */
const dedupeKey = nameOrKeySchema.optional();

const noteInput = createInputSchema<NoteInput>()({ content: messageContentSchema, actor: actorSchema, dedupeKey });
const replyInput = createInputSchema<ReplyInput>()({
  content: messageContentSchema,
  actor: actorSchema,
  dedupeKey,
  lastSeenMessageId: lastSeenMessageIdSchema,
});

/**
 * Sends an operator's text to the customer, which meets the response target. Throws `CONVERSATION_NOT_FOUND`,
 * `CONVERSATION_RESOLVED`, `INPUT_INVALID`, and `CONVERSATION_CHANGED` if a message is newer than `lastSeenMessageId`.
 */
export async function replyToConversation(runtime: Runtime, id: string, input: ReplyInput): Promise<Message> {
  const { content, actor, dedupeKey, lastSeenMessageId } = parseInput('conversations.reply', replyInput, input);
  const answered = await runtime.telemetry.span('conversation.reply', { conversationId: id }, async () => {
    const answer = { role: 'operator', content, author: actor, metadata: {}, dedupeKey } as const;
    const send = () => sendOnce(runtime, id, answer, lastSeenMessageId);
    const sent = isId(id) ? await runtime.traces.send(['reply'], send) : null;
    return sent ?? throwConversationNotOpen(runtime.db, id, 'be replied to');
  });
  if ('repeated' in answered) return answered.repeated;
  announceReply(runtime, answered);
  return answered.message;
}

/**
 * The second of two concurrent calls with one key waits for the conversation's lock and finds the message of the first.
 */
async function sendOnce(
  runtime: Runtime,
  id: string,
  answer: ReplyText,
  lastSeen: string | null | undefined,
): Promise<WrittenReply | { repeated: Message } | null> {
  const { db } = runtime;
  const { dedupeKey } = answer;
  if (dedupeKey === undefined && lastSeen === undefined) return writeReply(db, runtime, id, answer);
  return db.transaction(async (tx) => {
    await tx.run(lockConversation, { id });
    const repeated = dedupeKey === undefined ? null : await findMessageByDedupeKey(tx, id, dedupeKey);
    if (repeated) return { repeated };
    await requireNoUnseenMessages(tx, id, lastSeen);
    return writeReply(tx, runtime, id, answer);
  });
}

/** Announces a written reply, after the commit of {@link writeReply}. */
export function announceReply(runtime: Runtime, { message, endedSla }: WrittenReply): void {
  announce(runtime, 'conversation.replied', { message });
  if (endedSla) announce(runtime, 'sla.ended', { sla: endedSla });
}

/**
 * Adds an internal note, never customer-visible; it does not meet the response target. Throws `CONVERSATION_NOT_FOUND`,
 * `INPUT_INVALID`.
 */
export async function addNote(runtime: Runtime, id: string, input: NoteInput): Promise<Message> {
  const { content, actor, dedupeKey } = parseInput('conversations.note', noteInput, input);
  const note = { id, content, actor, dedupeKey: dedupeKey ?? null };
  const [row] = isId(id) ? await runtime.db.run(insertNote, note) : [];
  if (!row) return noteOfKey(runtime, id, dedupeKey);
  announce(runtime, 'conversation.noted', { conversationId: id });
  return toMessage(row);
}

async function noteOfKey(runtime: Runtime, id: string, dedupeKey: string | undefined): Promise<Message> {
  const first = isId(id) && dedupeKey ? await findMessageByDedupeKey(runtime.db, id, dedupeKey) : null;
  if (!first) throw new CairnloopError('CONVERSATION_NOT_FOUND', { id });
  return first;
}

const lockConversation = declareStatement<{ id: string }, { id: string }>(
  'conversation.lock',
  (s, p) => `SELECT id FROM ${s}.conversations WHERE id = ${p.id} FOR UPDATE`,
);

const insertNote = declareStatement<
  { id: string; content: string; actor: Actor; dedupeKey: string | null },
  MessageRow
>(
  'conversation.note',
  (s, p) => `
    WITH conversation AS (
      SELECT id, ${timeOfChangeSql(s, 'c')} AS at FROM ${s}.conversations c WHERE id = ${p.id} FOR UPDATE
    ), message AS (
      INSERT INTO ${s}.messages (conversation_id, role, content, author, dedupe_key, created_at)
      SELECT id, 'internal_note', ${p.content}, ${p.actor}, ${p.dedupeKey}, at FROM conversation
      ON CONFLICT (conversation_id, dedupe_key) WHERE dedupe_key IS NOT NULL DO NOTHING
      RETURNING *
    ), touched AS (
      UPDATE ${s}.conversations c SET updated_at = message.created_at FROM message WHERE c.id = message.conversation_id
    ), audit AS (${insertAuditLinesSql(s, {
      from: 'message',
      at: 'created_at',
      actor: 'author',
      action: 'conversation.noted',
      subjectId: 'id',
    })}
    )
    SELECT * FROM message`,
);
