import { z } from 'zod';
import type { Conversation, Customer } from '../contracts/domain.js';
import type { OpenInput } from '../contracts/inputs.js';
import { type Executor, statement } from '../db/statement.js';
import { announce } from '../events/announce.js';
import { auditLines } from '../events/audit-lines.js';
import type { Runtime } from '../runtime.js';
import { type ClockTerms, prepareClock } from '../sla/prepare-clock.js';
import { customerText, metadata, name, parseInput, schemaOf, storableText } from '../validation/input.js';
import { customer } from './customer.js';
import { dedupeKey, openDedupeKey } from './dedupe-key.js';
import { hostName } from './host-name.js';
import { announceReceived, type ReceivedMessage, receivedTopics, recordCustomerMessage } from './receive.js';
import { type ConversationRow, toConversation } from './rows.js';

const openInput = schemaOf<OpenInput>()({
  actorId: hostName.nullish(),
  customer: customer.nullish(),
  hostUserId: hostName.nullish(),
  subject: storableText(1000).nullish(),
  priority: name.default('normal'),
  tags: z.array(name).max(50).default([]),
  /** The customer's first message; it starts the SLA clock and owes a draft, like `receive`. */
  message: customerText.nullish(),
  metadata,
  /** A second call with the same key for the same `actorId` writes nothing and returns the first conversation. */
  dedupeKey: dedupeKey.optional(),
});

type Opening = z.output<typeof openInput>;

/**
 * Opens a conversation, with the customer's first message if given. A known `dedupeKey` returns the conversation that
 * it opened, as it is now. Throws `INPUT_INVALID`.
 */
export async function openConversation(runtime: Runtime, input: OpenInput): Promise<Conversation> {
  const opening = parseInput('conversations.open', openInput, input);
  const key = opening.dedupeKey === undefined ? null : openDedupeKey(opening.actorId ?? null, opening.dedupeKey);
  const { conversation, received, repeated } = await runtime.telemetry.span('conversation.open', {}, async () => {
    const known = await findOpened(runtime.db, key);
    if (known) return known;
    const clock = opening.message ? await prepareClock(runtime, opening.priority) : undefined;
    for (;;) {
      const write = () => openOnce(runtime, opening, key, clock);
      const opened = await (opening.message ? runtime.traces.send(receivedTopics, write) : write());
      if (opened) return opened;
    }
  });
  if (repeated) return conversation;
  announce(runtime, 'conversation.opened', { conversation });
  if (received) announceReceived(runtime, received);
  return conversation;
}

interface Opened {
  conversation: Conversation;
  received?: ReceivedMessage | undefined;
  /** True where an earlier call with the same dedupe key opened the conversation. */
  repeated?: boolean;
}

/**
 * The second of two concurrent calls with one key waits for the first one's commit and finds its conversation. Null: it
 * was deleted meanwhile.
 */
function openOnce(
  runtime: Runtime,
  opening: Opening,
  key: string | null,
  clock: ClockTerms | undefined,
): Promise<Opened | null> {
  return runtime.db.transaction(async (tx) => {
    const { actorId = null, hostUserId = null, subject = null, customer = null, priority, tags } = opening;
    const params = { actorId, hostUserId, subject, customer, priority, tags, metadata: opening.metadata };
    const [row] = await tx.run(insertConversation, { ...params, dedupeKey: key });
    if (!row) return findOpened(tx, key);
    if (!opening.message) return { conversation: toConversation(row) };
    const { content, ...metadata } = opening.message;
    const received = await recordCustomerMessage(tx, runtime, row.id, { content, metadata }, clock);
    return { conversation: received?.conversation ?? toConversation(row), received: received ?? undefined };
  });
}

async function findOpened(executor: Executor, key: string | null): Promise<Opened | null> {
  const [row] = key === null ? [] : await executor.run(selectOpened, { dedupeKey: key });
  return row ? { conversation: toConversation(row), repeated: true } : null;
}

interface OpenParams {
  actorId: string | null;
  hostUserId: string | null;
  subject: string | null;
  priority: string;
  tags: string[];
  metadata: Record<string, unknown>;
  dedupeKey: string | null;
  customer: Customer | null;
}

const selectOpened = statement<{ dedupeKey: string }, ConversationRow>(
  'conversation.opened',
  (s, p) => `SELECT * FROM ${s}.conversations WHERE dedupe_key = ${p.dedupeKey}`,
);

const insertConversation = statement<OpenParams, ConversationRow>(
  'conversation.open',
  (s, p) => `
    WITH opened AS (
      INSERT INTO ${s}.conversations
        (actor_id, host_user_id, subject, priority, tags, metadata, dedupe_key, customer, created_at, updated_at)
      VALUES (${p.actorId}, ${p.hostUserId}, ${p.subject}, ${p.priority}, ${p.tags}, ${p.metadata},
        ${p.dedupeKey}, ${p.customer}, ${s}.clock(), ${s}.clock())
      ON CONFLICT (dedupe_key) WHERE dedupe_key IS NOT NULL DO NOTHING
      RETURNING *
    ), audit AS (${auditLines(s, {
      from: 'opened',
      at: 'created_at',
      actor: `CASE WHEN actor_id IS NULL THEN '{"id": "system:host"}' ELSE jsonb_build_object('id', actor_id) END`,
      action: 'conversation.opened',
      conversationId: 'id',
    })}
    )
    SELECT * FROM opened`,
);
