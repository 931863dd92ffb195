import { z } from 'zod';
import type { Actor, Message } from '../contracts/domain.js';
import type { TriggerInput } from '../contracts/inputs.js';
import { timeOfChangeSql } from '../conversations/change-time.js';
import { findMessageByDedupeKey } from '../conversations/find-by-dedupe-key.js';
import { type MessageRow, toMessage } from '../conversations/rows.js';
import { declareStatement } from '../db/statement.js';
import { isCallOwed } from '../deliveries/announced-modules.js';
import { announce } from '../events/announce.js';
import { insertAuditLinesSql } from '../events/audit-lines.js';
import { type OwedCall, oweCallsSql } from '../events/owe.js';
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

/** The furthest that a message can be scheduled ahead: one year. */
const maxScheduleSeconds = 366 * 24 * 3600;
const scheduleWords = `a number from 0 to ${maxScheduleSeconds}`;

/** Validates the actor of a message. The default is the host itself, for messages that no person sends. */
export const actorOrHostSchema = actorSchema.default({ id: 'system:host' });

const triggerInput = createInputSchema<TriggerInput>()({
  templateId: nameOrKeySchema,
  /** The exact text to deliver. */
  content: messageContentSchema,
  /** The delay of the delivery. Default 0: none. */
  scheduleInSeconds: z.number(scheduleWords).min(0, scheduleWords).max(maxScheduleSeconds, scheduleWords).default(0),
  /** The dedupe key: a second call with it for the same conversation sends nothing. */
  dedupeKey: nameOrKeySchema.optional(),
  actor: actorOrHostSchema,
});

export interface TriggeredMessage {
  message: Message;
  /** True if an earlier call had the same dedupe key: `message` is the one that it wrote, and nothing new was sent. */
  duplicate: boolean;
}

/**
 * Writes an outbound message and owes the Notifier its `onOutboundTriggered`. Throws `NOTIFIER_REQUIRED`,
 * `CONVERSATION_NOT_FOUND`, `INPUT_INVALID`.
 */
export async function triggerOutbound(
  runtime: Runtime,
  conversationId: string,
  input: TriggerInput,
): Promise<TriggeredMessage> {
  const wanted = parseInput('outbound.trigger', triggerInput, input);
  await requireNotifier(runtime, 'outbound.trigger');
  const triggered = await runtime.telemetry.span('outbound.trigger', { conversationId }, async () => {
    if (!isId(conversationId)) throw new CairnloopError('CONVERSATION_NOT_FOUND', { id: conversationId });
    const { content, actor, scheduleInSeconds, templateId, dedupeKey = null } = wanted;
    const message = { conversationId, content, actor, scheduleInSeconds, metadata: { templateId }, dedupeKey };
    const insert = () => runtime.db.run(insertOutbound, { ...message, traceparent: runtime.traces.traceparent() });
    const [inserted] = await runtime.traces.send(['outbound'], insert);
    if (!inserted) return firstOfKey(runtime, conversationId, wanted.dedupeKey);
    return { message: toMessage(inserted), duplicate: false };
  });
  const { message, duplicate } = triggered;
  if (!duplicate) announce(runtime, 'outbound.triggered', { message, isDue: wanted.scheduleInSeconds === 0 });
  return triggered;
}

/** Throws `NOTIFIER_REQUIRED` if no notifier could deliver the message, here or in a worker. */
export async function requireNotifier({ config, db }: Runtime, operation: string): Promise<void> {
  if (!(await isCallOwed(config, db, 'notifier'))) throw new CairnloopError('NOTIFIER_REQUIRED', { operation });
}

async function firstOfKey(
  runtime: Runtime,
  conversationId: string,
  dedupeKey: string | undefined,
): Promise<TriggeredMessage> {
  const first = dedupeKey ? await findMessageByDedupeKey(runtime.db, conversationId, dedupeKey) : null;
  if (!first) throw new CairnloopError('CONVERSATION_NOT_FOUND', { id: conversationId });
  return { message: first, duplicate: true };
}

/** The INSERT of the owed calls for outbound messages, which are the rows of the CTE `message`. */
export function oweOutboundMessages(s: string, how: Pick<OwedCall, 'dueAt' | 'traceparent'>): string {
  return oweCallsSql(s, {
    topic: 'outbound',
    from: 'message',
    subjectId: 'id',
    key: 'id',
    createdAt: 'created_at',
    ...how,
  });
}

interface OutboundParams {
  conversationId: string;
  content: string;
  actor: Actor;
  metadata: { templateId: string };
  dedupeKey: string | null;
  scheduleInSeconds: number;
  traceparent: string | null;
}

const insertOutbound = declareStatement<OutboundParams, MessageRow>(
  'outbound.trigger',
  (s, p) => `
    WITH conversation AS (
      SELECT id, updated_at FROM ${s}.conversations WHERE id = ${p.conversationId} FOR UPDATE
    ), message AS (
      INSERT INTO ${s}.messages (conversation_id, role, content, author, metadata, status, dedupe_key, created_at)
      SELECT id, 'outbound', ${p.content}, ${p.actor}, ${p.metadata}, 'pending', ${p.dedupeKey},
        ${timeOfChangeSql(s, 'conversation')}
      FROM conversation
      ON CONFLICT (conversation_id, dedupe_key) WHERE dedupe_key IS NOT NULL DO NOTHING
      RETURNING *
    ), touched AS (
      UPDATE ${s}.conversations c SET updated_at = message.created_at FROM message WHERE c.id = message.conversation_id
    ), delivery AS (${oweOutboundMessages(s, {
      dueAt: `created_at + make_interval(secs => ${p.scheduleInSeconds}::float8)`,
      traceparent: p.traceparent,
    })}
    ), audit AS (${insertAuditLinesSql(s, {
      from: 'message',
      at: 'created_at',
      actor: 'author',
      action: 'outbound.triggered',
      subjectId: 'id',
      detail: `jsonb_build_object('templateId', metadata ->> 'templateId',
        'scheduleInSeconds', ${p.scheduleInSeconds}::float8)`,
    })}
    )
    SELECT * FROM message`,
);
