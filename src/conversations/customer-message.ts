import type { ResolvedConfig } from '../config/config-types.js';
import type { StatementPlaceholders } from '../db/statement.js';
import { isCallOwedSql, isModuleConfigured } from '../deliveries/announced-modules.js';
import type { AuditLine } from '../events/audit-lines.js';
import type { SlaClockTerms } from '../sla/prepare-clock.js';
import { type SlaClockTermsParams, toSlaClockTermsParams } from '../sla/start-clock.js';
import type { Traces } from '../telemetry/traces.js';

/** The parameters of {@link customerMessageCtes}. */
export interface CustomerMessageParams {
  content: string;
  messageMetadata: Record<string, unknown>;
  debounceMs: number;
  hasGenerator: boolean;
  traceparent: string | null;
}

/** The parameters of a statement that may also start a clock. */
export interface SlaClockStartParams extends SlaClockTermsParams {
  hasNotifier: boolean;
}

export function customerMessageParams(
  { config, traces }: { config: ResolvedConfig; traces: Traces },
  { content, metadata }: { content: string; metadata: Record<string, unknown> },
): CustomerMessageParams {
  return {
    content,
    messageMetadata: metadata,
    debounceMs: config.drafts.debounceMs,
    hasGenerator: isModuleConfigured(config, 'draftGenerator'),
    traceparent: traces.traceparent(),
  };
}

export function toSlaClockStartParams(
  { config }: { config: ResolvedConfig },
  clock: SlaClockTerms,
): SlaClockStartParams {
  return { ...toSlaClockTermsParams(clock), hasNotifier: isModuleConfigured(config, 'notifier') };
}

/**
 * CTEs that write a customer's message to the conversation in the CTE `conversation`, and owe a draft. `dedupeKey` is
 * an SQL expression.
 */
export function customerMessageCtes(
  s: string,
  p: StatementPlaceholders<CustomerMessageParams>,
  dedupeKey = 'NULL',
): string {
  return `message AS (
      INSERT INTO ${s}.messages (conversation_id, role, content, author, metadata, dedupe_key, created_at)
      SELECT id, 'customer', ${p.content},
        CASE WHEN actor_id IS NULL THEN '{"id": "anonymous"}' ELSE jsonb_build_object('id', actor_id) END,
        ${p.messageMetadata}, ${dedupeKey}, updated_at
      FROM conversation
      RETURNING *
    ),
    -- The request for a draft is due once the customer has stopped writing.
    request AS (
      SELECT ${s}.request_draft(conversation_id, id, ${p.debounceMs}, ${p.traceparent}) AS id
      FROM message WHERE ${isCallOwedSql(s, p.hasGenerator, 'draftGenerator')}
    )`;
}

export const messageReceivedAuditLine: AuditLine = {
  from: 'message',
  at: 'created_at',
  actor: 'author',
  action: 'message.received',
  subjectId: 'id',
};
