import { readQueueView, type WorkspaceContext } from '../handler.js';
import type { WorkspacePageContext } from '../page-context.js';
import { queueQueryString } from '../queue-filters.js';

/** The page context of a bulk action: its links lead back to the same page of the queue, ready for ticking. */
export function bulkActionPageContext(c: WorkspaceContext): WorkspacePageContext {
  const pageContext = c.get('pageContext');
  const queue = queueQueryString({ ...readQueueView(c), selecting: true });
  return { ...pageContext, queue, path: c.req.method === 'POST' ? `/${queue}` : pageContext.path };
}
