import { queueViewOf, type WorkspaceContext } from '../handler.js';
import type { PageContext } from '../page-context.js';
import { queueQuery } from '../queue-filters.js';

/** The context of a page about ticked conversations: the queue comes back as it was, with its lines to be ticked. */
export function tickedPageContext(c: WorkspaceContext): PageContext {
  const pageContext = c.get('pageContext');
  const queue = queueQuery({ ...queueViewOf(c), selecting: true });
  return { ...pageContext, queue, path: c.req.method === 'POST' ? `/${queue}` : pageContext.path };
}
