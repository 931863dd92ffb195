import type { Actor, Conversation } from '../contracts/domain.js';
import type { ResolveInput } from '../contracts/inputs.js';
import { declareStatement } from '../db/statement.js';
import { isCallOwedSql, isModuleConfigured } from '../deliveries/announced-modules.js';
import { announce } from '../events/announce.js';
import { insertAuditLinesSql } from '../events/audit-lines.js';
import { oweCallsSql } from '../events/owe.js';
import { CairnloopError } from '../foundation/errors.js';
import type { Runtime } from '../runtime.js';
import { endSlaClockCte, slaClockEndedAuditLine } from '../sla/end-clock.js';
import { type SlaRow, toSla } from '../sla/rows.js';
import { actorSchema, createInputSchema, isId, metadataSchema, parseInput } from '../validation/input.js';
import { timeOfChangeSql } from './change-time.js';
import { findConversation } from './find.js';
import { type ConversationRow, toConversation } from './rows.js';

const resolveInput = createInputSchema<ResolveInput>()({ resolvedBy: actorSchema, metadata: metadataSchema });

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
      const run = () => runtime.db.run(resolve, paramsOf(runtime, id, resolvedBy, metadata));
      const [row] = isId(id) ? await runtime.traces.send(['conversation_resolved'], run) : [];
      return row
        ? { conversation: toConversation(row), changed: row }
        : { conversation: await alreadyResolved(runtime, id), changed: null };
    },
  );
  if (changed) announce(runtime, 'conversation.resolved', { conversation, actor: resolvedBy, owed: changed.owed });
  if (changed?.sla) announce(runtime, 'sla.ended', { sla: toSla(changed.sla) });
  return conversation;
}

type ResolvedRow = ConversationRow & { sla: SlaRow | null; owed: boolean };

interface ResolveParams {
  id: string;
  resolvedBy: Actor;
  /** The arguments of `onConversationResolved` besides the conversation. */
  payload: { actor: Actor; metadata: Record<string, unknown> };
  hasNotifier: boolean;
  traceparent: string | null;
}

function paramsOf(runtime: Runtime, id: string, resolvedBy: Actor, metadata: Record<string, unknown>): ResolveParams {
  return {
    id,
    resolvedBy,
    payload: { actor: resolvedBy, metadata },
    hasNotifier: isModuleConfigured(runtime.config, 'notifier'),
    traceparent: runtime.traces.traceparent(),
  };
}

async function alreadyResolved(runtime: Runtime, id: string): Promise<Conversation> {
  const conversation = await findConversation(runtime, id);
  if (!conversation) throw new CairnloopError('CONVERSATION_NOT_FOUND', { id });
  return conversation;
}

const resolve = declareStatement<ResolveParams, ResolvedRow>(
  'conversation.resolve',
  (s, p) => `
    WITH
    -- The customer no longer waits for an answer; each resolution of a conversation has its own number.
    conversation AS (
      UPDATE ${s}.conversations c SET
        status = 'resolved', resolved_at = ${timeOfChangeSql(s, 'c')}, resolved_by = ${p.resolvedBy},
        updated_at = ${timeOfChangeSql(s, 'c')},
        unanswered_since = NULL, snoozed_until = NULL, resolutions = resolutions + 1
      WHERE id = ${p.id} AND status = 'open'
      RETURNING *
    ),
    ${endSlaClockCte(s, 'resolved')},
    -- The system message that operators see in the thread.
    line AS (
      INSERT INTO ${s}.messages (conversation_id, role, content, author, created_at)
      SELECT id, 'system', 'Conversation resolved', ${p.resolvedBy}, resolved_at FROM conversation
    ),
    -- The owed call of onConversationResolved.
    delivery AS (${oweCallsSql(s, {
      topic: 'conversation_resolved',
      from: `conversation WHERE ${isCallOwedSql(s, p.hasNotifier, 'notifier')}`,
      conversationId: 'id',
      key: `id || '/' || resolutions`,
      dueAt: 'resolved_at',
      createdAt: 'resolved_at',
      payload: `jsonb_build_object('resolvedAt', resolved_at) || ${p.payload}`,
      traceparent: p.traceparent,
    })}
      RETURNING id
    ),
    audit AS (${insertAuditLinesSql(
      s,
      {
        from: 'conversation',
        at: 'resolved_at',
        actor: 'resolved_by',
        action: 'conversation.resolved',
        conversationId: 'id',
      },
      slaClockEndedAuditLine(p.resolvedBy),
    )}
    )
    SELECT conversation.*, (SELECT to_jsonb(sla) FROM sla) AS sla, EXISTS (SELECT FROM delivery) AS owed
    FROM conversation`,
);
