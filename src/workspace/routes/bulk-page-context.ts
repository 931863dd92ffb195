import { readQueueView, type WorkspaceContext } from '../handler.js';
import type { WorkspacePageContext } from '../page-context.js';
import { queueQueryString } from '../queue-filters.js';

/** Returns the page context of a bulk action, whose links lead back to the page of the queue with its checkboxes. */
export function bulkActionPageContext(c: WorkspaceContext): WorkspacePageContext {
  const pageContext = c.get('pageContext');
  const queue = queueQueryString({ ...readQueueView(c), selecting: true });
  return { ...pageContext, queue, path: c.req.method === 'POST' ? `/${queue}` : pageContext.path };
}
