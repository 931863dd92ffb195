import { toStorableText } from '../foundation/redact.js';
import type { WorkspaceTextKey } from './strings/strings.js';

/** The filters of the queue, in the order in which the page shows them. */
export const queueFilters = [
  { key: 'open', label: 'filterOpen' },
  { key: 'needs-reply', label: 'filterNeedsReply' },
  { key: 'mine', label: 'filterMine' },
  { key: 'unassigned', label: 'filterUnassigned' },
  { key: 'needs-approval', label: 'filterNeedsApproval' },
  { key: 'breaching', label: 'filterBreaching' },
  { key: 'breached', label: 'filterBreached' },
  { key: 'snoozed', label: 'filterSnoozed' },
  { key: 'resolved', label: 'filterResolved' },
] as const satisfies { key: string; label: WorkspaceTextKey }[];

export type QueueFilter = (typeof queueFilters)[number]['key'];

export const defaultQueueFilter: QueueFilter = 'open';

/** Which part of the queue a page shows. A search covers every conversation and ignores the filter. */
export interface QueueView {
  filter: QueueFilter;
  search: string;
  cursor: string | null;
  /** Only conversations with this tag. */
  tag?: string;
  /** Only conversations of the owner with this id; empty for unassigned ones. */
  owner?: string;
  /** Whether conversations can be ticked for a bulk action. */
  selecting?: boolean;
  /** Whether all conversations are ticked at first, for pages without a script. */
  allTicked?: boolean;
}

/** Whether a filter implies an owner, so that no other owner can be chosen beside it. */
export const queueFilterImpliesOwner = (filter: QueueFilter) => filter === 'mine' || filter === 'unassigned';

export function isQueueFilter(value: unknown): value is QueueFilter {
  return queueFilters.some((filter) => filter.key === value);
}

/** Parses the view of the queue from the URL; unknown values become the default. */
export function parseQueueView(query: (name: string) => string | undefined): QueueView {
  const filter = query('filter');
  const cursor = query('cursor') ?? '';
  const known = isQueueFilter(filter) ? filter : defaultQueueFilter;
  const tag = toStorableText((query('tag') ?? '').slice(0, 500)).trim();
  const owner = query('owner');
  return {
    filter: known,
    search: toStorableText((query('q') ?? '').slice(0, 200)).trim(),
    cursor: /^[\w-]{1,500}$/.test(cursor) ? cursor : null,
    ...(tag && { tag }),
    ...(owner !== undefined &&
      owner !== '*' &&
      !queueFilterImpliesOwner(known) && { owner: toStorableText(owner.slice(0, 500)) }),
    ...(query('select') !== undefined && { selecting: true }),
    ...(query('select') === 'all' && { allTicked: true }),
  };
}

/** Returns the query string of a queue view, with its `?`; empty for the default view. */
export function queueQueryString(view: QueueView, withCursor = true): string {
  const query = new URLSearchParams();
  if (view.search) query.set('q', view.search);
  else if (view.filter !== defaultQueueFilter) query.set('filter', view.filter);
  if (!view.search && view.tag) query.set('tag', view.tag);
  if (!view.search && view.owner !== undefined) query.set('owner', view.owner);
  if (withCursor && view.cursor) query.set('cursor', view.cursor);
  if (view.selecting) query.set('select', '1');
  return query.size > 0 ? `?${query}` : '';
}

/** Adds a parameter to a query string. */
export function addQueryParameter(query: string, name: string, value: string): string {
  return `${query}${query ? '&' : '?'}${name}=${value}`;
}
