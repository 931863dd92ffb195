import { z } from 'zod';
import type { Conversation } from '../contracts/domain.js';
import type { SnoozeInput } from '../contracts/inputs.js';
import { databaseTime } from '../db/database-time.js';
import { statement } from '../db/statement.js';
import { CairnloopError } from '../foundation/errors.js';
import type { Runtime } from '../runtime.js';
import { actor, isId, parseInput, schemaOf } from '../validation/input.js';
import { changeTime } from './change-time.js';
import { requireHead } from './find.js';
import { throwNotOpen } from './not-open-error.js';
import { type ConversationRow, toConversation } from './rows.js';
import { afterWoken } from './wake.js';

const untilWords = 'a Date in the future, or null to wake it now';

const snoozeInput = schemaOf<SnoozeInput>()({
  /** By the database's clock. */
  until: z.date(untilWords).max(new Date('9999-12-31T23:59:59.999Z'), untilWords).nullable(),
  actor,
});

/**
 * Takes an open conversation out of the open queue until a moment or the customer's next message; null wakes it now. It
 * stays `open`, and its SLA clock runs on. Snoozing again replaces the moment. Throws `CONVERSATION_NOT_FOUND`,
 * `CONVERSATION_RESOLVED`, `INPUT_INVALID` for a moment that has passed.
 */
export async function snoozeConversation(runtime: Runtime, id: string, input: SnoozeInput): Promise<Conversation> {
  const { until, actor } = parseInput('conversations.snooze', snoozeInput, input);
  const [row] = isId(id) ? await runtime.db.run<ConversationRow>(until ? snooze : wake, values(id, until, actor)) : [];
  if (!row) return unchanged(runtime, id, until);
  const conversation = toConversation(row);
  if (!until) {
    afterWoken(runtime, id, 'operator');
    return conversation;
  }
  runtime.changeFeed.changed(id);
  runtime.telemetry.publish('conversation.snoozed', {}, { conversation, actor, until });
  return conversation;
}

function values(id: string, until: Date | null, by: z.output<typeof actor>): unknown[] {
  return until ? [id, by, until] : [id, by];
}

/** Throws the reason why nothing was written, or returns the unchanged conversation. */
async function unchanged(runtime: Runtime, id: string, until: Date | null): Promise<Conversation> {
  if (until && until <= (await databaseTime(runtime.db)))
    throw new CairnloopError('INPUT_INVALID', {
      operation: 'conversations.snooze',
      problems: [{ path: 'until', expected: untilWords, found: 'a Date that has passed' }],
    });
  const conversation = await requireHead(runtime.db, id);
  return until && conversation.status !== 'open' ? throwNotOpen(runtime.db, id, 'be snoozed') : conversation;
}

const snooze = statement(
  'conversation.snooze',
  (s) => `
    WITH conversation AS (
      UPDATE ${s}.conversations c SET snoozed_until = $3, updated_at = ${changeTime(s, 'c')}
      WHERE id = $1 AND status = 'open' AND $3::timestamptz > ${s}.clock()
        AND snoozed_until IS DISTINCT FROM $3::timestamptz
      RETURNING *
    ), audit AS (
      INSERT INTO ${s}.audit_events (at, actor, action, conversation_id, detail)
      SELECT updated_at, $2, 'conversation.snoozed', id, jsonb_build_object('until', snoozed_until) FROM conversation
    )
    SELECT * FROM conversation`,
);

const wake = statement(
  'conversation.wake',
  (s) => `
    WITH conversation AS (
      UPDATE ${s}.conversations c SET snoozed_until = NULL, updated_at = ${changeTime(s, 'c')}
      WHERE id = $1 AND snoozed_until IS NOT NULL
      RETURNING *
    ), audit AS (
      INSERT INTO ${s}.audit_events (at, actor, action, conversation_id, detail)
      SELECT updated_at, $2, 'conversation.woken', id, '{"because": "operator"}' FROM conversation
    )
    SELECT * FROM conversation`,
);
