import { z } from 'zod';
import { statement } from '../db/statement.js';
import type { Conversation } from '../domain.js';
import { customerText, metadata, name, parseInput, text } from '../input.js';
import { toStorableText } from '../redact.js';
import type { Runtime } from '../runtime.js';
import { prepareClock } from '../sla/prepare-clock.js';
import { afterReceived, recordCustomerMessage } from './receive.js';
import { type ConversationRow, toConversation } from './rows.js';

/** What an index of Postgres holds with room to spare; it refuses some 2,700 bytes, and counts no characters. */
const maxHostNameBytes = 1000;

/** The host's own name for somebody, kept to the letter; what Postgres would change is refused. */
const hostName = z
  .string()
  .min(1)
  .refine((value) => toStorableText(value) === value, 'a text without NUL and lone surrogates')
  .refine((value) => Buffer.byteLength(value) <= maxHostNameBytes, `a text of at most ${maxHostNameBytes} bytes`);

const openInput = z.object({
  actorId: hostName.nullish(),
  hostUserId: hostName.nullish(),
  subject: text(1000).nullish(),
  priority: name.default('normal'),
  tags: z.array(name).max(50).default([]),
  /** The customer's first message; it starts the SLA and asks for a draft, as `receive` does. */
  message: customerText.nullish(),
  metadata,
});

export type OpenInput = z.input<typeof openInput>;

/** Opens a conversation, with the customer's first message if there is one. Throws `INPUT_INVALID`. */
export async function openConversation(runtime: Runtime, input: OpenInput): Promise<Conversation> {
  const opened = parseInput('conversations.open', openInput, input);
  const clock = opened.message ? await prepareClock(runtime, opened.priority) : undefined;
  const { conversation, received } = await runtime.telemetry.span('conversation.open', {}, () =>
    runtime.db.transaction(async (tx) => {
      const [row] = await tx.run<ConversationRow>(insertConversation, [
        opened.actorId ?? null,
        opened.hostUserId ?? null,
        opened.subject ?? null,
        opened.priority,
        opened.tags,
        opened.metadata,
      ]);
      if (!row) throw new Error('INSERT answered no row');
      if (!opened.message) return { conversation: toConversation(row), received: undefined };
      const { content, ...metadata } = opened.message;
      const received = await recordCustomerMessage(tx, runtime.config, row.id, { content, metadata }, clock);
      return { conversation: received?.conversation ?? toConversation(row), received };
    }),
  );
  runtime.activity.changed(conversation.id);
  runtime.telemetry.publish('conversation.opened', {}, { conversation });
  if (received) afterReceived(runtime, received);
  return conversation;
}

const insertConversation = statement(
  'conversation.open',
  (s) => `
    WITH opened AS (
      INSERT INTO ${s}.conversations
        (actor_id, host_user_id, subject, priority, tags, metadata, created_at, updated_at)
      VALUES ($1, $2, $3, $4, $5, $6, ${s}.clock(), ${s}.clock())
      RETURNING *
    ), audit AS (
      INSERT INTO ${s}.audit_events (at, actor, action, conversation_id)
      SELECT created_at,
        CASE WHEN actor_id IS NULL THEN '{"id": "system:host"}' ELSE jsonb_build_object('id', actor_id) END,
        'conversation.opened', id
      FROM opened
    )
    SELECT * FROM opened`,
);
