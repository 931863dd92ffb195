import { z } from 'zod';
import { type Conversation, conversationStatuses, type Page } from '../contracts/domain.js';
import type { ConversationFilter, ListInput } from '../contracts/inputs.js';
import { decodeTimeCursor, encodeCursor, type TimeCursor } from '../db/cursor.js';
import { declareStatement, type Statement, type StatementPlaceholders } from '../db/statement.js';
import { toStorableText } from '../foundation/redact.js';
import type { Runtime } from '../runtime.js';
import {
  createInputSchema,
  exactIdSchema,
  nameOrKeySchema,
  pageCursorSchema,
  pageLimitSchema,
  parseInput,
} from '../validation/input.js';
import { hostIdSchema } from './host-id-schema.js';
import { type ConversationRow, toConversation } from './rows.js';
import { isNotSnoozedSql, isSnoozedSql } from './wake.js';

const filterFields = {
  status: z.enum(conversationStatuses).optional(),
  priority: nameOrKeySchema.optional(),
  /**
   * The state of SLA clocks. `active`: one runs or is paused; `due`: one runs and the response is overdue; `fulfilled`,
   * `breached`: how the latest one ended.
   */
  sla: z.enum(['active', 'due', 'fulfilled', 'breached']).optional(),
  /**
   * Parts of words to search for: all in the subject, actor id and tags together, or all in one message. See
   * docs/search.md.
   */
  search: z.string().transform(toStorableText).pipe(z.string().trim().max(200)).optional(),
  /** Actor id of the customer, compared exactly. */
  actorId: hostIdSchema.optional(),
  /** The exact id of the assignee; null for conversations without one. */
  assignee: exactIdSchema(500).nullish(),
  tag: nameOrKeySchema.optional(),
  /** Whether the conversation is snoozed now. */
  snoozed: z.boolean().optional(),
};
const filterInput = createInputSchema<ConversationFilter>()(filterFields).default({});
const listInput = createInputSchema<ListInput>()({
  ...filterFields,
  cursor: pageCursorSchema,
  limit: pageLimitSchema,
}).default({
  limit: 50,
});

/** Lists conversations, newest activity first, without their messages. Throws `INPUT_INVALID`, `CURSOR_INVALID`. */
export async function listConversations(runtime: Runtime, input?: ListInput): Promise<Page<Conversation>> {
  const { cursor, limit, ...filter } = parseInput('conversations.list', listInput, input);
  const wanted = conditionsOf({ ...filter, after: cursor && decodeTimeCursor(cursor) });
  const rows = await runtime.db.run(selectPage(wanted), { ...valuesOf(wanted), limit: limit + 1 });
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return {
    items: items.map((row) => toConversation(row)),
    nextCursor: rows.length > limit && last ? encodeCursor([last.cursor_at, last.id]) : null,
  };
}

/** Counts what {@link listConversations} lists. */
export async function countConversations(runtime: Runtime, input?: ConversationFilter): Promise<number> {
  const wanted = conditionsOf(parseInput('conversations.count', filterInput, input));
  const [row] = await runtime.db.run(countAll(wanted), valuesOf(wanted));
  return row?.count ?? 0;
}

type Filter = z.output<typeof filterInput> & { after?: TimeCursor | '' | null | undefined };

/** The parameters of all conditions; a statement has only those of its own conditions. */
interface Values {
  status?: string;
  priority?: string;
  actorId?: string;
  /** The id of the assignee; empty for conversations without one. */
  assigneeId?: string;
  tag?: string;
  search?: string;
  afterAt?: string;
  afterId?: string;
}

/** One part of a WHERE clause. */
interface Condition {
  key: string;
  values?: Values;
  sql: (schema: string, params: StatementPlaceholders<Values>) => string;
}

function valuesOf(conditions: readonly Condition[]): Values {
  return Object.assign({}, ...conditions.map(({ values }) => values));
}

const asleep: Condition = { key: 'snoozed', sql: isSnoozedSql };
const awake: Condition = { key: 'awake', sql: isNotSnoozedSql };

/** The conditions of a filter. Each combination has a statement of its own, so that each gets its own plan. */
function conditionsOf({ status, priority, sla, actorId, assignee, tag, snoozed, search, after }: Filter): Condition[] {
  const conditions: (Condition | '' | false | null | undefined)[] = [
    status && { key: 'status', values: { status }, sql: (_, p) => `c.status = ${p.status}` },
    priority && { key: 'priority', values: { priority }, sql: (_, p) => `c.priority = ${p.priority}` },
    // The index of priorities leaves out `normal`, which most conversations have.
    priority && priority !== 'normal' && { key: 'unusual', sql: () => `c.priority <> 'normal'` },
    sla && { key: `sla_${sla}`, sql: slaConditions[sla] },
    actorId && { key: 'actor', values: { actorId }, sql: (_, p) => `c.actor_id = ${p.actorId}` },
    assignee !== undefined && {
      key: 'assignee',
      values: { assigneeId: assignee ?? '' },
      sql: (_, p) => `coalesce(c.assignee ->> 'id', '') = ${p.assigneeId}`,
    },
    tag && { key: 'tag', values: { tag }, sql: (_, p) => `tagged.tag = ${p.tag}` },
    snoozed !== undefined && (snoozed ? asleep : awake),
    search && { key: 'search', values: { search }, sql: matches },
    after && {
      key: 'after',
      values: { afterAt: after[0], afterId: after[1] },
      sql: (_, p) => `(${orderOf(tag).join(', ')}) < (${p.afterAt}::timestamptz, ${p.afterId}::uuid)`,
    },
  ];
  return conditions.filter((condition) => !!condition);
}

const latest = (s: string, status: 'fulfilled' | 'breached') => `EXISTS (SELECT FROM ${s}.slas l
    WHERE l.conversation_id = c.id AND l.status = '${status}'
    AND NOT EXISTS (SELECT FROM ${s}.slas x WHERE x.conversation_id = c.id AND x.started_at > l.started_at))`;

const slaConditions = {
  active: (s: string) => `EXISTS (SELECT FROM ${s}.slas l WHERE l.conversation_id = c.id AND l.status = 'active')`,
  due: (s: string) => `EXISTS (SELECT FROM ${s}.slas l WHERE l.conversation_id = c.id
    AND l.status = 'active' AND l.paused_at IS NULL AND l.response_due_at <= ${s}.clock())`,
  fulfilled: (s: string) => latest(s, 'fulfilled'),
  breached: (s: string) => latest(s, 'breached'),
};

const matches: Condition['sql'] = (s, { search }) =>
  `c.id IN (SELECT found.id FROM ${s}.search_ids(${search}) AS found (id))`;

/** The columns to sort by, newest activity first. A list of one tag is sorted by the columns of the index on tags. */
const orderOf = (tag: unknown) => (tag ? ['tagged.updated_at', 'tagged.conversation_id'] : ['c.updated_at', 'c.id']);

const hasTag = (conditions: readonly Condition[]) => conditions.some(({ key }) => key === 'tag');

function source(s: string, conditions: readonly Condition[]): string {
  const all = `${s}.conversations c`;
  return hasTag(conditions) ? `${s}.conversation_tags tagged JOIN ${all} ON c.id = tagged.conversation_id` : all;
}

function where(s: string, p: StatementPlaceholders<Values>, conditions: readonly Condition[]): string {
  const parts = conditions.map(({ sql }) => sql(s, p));
  return parts.length > 0 ? `WHERE ${parts.join(' AND ')}` : '';
}

const selectPage = variants<Values & { limit: number }, ConversationRow & { cursor_at: string }>(
  'conversation.list',
  (s, p, conditions) => `
    SELECT bounded.*, to_char(page.updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS cursor_at
    FROM (
      SELECT c.id, c.updated_at FROM ${source(s, conditions)} ${where(s, p, conditions)}
      ORDER BY ${orderOf(hasTag(conditions)).join(' DESC, ')} DESC LIMIT ${p.limit}::int
    ) page CROSS JOIN LATERAL (
      SELECT whole.* FROM ${s}.conversations c, ${s}.bounded_conversation(c) whole WHERE c.id = page.id OFFSET 0
    ) bounded
    ORDER BY page.updated_at DESC, page.id DESC`,
);

/** Counts awake conversations as all minus the snoozed ones: few are snoozed, and an index finds them. */
const countAll = variants<Values, { count: number }>('conversation.count', (s, p, conditions) => {
  const count = (parts: readonly Condition[]) => `(SELECT count(*) FROM ${source(s, parts)} ${where(s, p, parts)})`;
  const rest = conditions.filter((condition) => condition !== awake);
  const total = rest.length < conditions.length ? `${count(rest)} - ${count([...rest, asleep])}` : count(rest);
  return `SELECT (${total})::int AS count`;
});

/** Declares a statement for each combination of conditions at its first use. */
function variants<Params extends object, Row extends object>(
  name: string,
  text: (schema: string, params: StatementPlaceholders<Params>, conditions: readonly Condition[]) => string,
): (conditions: readonly Condition[]) => Statement<Params, Row> {
  const known = new Map<string, Statement<Params, Row>>();
  return (conditions) => {
    const key = [name, ...conditions.map((condition) => condition.key)].join('.');
    const found = known.get(key) ?? declareStatement<Params, Row>(key, (s, p) => text(s, p, conditions));
    known.set(key, found);
    return found;
  };
}
