import { toStorableText } from '../foundation/redact.js';

/** The filters of the queue, in the order in which they stand. */
export const queueFilters = [
  { key: 'open', label: 'Open' },
  { key: 'needs-reply', label: 'Needs reply' },
  { key: 'mine', label: 'Mine' },
  { key: 'unassigned', label: 'Unassigned' },
  { key: 'needs-approval', label: 'Needs approval' },
  { key: 'breaching', label: 'Breaching soon' },
  { key: 'breached', label: 'Breached' },
  { key: 'snoozed', label: 'Snoozed' },
  { key: 'resolved', label: 'Resolved' },
] as const;

export type QueueFilter = (typeof queueFilters)[number]['key'];

export const defaultFilter: QueueFilter = 'open';

/** The part of the queue on a page. A search covers every conversation and ignores the filter. */
export interface QueueView {
  filter: QueueFilter;
  search: string;
  cursor: string | null;
  /** Only conversations with this tag. */
  tag?: string;
  /** Only conversations of this owner, by id; empty: of nobody. */
  owner?: string;
  /** Whether lines can be ticked for a bulk action. */
  selecting?: boolean;
  /** Whether they all are, for pages without a script. */
  allTicked?: boolean;
}

/** Filters that say whose the conversations are: an owner beside them would contradict. */
export const hasOwner = (filter: QueueFilter) => filter === 'mine' || filter === 'unassigned';

export function isQueueFilter(value: unknown): value is QueueFilter {
  return queueFilters.some((filter) => filter.key === value);
}

/** Reads a view from a page's address; what it does not know becomes the default. */
export function parseQueueView(query: (name: string) => string | undefined): QueueView {
  const filter = query('filter');
  const cursor = query('cursor') ?? '';
  const known = isQueueFilter(filter) ? filter : defaultFilter;
  const tag = toStorableText((query('tag') ?? '').slice(0, 500)).trim();
  const owner = query('owner');
  return {
    filter: known,
    search: toStorableText((query('q') ?? '').slice(0, 200)).trim(),
    cursor: /^[\w-]{1,500}$/.test(cursor) ? cursor : null,
    ...(tag && { tag }),
    ...(owner !== undefined && owner !== '*' && !hasOwner(known) && { owner: toStorableText(owner.slice(0, 500)) }),
    ...(query('select') !== undefined && { selecting: true }),
    ...(query('select') === 'all' && { allTicked: true }),
  };
}

/** The query text of a view, with its `?`, or nothing for the default one. */
export function queueQuery(view: QueueView, withCursor = true): string {
  const query = new URLSearchParams();
  if (view.search) query.set('q', view.search);
  else if (view.filter !== defaultFilter) query.set('filter', view.filter);
  if (!view.search && view.tag) query.set('tag', view.tag);
  if (!view.search && view.owner !== undefined) query.set('owner', view.owner);
  if (withCursor && view.cursor) query.set('cursor', view.cursor);
  if (view.selecting) query.set('select', '1');
  return query.size > 0 ? `?${query}` : '';
}

/** A query text with one more word in it. */
export function withWord(query: string, name: string, value: string): string {
  return `${query}${query ? '&' : '?'}${name}=${value}`;
}
