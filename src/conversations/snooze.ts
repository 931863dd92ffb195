import type { Actor, Conversation } from '../contracts/domain.js';
import type { SnoozeInput } from '../contracts/inputs.js';
import { readDatabaseTime } from '../db/database-time.js';
import { declareStatement } from '../db/statement.js';
import { announce } from '../events/announce.js';
import { insertAuditLinesSql } from '../events/audit-lines.js';
import { CairnloopError } from '../foundation/errors.js';
import type { Runtime } from '../runtime.js';
import { actorSchema, createInputSchema, isId, moment, parseInput } from '../validation/input.js';
import { timeOfChangeSql } from './change-time.js';
import { requireConversationWithoutMessages } from './find.js';
import { throwConversationNotOpen } from './not-open-error.js';
import { type ConversationRow, toConversation } from './rows.js';

const untilWords = 'a Date in the future, or null to wake it now';

const snoozeInput = createInputSchema<SnoozeInput>()({
  /** When the snooze ends, by the database's clock; null wakes the conversation now. */
  until: moment(untilWords).nullable(),
  actor: actorSchema,
});

/**
 * Takes an open conversation out of the queue until a moment or the customer's next message; null wakes it now. It
 * stays `open`, and its SLA clock runs on. Snoozing again replaces the moment. Throws `CONVERSATION_NOT_FOUND`,
 * `CONVERSATION_RESOLVED`, `INPUT_INVALID` for a moment that has passed.
 */
export async function snoozeConversation(runtime: Runtime, id: string, input: SnoozeInput): Promise<Conversation> {
  const { until, actor } = parseInput('conversations.snooze', snoozeInput, input);
  const { db } = runtime;
  const change = () => (until ? db.run(snooze, { id, actor, until }) : db.run(wake, { id, actor }));
  const [row] = isId(id) ? await change() : [];
  if (!row) return unchanged(runtime, id, until);
  const conversation = toConversation(row);
  if (!until) {
    announce(runtime, 'conversation.woken', { conversationId: id, because: 'operator' });
    return conversation;
  }
  announce(runtime, 'conversation.snoozed', { conversation, actor, until });
  return conversation;
}

/** Returns the unchanged conversation, or throws the reason why nothing was written. */
async function unchanged(runtime: Runtime, id: string, until: Date | null): Promise<Conversation> {
  if (until && until <= (await readDatabaseTime(runtime.db)))
    throw new CairnloopError('INPUT_INVALID', {
      operation: 'conversations.snooze',
      problems: [{ path: 'until', expected: untilWords, found: 'a Date that has passed' }],
    });
  const conversation = await requireConversationWithoutMessages(runtime.db, id);
  return until && conversation.status !== 'open'
    ? throwConversationNotOpen(runtime.db, id, 'be snoozed')
    : conversation;
}

const snooze = declareStatement<{ id: string; actor: Actor; until: Date }, ConversationRow>(
  'conversation.snooze',
  (s, p) => `
    WITH conversation AS (
      UPDATE ${s}.conversations c SET snoozed_until = ${p.until}, updated_at = ${timeOfChangeSql(s, 'c')}
      WHERE id = ${p.id} AND status = 'open' AND ${p.until}::timestamptz > ${s}.clock()
        AND snoozed_until IS DISTINCT FROM ${p.until}::timestamptz
      RETURNING *
    ), audit AS (${insertAuditLinesSql(s, {
      from: 'conversation',
      at: 'updated_at',
      actor: p.actor,
      action: 'conversation.snoozed',
      conversationId: 'id',
      detail: `jsonb_build_object('until', snoozed_until)`,
    })}
    )
    SELECT * FROM conversation`,
);

const wake = declareStatement<{ id: string; actor: Actor }, ConversationRow>(
  'conversation.wake',
  (s, p) => `
    WITH conversation AS (
      UPDATE ${s}.conversations c SET snoozed_until = NULL, updated_at = ${timeOfChangeSql(s, 'c')}
      WHERE id = ${p.id} AND snoozed_until IS NOT NULL
      RETURNING *
    ), audit AS (${insertAuditLinesSql(s, {
      from: 'conversation',
      at: 'updated_at',
      actor: p.actor,
      action: 'conversation.woken',
      conversationId: 'id',
      detail: `'{"because": "operator"}'`,
    })}
    )
    SELECT * FROM conversation`,
);
