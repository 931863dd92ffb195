import { isAwake, isSnoozed } from '../../conversations/wake.js';
import { type Statement, statement } from '../../db/statement.js';
import type { Runtime } from '../../runtime.js';
import type { QueueFilter } from '../queue-filters.js';
import { messageAt, overdue, type QueuePage } from './queue-by-keyset.js';
import { breached, breachingSoon, gathered, maxGathered, needingApproval, page } from './queue-by-urgency.js';
import { ownerId } from './rows.js';

/** What a filter is narrowed to. */
export interface Narrowing {
  tag?: string | undefined;
  /** The owner's id; empty: nobody's. */
  owner?: string | undefined;
}

/**
 * A page of a filter, of one tag, one owner or both: gathered up to a bound and sorted by urgency. The bound holds the
 * most urgent and the newest, so that what is left out is neither.
 */
export function narrowQueue(
  runtime: Runtime,
  filter: QueueFilter,
  { tag, owner }: Narrowing,
  cursor: string | null,
): Promise<QueuePage> {
  const values = [owner, tag].filter((value) => value !== undefined);
  return page(runtime, narrowed(filter, { tag: tag !== undefined, owner: owner !== undefined }), values, cursor);
}

interface By {
  tag: boolean;
  owner: boolean;
}

const known = new Map<string, Statement>();

/** One statement for each combination that is asked for, so that each has the plan that fits it. */
function narrowed(filter: QueueFilter, by: By): Statement {
  const key = `workspace.queue.narrowed.${filter}${by.owner ? '.owner' : ''}${by.tag ? '.tag' : ''}`;
  const found = known.get(key) ?? statement(key, (s) => gathered(s, idsOf(s, filter, by)));
  known.set(key, found);
  return found;
}

/** The owner is `$2` where there is one, and the tag comes after it. */
const parameters = ({ owner }: By) => ({ owner: '$2::text', tag: owner ? '$3::text' : '$2::text' });

function idsOf(s: string, filter: QueueFilter, by: By): string {
  const { owner, tag } = parameters(by);
  const wanted = [by.owner && `${ownerId} = ${owner}`, by.tag && `c.tags @> ARRAY[${tag}]`]
    .filter(Boolean)
    .join(' AND ');
  const few = gatheredIds[filter]?.(s);
  if (few) return `SELECT c.id FROM (${few}) few JOIN ${s}.conversations c USING (id) WHERE ${wanted}`;
  const where = `${conditions(s)[filter] ?? ''} AND ${wanted}`;
  const status = filter === 'resolved' ? 'resolved' : 'open';
  const newest = by.tag || status === 'resolved' ? newestOf(s, status, by) : newestOfOwner(s, owner);
  const parts = status === 'resolved' ? [newest] : [newest, lateOnes(s), runningOnes(s)];
  return `
    SELECT c.id FROM (${parts.map((part) => `(${part})`).join(' UNION ')}) bounded
    JOIN ${s}.conversations c USING (id) WHERE ${where} LIMIT ${maxGathered}`;
}

/** Filters that are gathered anyway. */
const gatheredIds: Partial<Record<QueueFilter, (s: string) => string>> = {
  'needs-approval': needingApproval,
  breaching: breachingSoon,
  breached,
};

const conditions = (s: string): Partial<Record<QueueFilter, string>> => {
  const open = `c.status = 'open' AND ${isAwake(s)}`;
  return {
    open,
    mine: open,
    unassigned: open,
    'needs-reply': `${open} AND c.unanswered_since IS NOT NULL`,
    snoozed: `c.status = 'open' AND ${isSnoozed(s)}`,
    resolved: `c.status = 'resolved'`,
  };
};

/** How many rows of an index a page looks at. */
const looked = 2 * maxGathered;

/** Resolved conversations of an owner are looked for among the newest, by tag or among all: no index holds them. */
function newestOf(s: string, status: 'open' | 'resolved', by: By): string {
  if (!by.tag)
    return `SELECT c.id FROM ${s}.conversations c WHERE c.status = '${status}'
      ORDER BY ${messageAt} DESC, c.id DESC LIMIT ${looked}`;
  return `SELECT t.conversation_id AS id FROM ${s}.conversation_tags t
    WHERE t.tag = ${parameters(by).tag} AND t.status = '${status}'
    ORDER BY t.message_at DESC, t.conversation_id DESC LIMIT ${looked}`;
}

const newestOfOwner = (s: string, owner: string) => `
  SELECT c.id FROM ${s}.conversations c WHERE c.status = 'open' AND ${ownerId} = ${owner}
  ORDER BY ${messageAt} DESC, c.id DESC LIMIT ${looked}`;

const lateOnes = (s: string) => `
  SELECT c.id FROM ${s}.conversations c WHERE ${overdue} ORDER BY c.overdue_since, c.id LIMIT ${looked}`;

const runningOnes = (s: string) => `
  SELECT l.conversation_id AS id FROM ${s}.slas l WHERE l.status = 'active'
  ORDER BY l.breach_at, l.conversation_id LIMIT ${looked}`;
