import { z } from 'zod';
import type { Actor, Conversation } from '../contracts/domain.js';
import type { UpdateInput } from '../contracts/inputs.js';
import { declareStatement } from '../db/statement.js';
import { announce } from '../events/announce.js';
import { insertAuditLinesSql } from '../events/audit-lines.js';
import { CairnloopError } from '../foundation/errors.js';
import type { Runtime } from '../runtime.js';
import {
  actorSchema,
  createInputSchema,
  exactIdSchema,
  isId,
  metadataMapSchema,
  nameOrKeySchema,
  parseInput,
  storableTextSchema,
} from '../validation/input.js';
import { timeOfChangeSql } from './change-time.js';
import {
  applyConversationFieldChanges,
  type ChangeableConversationFields,
  type ConversationFieldChanges,
  changeableConversationFields,
} from './changes.js';
import { type ConversationRow, toConversation } from './rows.js';

/** Maximum number of tags of a conversation. */
const maxTags = 50;

const wantedFields = [...changeableConversationFields, 'addTags', 'removeTags'] as const;

const updateInput = createInputSchema<UpdateInput>()({
  priority: nameOrKeySchema.optional(),
  /** The tags to replace all present ones. */
  tags: z.array(nameOrKeySchema).max(maxTags).optional(),
  /** Tags to add to the present ones, so that two operators who add tags at once lose none. */
  addTags: z.array(nameOrKeySchema).max(maxTags).optional(),
  removeTags: z.array(nameOrKeySchema).max(maxTags).optional(),
  /** The new subject; null removes it. */
  subject: storableTextSchema(1000).nullish(),
  /** The new assignee; null removes the present one. */
  assignee: actorSchema.nullish(),
  /**
   * The id of the assignee whom the caller saw; null for nobody. A change of `assignee` is refused if it is somebody
   * else now.
   */
  lastSeenAssigneeId: exactIdSchema(500).nullish(),
  /** Metadata to merge by top-level keys: null removes a key, and a key that is not named stays. */
  metadata: metadataMapSchema.optional(),
  /** Who makes the change. */
  actor: actorSchema,
}).refine(
  (input) => wantedFields.some((field) => input[field] !== undefined),
  `at least one of ${wantedFields.join(', ')}`,
);

/**
 * Changes the named fields of a conversation and nothing else. A running clock keeps the terms it started under; a new
 * `priority` counts from the next clock on. If all fields have the wanted values already, nothing is written. Throws
 * `CONVERSATION_NOT_FOUND`, `INPUT_INVALID`, and `ASSIGNEE_CHANGED` if `lastSeenAssigneeId` is not the assignee any
 * more.
 */
export async function updateConversation(runtime: Runtime, id: string, input: UpdateInput): Promise<Conversation> {
  const { actor, addTags, removeTags, lastSeenAssigneeId, ...wanted } = parseInput(
    'conversations.update',
    updateInput,
    input,
  );
  const { row, changes } = await runtime.db.transaction(async (tx) => {
    const [before] = isId(id) ? await tx.run(lockToChange, { id }) : [];
    if (!before) throw new CairnloopError('CONVERSATION_NOT_FOUND', { id });
    refuseOtherAssignee(before, wanted.assignee, lastSeenAssigneeId);
    const tagged = tagsOf(before.tags, { tags: wanted.tags, addTags, removeTags });
    const change = applyConversationFieldChanges(fieldsOf(before), { ...wanted, tags: tagged });
    if (!change) return { row: before, changes: null };
    const [row] = await tx.run(update, { ...change.fields, id, actor, changes: change.changes });
    if (!row) throw new Error('UPDATE returned no row');
    return { row, changes: change.changes };
  });
  const conversation = toConversation(row);
  if (!changes) return conversation;
  announce(runtime, 'conversation.updated', { conversation, actor, changed: Object.keys(changes.after) });
  return conversation;
}

/**
 * Throws `ASSIGNEE_CHANGED` if the assignee is not the one whom the caller saw, unless it is already the wanted one.
 */
function refuseOtherAssignee(
  { id, assignee }: ConversationRow,
  wanted: Actor | null | undefined,
  lastSeen: string | null | undefined,
): void {
  const found = assignee?.id ?? null;
  if (wanted === undefined || lastSeen === undefined || found === lastSeen || found === (wanted?.id ?? null)) return;
  throw new CairnloopError('ASSIGNEE_CHANGED', { id, assignee });
}

type WantedTags = Pick<z.output<typeof updateInput>, 'tags' | 'addTags' | 'removeTags'>;

/** The tags after a change; undefined if they do not change. */
function tagsOf(before: string[], { tags, addTags = [], removeTags = [] }: WantedTags): string[] | undefined {
  if (addTags.length + removeTags.length === 0) return tags;
  const kept = (tags ?? before).filter((tag) => !removeTags.includes(tag));
  const all = [...new Set([...kept, ...addTags])];
  if (all.length <= maxTags) return all;
  throw new CairnloopError('INPUT_INVALID', {
    operation: 'conversations.update',
    problems: [{ path: 'addTags', expected: `at most ${maxTags} tags in all`, found: `${all.length}` }],
  });
}

function fieldsOf({ priority, tags, subject, assignee, metadata }: ConversationRow) {
  return { priority, tags, subject, assignee, metadata };
}

interface UpdateParams extends ChangeableConversationFields {
  id: string;
  actor: Actor;
  changes: ConversationFieldChanges;
}

const lockToChange = declareStatement<{ id: string }, ConversationRow>(
  'conversation.lock_to_change',
  (s, p) => `SELECT * FROM ${s}.conversations WHERE id = ${p.id} FOR UPDATE`,
);

const update = declareStatement<UpdateParams, ConversationRow>(
  'conversation.update',
  (s, p) => `
    WITH conversation AS (
      UPDATE ${s}.conversations c SET
        priority = ${p.priority}, tags = ${p.tags}, subject = ${p.subject}, assignee = ${p.assignee},
        metadata = ${p.metadata}, updated_at = ${timeOfChangeSql(s, 'c')}
      WHERE id = ${p.id}
      RETURNING *
    ), audit AS (${insertAuditLinesSql(s, {
      from: 'conversation',
      at: 'updated_at',
      actor: p.actor,
      action: 'conversation.updated',
      conversationId: 'id',
      detail: p.changes,
    })}
    )
    SELECT * FROM conversation`,
);
