import { isNotSnoozedSql, isSnoozedSql } from '../../conversations/wake.js';
import { declareStatement, type Statement, type StatementPlaceholders } from '../../db/statement.js';
import type { Runtime } from '../../runtime.js';
import type { QueueFilter } from '../queue-filters.js';
import { isOverdueSql, lastMessageAtSql, type QueuePage } from './queue-by-keyset.js';
import {
  findQueuePageByOffset,
  maxSortedConversations,
  type QueueOffsetParams,
  selectBreachedConversations,
  selectBreachingConversations,
  selectConversationsNeedingApproval,
  selectQueuePageByUrgency,
} from './queue-by-urgency.js';
import { conversationOwnerIdSql, type QueueDatabaseRow } from './rows.js';

/** A tag, an owner, or both, to which a page of the queue is restricted. */
export interface QueueRestriction {
  tag?: string | undefined;
  /** The owner's id; empty for unassigned conversations. */
  owner?: string | undefined;
}

/**
 * Reads a page of a queue filter restricted to a tag, an owner or both, sorted by urgency. If more conversations match
 * than can be sorted, it keeps the most urgent and the newest.
 */
export function findRestrictedQueuePage(
  runtime: Runtime,
  filter: QueueFilter,
  { tag, owner }: QueueRestriction,
  cursor: string | null,
): Promise<QueuePage> {
  const how = narrowed(filter, { tag: tag !== undefined, owner: owner !== undefined });
  return findQueuePageByOffset(cursor, (offset) => runtime.db.run(how, { offset, tag, owner }));
}

type NarrowedStatement = Statement<QueueOffsetParams & QueueRestriction, QueueDatabaseRow>;

interface By {
  tag: boolean;
  owner: boolean;
}

const known = new Map<string, NarrowedStatement>();

/**
 * Returns the statement for a filter and its restrictions; each combination has its own, so that each gets its own
 * plan.
 */
function narrowed(filter: QueueFilter, by: By): NarrowedStatement {
  const key = `workspace.queue.narrowed.${filter}${by.owner ? '.owner' : ''}${by.tag ? '.tag' : ''}`;
  const found =
    known.get(key) ??
    declareStatement<QueueOffsetParams & QueueRestriction, QueueDatabaseRow>(key, (s, p) =>
      selectQueuePageByUrgency(s, p, idsOf(s, p, filter, by)),
    );
  known.set(key, found);
  return found;
}

type Names = StatementPlaceholders<QueueRestriction>;

function idsOf(s: string, p: Names, filter: QueueFilter, by: By): string {
  const wanted = [
    by.owner && `${conversationOwnerIdSql} = ${p.owner}::text`,
    by.tag && `c.tags @> ARRAY[${p.tag}::text]`,
  ]
    .filter(Boolean)
    .join(' AND ');
  const few = gatheredIds[filter]?.(s);
  if (few) return `SELECT c.id FROM (${few}) few JOIN ${s}.conversations c USING (id) WHERE ${wanted}`;
  const where = `${conditions(s)[filter] ?? ''} AND ${wanted}`;
  const status = filter === 'resolved' ? 'resolved' : 'open';
  const newest = by.tag || status === 'resolved' ? newestOf(s, p, status, by) : newestOfOwner(s, p);
  const parts = status === 'resolved' ? [newest] : [newest, lateOnes(s), runningOnes(s)];
  return `
    SELECT c.id FROM (${parts.map((part) => `(${part})`).join(' UNION ')}) bounded
    JOIN ${s}.conversations c USING (id) WHERE ${where} LIMIT ${maxSortedConversations}`;
}

/** SQL of the queue filters that limit their number of conversations before a tag or an owner is applied. */
const gatheredIds: Partial<Record<QueueFilter, (s: string) => string>> = {
  'needs-approval': selectConversationsNeedingApproval,
  breaching: selectBreachingConversations,
  breached: selectBreachedConversations,
};

const conditions = (s: string): Partial<Record<QueueFilter, string>> => {
  const open = `c.status = 'open' AND ${isNotSnoozedSql(s)}`;
  return {
    open,
    mine: open,
    unassigned: open,
    'needs-reply': `${open} AND c.unanswered_since IS NOT NULL`,
    snoozed: `c.status = 'open' AND ${isSnoozedSql(s)}`,
    resolved: `c.status = 'resolved'`,
  };
};

/** How many index rows each query restricted to a tag or an owner reads at most. */
const looked = 2 * maxSortedConversations;

/**
 * SQL for the newest conversations of a status; with `by.tag`, only those with the tag. No index covers the resolved
 * conversations of one owner: they are filtered from these rows.
 */
function newestOf(s: string, p: Names, status: 'open' | 'resolved', by: By): string {
  if (!by.tag)
    return `SELECT c.id FROM ${s}.conversations c WHERE c.status = '${status}'
      ORDER BY ${lastMessageAtSql} DESC, c.id DESC LIMIT ${looked}`;
  return `SELECT t.conversation_id AS id FROM ${s}.conversation_tags t
    WHERE t.tag = ${p.tag}::text AND t.status = '${status}'
    ORDER BY t.message_at DESC, t.conversation_id DESC LIMIT ${looked}`;
}

const newestOfOwner = (s: string, { owner }: Names) => `
  SELECT c.id FROM ${s}.conversations c WHERE c.status = 'open' AND ${conversationOwnerIdSql} = ${owner}::text
  ORDER BY ${lastMessageAtSql} DESC, c.id DESC LIMIT ${looked}`;

const lateOnes = (s: string) => `
  SELECT c.id FROM ${s}.conversations c WHERE ${isOverdueSql} ORDER BY c.overdue_since, c.id LIMIT ${looked}`;

const runningOnes = (s: string) => `
  SELECT l.conversation_id AS id FROM ${s}.slas l WHERE l.status = 'active'
  ORDER BY l.breach_at, l.conversation_id LIMIT ${looked}`;
