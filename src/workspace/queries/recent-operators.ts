import type { Actor } from '../../contracts/domain.js';
import { readActor } from '../../conversations/stored-actor.js';
import { declareStatement } from '../../db/statement.js';
import type { Runtime } from '../../runtime.js';
import { conversationOwnerIdSql } from './rows.js';

/** Maximum number of operators returned. */
const most = 200;
/** How many audit lines are scanned, newest first. */
const looked = 5000;
/** Owners whose conversations have not changed for this many days are left out. */
const recentDays = 90;

/** Reads the operators who own conversations or acted lately, in one statement of bounded cost. */
export async function findRecentOperators({ db }: Pick<Runtime, 'db'>): Promise<Actor[]> {
  const rows = await db.run(selectOperators, { actions });
  return rows.map(({ actor }) => readActor(actor)).filter((actor) => actor !== null);
}

/** Audit actions whose actor is always an operator. */
const actions = [
  'conversation.replied',
  'conversation.noted',
  'conversation.updated',
  'conversation.snoozed',
  'draft.approved',
  'draft.edited',
  'draft.discarded',
];

const nextOwner = (s: string, after: string) => `
  SELECT ${conversationOwnerIdSql} AS id, c.assignee AS actor, c.updated_at FROM ${s}.conversations c WHERE ${conversationOwnerIdSql} > ${after}
  ORDER BY ${conversationOwnerIdSql}, c.updated_at DESC, c.id DESC LIMIT 1`;

/** Jumps from owner to owner in the index: the number of conversations does not matter. */
const selectOperators = declareStatement<{ actions: string[] }, { actor: Actor }>(
  'workspace.operators',
  (s, p) => `
    WITH RECURSIVE owners AS (
      (${nextOwner(s, `''`)})
      UNION ALL
      SELECT next.* FROM owners CROSS JOIN LATERAL (${nextOwner(s, 'owners.id')}) next
    ), recent AS (
      SELECT action, actor, at FROM ${s}.audit_events ORDER BY id DESC LIMIT ${looked}
    ), actors AS (
      SELECT actor ->> 'id' AS id, actor, at FROM recent WHERE action = ANY (${p.actions}::text[])
      UNION ALL
      SELECT id, actor, updated_at FROM (SELECT * FROM owners LIMIT ${most}) few
      WHERE updated_at > ${s}.clock() - make_interval(days => ${recentDays})
    )
    SELECT DISTINCT ON (id) actor FROM actors
    WHERE id NOT LIKE 'system:%' AND id NOT IN ('', 'anonymous')
    ORDER BY id, at DESC LIMIT ${most}`,
);
