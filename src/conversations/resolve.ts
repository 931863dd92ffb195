import type { Actor, Conversation } from '../contracts/domain.js';
import type { ResolveInput } from '../contracts/inputs.js';
import { statement } from '../db/statement.js';
import { hasModule, isOwed } from '../deliveries/announced-modules.js';
import { CairnloopError } from '../foundation/errors.js';
import type { Runtime } from '../runtime.js';
import { afterClockEnded, endClock } from '../sla/end-clock.js';
import { type SlaRow, toSla } from '../sla/rows.js';
import { actor, isId, metadata, parseInput, schemaOf } from '../validation/input.js';
import { changeTime } from './change-time.js';
import { findConversation } from './find.js';
import { type ConversationRow, toConversation } from './rows.js';

const resolveInput = schemaOf<ResolveInput>()({ resolvedBy: actor, metadata });

/**
 * Resolves a conversation and owes `onConversationResolved` in the same transaction. Resolving a resolved one changes
 * nothing. Throws `CONVERSATION_NOT_FOUND`, `INPUT_INVALID`.
 */
export async function resolveConversation(runtime: Runtime, id: string, input: ResolveInput): Promise<Conversation> {
  const { resolvedBy, metadata } = parseInput('conversations.resolve', resolveInput, input);
  const { conversation, changed } = await runtime.telemetry.span(
    'conversation.resolve',
    { conversationId: id },
    async () => {
      const run = () => runtime.db.run<ResolvedRow>(resolve, owed(runtime, id, resolvedBy, metadata));
      const [row] = isId(id) ? await runtime.traces.send(['conversation_resolved'], run) : [];
      return row
        ? { conversation: toConversation(row), changed: row }
        : { conversation: await alreadyResolved(runtime, id), changed: null };
    },
  );
  if (changed) afterResolved(runtime, conversation, resolvedBy, changed);
  return conversation;
}

type ResolvedRow = ConversationRow & { sla: SlaRow | null; owed: boolean };

function owed(runtime: Runtime, id: string, resolvedBy: Actor, metadata: Record<string, unknown>): unknown[] {
  return [
    id,
    resolvedBy,
    { actor: resolvedBy, metadata },
    hasModule(runtime.config, 'notifier'),
    runtime.traces.traceparent(),
  ];
}

async function alreadyResolved(runtime: Runtime, id: string): Promise<Conversation> {
  const conversation = await findConversation(runtime, id);
  if (!conversation) throw new CairnloopError('CONVERSATION_NOT_FOUND', { id });
  return conversation;
}

/** Wakes the worker and publishes the resolution, after the commit. */
function afterResolved(runtime: Runtime, conversation: Conversation, actor: Actor, { sla, owed }: ResolvedRow): void {
  if (owed) runtime.jobs.wake('conversation_resolved');
  runtime.changeFeed.changed(conversation.id, 'visible');
  const durationSeconds = (Number(conversation.resolvedAt) - Number(conversation.createdAt)) / 1000;
  runtime.metrics.conversationResolved(durationSeconds);
  const { hostUserId } = conversation;
  runtime.telemetry.publish('conversation.resolved', { durationSeconds }, { conversation, actor, hostUserId });
  if (sla) afterClockEnded(runtime, toSla(sla));
}

const resolve = statement(
  'conversation.resolve',
  (s) => `
    WITH conversation AS (
      UPDATE ${s}.conversations c SET
        status = 'resolved', resolved_at = ${changeTime(s, 'c')}, resolved_by = $2, updated_at = ${changeTime(s, 'c')},
        unanswered_since = NULL, snoozed_until = NULL, resolutions = resolutions + 1
      WHERE id = $1 AND status = 'open'
      RETURNING *
    ), ${endClock(s, 'resolved')}, line AS (
      INSERT INTO ${s}.messages (conversation_id, role, content, author, created_at)
      SELECT id, 'system', 'Conversation resolved', $2, resolved_at FROM conversation
    ), delivery AS (
      INSERT INTO ${s}.deliveries (topic, conversation_id, dedupe_key, payload, available_at, created_at, traceparent)
      SELECT 'conversation_resolved', id, id || '/' || resolutions,
        jsonb_build_object('resolvedAt', resolved_at) || $3, resolved_at, resolved_at, $5
      FROM conversation WHERE ${isOwed(s, '$4', 'notifier')}
      RETURNING id
    ), audit AS (
      INSERT INTO ${s}.audit_events (at, actor, action, conversation_id, subject_id)
      SELECT resolved_at, resolved_by, 'conversation.resolved', id, NULL::uuid FROM conversation
      UNION ALL
      SELECT completed_at, $2, 'sla.' || status, conversation_id, id FROM sla
    )
    SELECT conversation.*, (SELECT to_jsonb(sla) FROM sla) AS sla, EXISTS (SELECT FROM delivery) AS owed
    FROM conversation`,
);
