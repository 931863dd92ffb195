import { z } from 'zod';
import type { Conversation, Customer, Sla } from '../contracts/domain.js';
import type { OpenInput } from '../contracts/inputs.js';
import { declareStatement, type Executor, type StatementPlaceholders } from '../db/statement.js';
import { announce } from '../events/announce.js';
import { type AuditLine, insertAuditLinesSql } from '../events/audit-lines.js';
import type { Runtime } from '../runtime.js';
import { readNewSlaClockTerms, type SlaClockTerms } from '../sla/prepare-clock.js';
import { type SlaRow, toSla } from '../sla/rows.js';
import { noStartSlaClockSql, type StartSlaClockSql, startSlaClockSql } from '../sla/start-clock.js';
import {
  createInputSchema,
  customerTextSchema,
  metadataSchema,
  nameOrKeySchema,
  parseInput,
  storableTextSchema,
} from '../validation/input.js';
import { customerSchema } from './customer.js';
import {
  type CustomerMessageParams,
  customerMessageCtes,
  customerMessageParams,
  messageReceivedAuditLine,
  type SlaClockStartParams,
  toSlaClockStartParams,
} from './customer-message.js';
import { dedupeKeyOfOpenedConversation, dedupeKeySchema } from './dedupe-key.js';
import { hostIdSchema } from './host-id-schema.js';
import { announceReceivedMessage, customerMessageTopics } from './receive.js';
import { type ConversationRow, toConversation } from './rows.js';

const openInput = createInputSchema<OpenInput>()({
  actorId: hostIdSchema.nullish(),
  customer: customerSchema.nullish(),
  hostUserId: hostIdSchema.nullish(),
  subject: storableTextSchema(1000).nullish(),
  priority: nameOrKeySchema.default('normal'),
  tags: z.array(nameOrKeySchema).max(50).default([]),
  /** The customer's first message; it starts the SLA clock and owes a draft, like `receive`. */
  message: customerTextSchema.nullish(),
  metadata: metadataSchema,
  /** A second call with the same key for the same `actorId` writes nothing and returns the first conversation. */
  dedupeKey: dedupeKeySchema.optional(),
});

type Opening = z.output<typeof openInput>;

/**
 * Opens a conversation, with the customer's first message if given. If an earlier call with the same `dedupeKey` opened
 * one, returns that conversation in its present state. Throws `INPUT_INVALID`.
 */
export async function openConversation(runtime: Runtime, input: OpenInput): Promise<Conversation> {
  const opening = parseInput('conversations.open', openInput, input);
  const key =
    opening.dedupeKey === undefined ? null : dedupeKeyOfOpenedConversation(opening.actorId ?? null, opening.dedupeKey);
  const { conversation, received, repeated } = await runtime.telemetry.span('conversation.open', {}, async () => {
    const known = await findOpened(runtime.db, key);
    if (known) return known;
    const clock = opening.message ? await readNewSlaClockTerms(runtime, opening.priority) : undefined;
    for (;;) {
      const write = () => openOnce(runtime, opening, key, clock);
      const opened = await (opening.message ? runtime.traces.send(customerMessageTopics, write) : write());
      if (opened) return opened;
    }
  });
  if (repeated) return conversation;
  announce(runtime, 'conversation.opened', { conversation });
  if (received) announceReceivedMessage(runtime, { conversationId: conversation.id, ...received, woken: false });
  return conversation;
}

interface Opened {
  conversation: Conversation;
  received?: { messageId: string; startedSla: Sla | null };
  /** True if an earlier call with the same dedupe key opened the conversation. */
  repeated?: boolean;
}

/**
 * The second of two concurrent calls with one key waits for the commit of the first and finds its conversation. Nothing
 * is found if that conversation was deleted meanwhile.
 */
async function openOnce(
  runtime: Runtime,
  opening: Opening,
  key: string | null,
  clock: SlaClockTerms | undefined,
): Promise<Opened | null> {
  const { message, metadata, actorId = null, hostUserId = null, subject = null, customer = null } = opening;
  const { priority, tags } = opening;
  const params = { actorId, hostUserId, subject, customer, priority, tags, metadata, dedupeKey: key };
  const opened = message
    ? await openWithMessage(runtime, params, message, clock)
    : await openWithoutMessage(runtime, params);
  return opened ?? findOpened(runtime.db, key);
}

async function openWithoutMessage({ db }: Runtime, params: OpenParams): Promise<Opened | null> {
  const [row] = await db.run(insertConversation, params);
  return row ? { conversation: toConversation(row) } : null;
}

async function openWithMessage(
  runtime: Runtime,
  params: OpenParams,
  { content, ...metadata }: NonNullable<Opening['message']>,
  clock: SlaClockTerms | undefined,
): Promise<Opened | null> {
  const { db } = runtime;
  const written = { ...params, ...customerMessageParams(runtime, { content, metadata }) };
  const [row] = clock
    ? await db.run(insertWithClock, { ...written, ...toSlaClockStartParams(runtime, clock) })
    : await db.run(insertWithMessage, written);
  if (!row) return null;
  const received = { messageId: row.message_id, startedSla: row.sla && toSla(row.sla) };
  return { conversation: toConversation(row.conversation), received };
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

const selectOpened = declareStatement<{ dedupeKey: string }, ConversationRow>(
  'conversation.opened',
  (s, p) => `SELECT * FROM ${s}.conversations WHERE dedupe_key = ${p.dedupeKey}`,
);

/**
 * The CTE `conversation`, without a row if the dedupe key is known. `waits`: whether its customer waits for an answer
 * from now on.
 */
function conversationPart(s: string, p: StatementPlaceholders<OpenParams>, waits: boolean): string {
  const now = `${s}.clock()`;
  const then = waits ? now : 'NULL';
  return `conversation AS (
      INSERT INTO ${s}.conversations (actor_id, host_user_id, subject, priority, tags, metadata, dedupe_key, customer,
        created_at, updated_at, unanswered_since, last_message_at)
      VALUES (${p.actorId}, ${p.hostUserId}, ${p.subject}, ${p.priority}, ${p.tags}, ${p.metadata}, ${p.dedupeKey},
        ${p.customer}, ${now}, ${now}, ${then}, ${then})
      ON CONFLICT (dedupe_key) WHERE dedupe_key IS NOT NULL DO NOTHING
      RETURNING *
    )`;
}

const openedLine: AuditLine = {
  from: 'conversation',
  at: 'created_at',
  actor: `CASE WHEN actor_id IS NULL THEN '{"id": "system:host"}' ELSE jsonb_build_object('id', actor_id) END`,
  action: 'conversation.opened',
  conversationId: 'id',
};

const insertConversation = declareStatement<OpenParams, ConversationRow>(
  'conversation.open',
  (s, p) => `
    WITH ${conversationPart(s, p, false)},
    audit AS (${insertAuditLinesSql(s, openedLine)}
    )
    SELECT * FROM conversation`,
);

interface OpenedRow {
  conversation: ConversationRow;
  message_id: string;
  sla: SlaRow | null;
}

type WithMessage = OpenParams & CustomerMessageParams;

const insertWithMessage = declareStatement<WithMessage, OpenedRow>('conversation.open_with_message', (s, p) =>
  withMessage(s, p, noStartSlaClockSql),
);

const insertWithClock = declareStatement<WithMessage & SlaClockStartParams, OpenedRow>(
  'conversation.open_with_clock',
  (s, p) => withMessage(s, p, startSlaClockSql(s, p, { from: 'conversation', waitingSince: 'NULL::timestamptz' })),
);

function withMessage(s: string, p: StatementPlaceholders<WithMessage>, clock: StartSlaClockSql): string {
  return `
    WITH ${conversationPart(s, p, true)},
    ${clock.parts}
    ${customerMessageCtes(s, p)},
    audit AS (${insertAuditLinesSql(s, openedLine, messageReceivedAuditLine, ...clock.lines)}
    )
    SELECT to_jsonb(conversation) AS conversation, message.id AS message_id, ${clock.row} AS sla,
      (SELECT id FROM request) AS request_id
    FROM conversation, message`;
}
