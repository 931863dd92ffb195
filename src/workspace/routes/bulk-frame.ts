import { queueViewOf, type WorkspaceContext } from '../handler.js';
import type { PageContext } from '../page-context.js';
import { queueQuery } from '../queue-filters.js';

/** The frame of a page about ticked conversations: the queue comes back as it was, with its lines to be ticked. */
export function selectingFrame(c: WorkspaceContext): PageContext {
  const frame = c.get('frame');
  const queue = queueQuery({ ...queueViewOf(c), selecting: true });
  return { ...frame, queue, path: c.req.method === 'POST' ? `/${queue}` : frame.path };
}
