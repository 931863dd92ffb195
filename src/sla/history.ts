import type { AuditRow } from '../audit/list.js';
import { declareStatement, type Executor } from '../db/statement.js';
import { toDate } from '../db/timestamp.js';
import { readPriorityChange } from './clock-history.js';
import type { SlaClockAffectingEvent } from './replay-clocks.js';
import type { SlaRow } from './rows.js';

/** Everything that affects the SLA clocks of one conversation, in order, and the clocks it had. */
export interface ConversationSlaClockHistory {
  priority: string;
  events: SlaClockAffectingEvent[];
  clocks: SlaRow[];
}

/** How many conversations are held in memory at a time. */
const pageSize = 200;

/** Yields the histories of all conversations that changed after `since`, page by page. */
export async function* historyPages(tx: Executor, since: Date): AsyncGenerator<ConversationSlaClockHistory[]> {
  for (let after: string | null = null; ; ) {
    const page: { id: string; priority: string }[] = await tx.run(selectConversations, {
      since,
      after,
      limit: pageSize,
    });
    const ids = page.map(({ id }) => id);
    const eventsOf = byConversation(await tx.run(selectEvents, { ids, actions: Object.keys(eventTypes) }));
    const clocksOf = byConversation(await tx.run(selectClocks, { ids }));
    yield page.map(({ id, priority }) => ({
      priority: firstPriority(eventsOf.get(id) ?? []) ?? priority,
      events: (eventsOf.get(id) ?? []).flatMap(toEvents),
      clocks: clocksOf.get(id) ?? [],
    }));
    if (page.length < pageSize) return;
    after = ids.at(-1) ?? null;
  }
}

function byConversation<Row extends { conversation_id: string | null }>(rows: readonly Row[]): Map<string, Row[]> {
  const grouped = new Map<string, Row[]>();
  for (const row of rows) {
    const id = row.conversation_id ?? '';
    const group = grouped.get(id);
    if (group) group.push(row);
    else grouped.set(id, [row]);
  }
  return grouped;
}

/**
 * The event types of the audit actions that affect clocks. It makes no difference whether a customer's message also
 * reopened the conversation.
 */
const eventTypes = {
  'message.received': 'customer',
  'conversation.replied': 'answer',
  'conversation.resolved': 'resolve',
  'conversation.archived': 'archive',
  'conversation.reopened': 'reopen',
  'conversation.updated': 'priority',
  'sla.paused': 'pause',
  'sla.resumed': 'resume',
} as const;

function toEvents(row: AuditRow): SlaClockAffectingEvent[] {
  const at = toDate(row.at);
  const type = eventTypes[row.action as keyof typeof eventTypes];
  if (type !== 'priority') return [{ at, type }];
  const change = readPriorityChange(row);
  return change ? [{ at, type, priority: change.to }] : [];
}

/** The priority that a conversation was opened with; undefined if its priority was never changed. */
function firstPriority(rows: readonly AuditRow[]): string | undefined {
  for (const row of rows) {
    const change = readPriorityChange(row);
    if (change) return change.from;
  }
  return undefined;
}

const selectConversations = declareStatement<
  { since: Date; after: string | null; limit: number },
  { id: string; priority: string }
>(
  'sla.history.conversations',
  (s, p) => `
    SELECT id, priority FROM ${s}.conversations
    WHERE updated_at >= ${p.since} AND (${p.after}::uuid IS NULL OR id > ${p.after}) ORDER BY id LIMIT ${p.limit}`,
);

const selectEvents = declareStatement<{ ids: string[]; actions: string[] }, AuditRow>(
  'sla.history.events',
  (s, p) => `
    SELECT * FROM ${s}.audit_events WHERE conversation_id = ANY (${p.ids}::uuid[]) AND action = ANY (${p.actions})
    ORDER BY conversation_id, id`,
);

const selectClocks = declareStatement<{ ids: string[] }, SlaRow>(
  'sla.history.clocks',
  (s, p) => `SELECT * FROM ${s}.slas WHERE conversation_id = ANY (${p.ids}::uuid[]) ORDER BY started_at, id`,
);
