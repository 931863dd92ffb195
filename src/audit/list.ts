import { z } from 'zod';
import type { Actor, AuditEvent, Page } from '../contracts/domain.js';
import type { AuditListInput } from '../contracts/inputs.js';
import { decodeIdCursor, encodeCursor } from '../db/cursor.js';
import { declareStatement } from '../db/statement.js';
import { type Timestamp, toDate } from '../db/timestamp.js';
import type { Runtime } from '../runtime.js';
import {
  createInputSchema,
  exactIdSchema,
  nameOrKeySchema,
  pageCursorSchema,
  pageLimitSchema,
  parseInput,
} from '../validation/input.js';
import { erasableFields } from './format.js';

const listInput = createInputSchema<AuditListInput>()({
  conversationId: z.uuid('the id of a conversation').optional(),
  action: nameOrKeySchema.optional(),
  /** The id of the actor; a customer's id may have 1000 characters. */
  actor: exactIdSchema(1000).optional(),
  cursor: pageCursorSchema,
  limit: pageLimitSchema,
}).default({ limit: 50 });

/** A row of the table `audit_events`. */
export interface AuditRow {
  id: string;
  at: Timestamp;
  actor: Actor;
  action: string;
  conversation_id: string | null;
  subject_id: string | null;
  detail: Record<string, unknown>;
  /** The event's number in the hash chain, as text; null until it is sealed. */
  seq: string | null;
  hash: string | null;
  /** The ids of the `audit.erased` events that erased a field of this event. */
  actor_erased_by: string | null;
  detail_erased_by: string | null;
}

export function toAuditEvent(row: AuditRow): AuditEvent {
  return {
    id: row.id,
    at: toDate(row.at),
    actor: row.actor,
    action: row.action,
    conversationId: row.conversation_id,
    subjectId: row.subject_id,
    detail: row.detail,
    ...erasedFields(row),
  };
}

/** Which fields of an audit event were erased with a customer's data; absent where none was. */
function erasedFields(row: AuditRow): Pick<AuditEvent, 'erased'> {
  const erased = erasableFields.filter((field) => row[`${field}_erased_by`]);
  return erased.length > 0 ? { erased } : {};
}

/** Lists the audit record, newest first. Throws `INPUT_INVALID`, `CURSOR_INVALID`. */
export async function listAudit(runtime: Pick<Runtime, 'db'>, input?: AuditListInput): Promise<Page<AuditEvent>> {
  const { conversationId, action, actor, cursor, limit } = parseInput('audit.list', listInput, input);
  const before = cursor ? decodeIdCursor(cursor) : null;
  const rows = await runtime.db.run(selectPage, {
    conversationId: conversationId ?? null,
    action: action ?? null,
    actor: actor ?? null,
    before,
    limit: limit + 1,
  });
  const items = rows.slice(0, limit).map(toAuditEvent);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last ? encodeCursor([last.id]) : null };
}

interface ListParams {
  conversationId: string | null;
  action: string | null;
  actor: string | null;
  before: string | null;
  limit: number;
}

const selectPage = declareStatement<ListParams, AuditRow>(
  'audit.list',
  (s, p) => `
    SELECT * FROM ${s}.audit_events
    WHERE (${p.conversationId}::uuid IS NULL OR conversation_id = ${p.conversationId})
      AND (${p.action}::text IS NULL OR action = ${p.action}
        OR (right(${p.action}, 1) = '.' AND starts_with(action, ${p.action})))
      AND (${p.actor}::text IS NULL OR actor ->> 'id' = ${p.actor}) AND (${p.before}::uuid IS NULL OR id < ${p.before})
    ORDER BY id DESC LIMIT ${p.limit}`,
);
