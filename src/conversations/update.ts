import { z } from 'zod';
import type { Conversation } from '../contracts/domain.js';
import type { UpdateInput } from '../contracts/inputs.js';
import { statement } from '../db/statement.js';
import { CairnloopError } from '../foundation/errors.js';
import type { Runtime } from '../runtime.js';
import { actor, isId, metadataMap, name, parseInput, schemaOf, text } from '../validation/input.js';
import { changeTime } from './change-time.js';
import { changeableFields, changed } from './changes.js';
import { type ConversationRow, toConversation } from './rows.js';

const updateInput = schemaOf<UpdateInput>()({
  priority: name.optional(),
  /** Replaces the tags. */
  tags: z.array(name).max(50).optional(),
  /** Null removes it. */
  subject: text(1000).nullish(),
  /** Null: nobody's. */
  assignee: actor.nullish(),
  /** Merged by its top-level keys: null removes a key, and those that are not named stay. */
  metadata: metadataMap.optional(),
  /** Who changes it. */
  actor,
}).refine(
  (input) => changeableFields.some((field) => input[field] !== undefined),
  `at least one of ${changeableFields.join(', ')}`,
);

/**
 * Changes the named fields only. A running clock keeps its terms; a new `priority` counts from the next clock on.
 * Naming the present values writes nothing. Throws `CONVERSATION_NOT_FOUND`, `INPUT_INVALID`.
 */
export async function updateConversation(runtime: Runtime, id: string, input: UpdateInput): Promise<Conversation> {
  const { actor, ...wanted } = parseInput('conversations.update', updateInput, input);
  const { row, changes } = await runtime.db.transaction(async (tx) => {
    const [before] = isId(id) ? await tx.run<ConversationRow>(lockToChange, [id]) : [];
    if (!before) throw new CairnloopError('CONVERSATION_NOT_FOUND', { id });
    const change = changed(fieldsOf(before), wanted);
    if (!change) return { row: before, changes: null };
    const { priority, tags, subject, assignee, metadata } = change.fields;
    const values = [id, priority, tags, subject, assignee, metadata, actor, change.changes];
    const [row] = await tx.run<ConversationRow>(update, values);
    if (!row) throw new Error('UPDATE answered no row');
    return { row, changes: change.changes };
  });
  const conversation = toConversation(row);
  if (!changes) return conversation;
  runtime.changeFeed.changed(id, 'subject' in changes.after ? 'visible' : 'internal');
  runtime.telemetry.publish('conversation.updated', {}, { conversation, actor, changed: Object.keys(changes.after) });
  return conversation;
}

function fieldsOf({ priority, tags, subject, assignee, metadata }: ConversationRow) {
  return { priority, tags, subject, assignee, metadata };
}

const lockToChange = statement(
  'conversation.lock_to_change',
  (s) => `SELECT * FROM ${s}.conversations WHERE id = $1 FOR UPDATE`,
);

const update = statement(
  'conversation.update',
  (s) => `
    WITH conversation AS (
      UPDATE ${s}.conversations c SET
        priority = $2, tags = $3, subject = $4, assignee = $5, metadata = $6, updated_at = ${changeTime(s, 'c')}
      WHERE id = $1
      RETURNING *
    ), audit AS (
      INSERT INTO ${s}.audit_events (at, actor, action, conversation_id, detail)
      SELECT updated_at, $7, 'conversation.updated', id, $8 FROM conversation
    )
    SELECT * FROM conversation`,
);
