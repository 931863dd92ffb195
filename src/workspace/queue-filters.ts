import { toStorableText } from '../foundation/redact.js';

/** The filters of the queue, in the order in which they stand. */
export const queueFilters = [
  { key: 'needs-reply', label: 'Needs reply' },
  { key: 'needs-approval', label: 'Needs approval' },
  { key: 'breaching', label: 'Breaching soon' },
  { key: 'breached', label: 'Breached' },
  { key: 'open', label: 'Open' },
  { key: 'resolved', label: 'Resolved' },
] as const;

export type QueueFilter = (typeof queueFilters)[number]['key'];

export const defaultFilter: QueueFilter = 'open';

/** What part of the queue a page shows. A search looks at every conversation, whatever the filter. */
export interface QueueView {
  filter: QueueFilter;
  search: string;
  cursor: string | null;
  /** Whether lines can be ticked for a bulk follow-up. */
  selecting?: boolean;
}

export function isQueueFilter(value: unknown): value is QueueFilter {
  return queueFilters.some((filter) => filter.key === value);
}

/** Reads a view from a page's address; what it does not know becomes the default. */
export function parseQueueView(query: (name: string) => string | undefined): QueueView {
  const filter = query('filter');
  const cursor = query('cursor') ?? '';
  return {
    filter: isQueueFilter(filter) ? filter : defaultFilter,
    search: toStorableText((query('q') ?? '').slice(0, 200)).trim(),
    cursor: /^[\w-]{1,500}$/.test(cursor) ? cursor : null,
    ...(query('select') !== undefined && { selecting: true }),
  };
}

/** The query text of a view, with its `?`, or nothing for the default one. */
export function queueQuery(view: QueueView, withCursor = true): string {
  const query = new URLSearchParams();
  if (view.search) query.set('q', view.search);
  else if (view.filter !== defaultFilter) query.set('filter', view.filter);
  if (withCursor && view.cursor) query.set('cursor', view.cursor);
  if (view.selecting) query.set('select', '1');
  return query.size > 0 ? `?${query}` : '';
}

/** A query text with one more word in it. */
export function withWord(query: string, name: string, value: string): string {
  return `${query}${query ? '&' : '?'}${name}=${value}`;
}
