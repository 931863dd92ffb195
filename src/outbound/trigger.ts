import { z } from 'zod';
import type { Message } from '../contracts/domain.js';
import type { TriggerInput } from '../contracts/inputs.js';
import { changeTime } from '../conversations/change-time.js';
import { findByDedupeKey } from '../conversations/find-by-dedupe-key.js';
import { type MessageRow, toMessage } from '../conversations/rows.js';
import { statement } from '../db/statement.js';
import { isModuleOwed } from '../deliveries/announced-modules.js';
import { CairnloopError } from '../foundation/errors.js';
import type { Runtime } from '../runtime.js';
import { actor, content, isId, name, parseInput, schemaOf } from '../validation/input.js';

/** Longest schedule: one year. */
const maxScheduleSeconds = 366 * 24 * 3600;
const scheduleWords = `a number from 0 to ${maxScheduleSeconds}`;

/** The default actor, for messages without a person behind them. */
export const hostOrActor = actor.default({ id: 'system:host' });

const triggerInput = schemaOf<TriggerInput>()({
  templateId: name,
  /** What is delivered, to the letter. */
  content,
  /** Default 0: at once. */
  scheduleInSeconds: z.number(scheduleWords).min(0, scheduleWords).max(maxScheduleSeconds, scheduleWords).default(0),
  /** A second call with the same key for the same conversation sends nothing. */
  dedupeKey: name.optional(),
  actor: hostOrActor,
});

export interface Triggered {
  message: Message;
  /** True when the dedupe key was known: `message` is the first one, and nothing new was sent. */
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
): Promise<Triggered> {
  const wanted = parseInput('outbound.trigger', triggerInput, input);
  await requireNotifier(runtime, 'outbound.trigger');
  const triggered = await runtime.telemetry.span('outbound.trigger', { conversationId }, async () => {
    if (!isId(conversationId)) throw new CairnloopError('CONVERSATION_NOT_FOUND', { id: conversationId });
    const insert = () =>
      runtime.db.run<MessageRow>(insertOutbound, [
        conversationId,
        wanted.content,
        wanted.actor,
        { templateId: wanted.templateId },
        wanted.dedupeKey ?? null,
        wanted.scheduleInSeconds,
        runtime.traces.traceparent(),
      ]);
    const [inserted] = await runtime.traces.send(['outbound'], insert);
    if (!inserted) return firstOfKey(runtime, conversationId, wanted.dedupeKey);
    return { message: toMessage(inserted), duplicate: false };
  });
  if (!triggered.duplicate) afterTriggered(runtime, [triggered.message], wanted.scheduleInSeconds === 0);
  return triggered;
}

/** Throws if no notifier could deliver the message. */
export async function requireNotifier({ config, db }: Runtime, operation: string): Promise<void> {
  if (!(await isModuleOwed(config, db, 'notifier'))) throw new CairnloopError('NOTIFIER_REQUIRED', { operation });
}

/** Wakes the worker and publishes outbound messages, after the commit. */
export function afterTriggered(runtime: Runtime, messages: readonly Message[], dueNow: boolean): void {
  if (dueNow) runtime.jobs.wake('outbound');
  for (const message of messages) {
    const { conversationId, id, metadata } = message;
    runtime.changeFeed.changed(conversationId);
    runtime.telemetry.publish(
      'outbound.triggered',
      {},
      { conversationId, messageId: id, templateId: metadata.templateId },
    );
  }
}

async function firstOfKey(runtime: Runtime, conversationId: string, dedupeKey: string | undefined): Promise<Triggered> {
  const first = dedupeKey ? await findByDedupeKey(runtime.db, conversationId, dedupeKey) : null;
  if (!first) throw new CairnloopError('CONVERSATION_NOT_FOUND', { id: conversationId });
  return { message: first, duplicate: true };
}

const insertOutbound = statement(
  'outbound.trigger',
  (s) => `
    WITH conversation AS (
      SELECT id, updated_at FROM ${s}.conversations WHERE id = $1 FOR UPDATE
    ), message AS (
      INSERT INTO ${s}.messages (conversation_id, role, content, author, metadata, status, dedupe_key, created_at)
      SELECT id, 'outbound', $2, $3, $4, 'pending', $5, ${changeTime(s, 'conversation')} FROM conversation
      ON CONFLICT (conversation_id, dedupe_key) WHERE dedupe_key IS NOT NULL DO NOTHING
      RETURNING *
    ), touched AS (
      UPDATE ${s}.conversations c SET updated_at = message.created_at FROM message WHERE c.id = message.conversation_id
    ), delivery AS (
      INSERT INTO ${s}.deliveries (topic, conversation_id, subject_id, dedupe_key, available_at, created_at, traceparent)
      SELECT 'outbound', conversation_id, id, id, created_at + make_interval(secs => $6::float8), created_at, $7 FROM message
    ), audit AS (
      INSERT INTO ${s}.audit_events (at, actor, action, conversation_id, subject_id, detail)
      SELECT created_at, author, 'outbound.triggered', conversation_id, id,
        jsonb_build_object('templateId', metadata ->> 'templateId', 'scheduleInSeconds', $6::float8)
      FROM message
    )
    SELECT * FROM message`,
);
