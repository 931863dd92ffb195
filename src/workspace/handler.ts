import type { IncomingMessage } from 'node:http';
import type { Context } from 'hono';
import type { ServedAssets } from '../http/assets.js';
import type { CsrfTokens } from '../http/csrf-tokens.js';
import type { FormFields } from '../http/fields.js';
import type { LiveStreams } from '../http/live-streams.js';
import type { PendingActionTimer } from '../pending-actions/action-timer.js';
import type { Runtime } from '../runtime.js';
import type { ResolvedWorkspaceOptions } from './mount-options.js';
import type { WorkspacePageContext } from './page-context.js';
import type { OperatorPresence } from './presence.js';
import type { PresentOperator } from './presence-state.js';
import { parseQueueView, type QueueView } from './queue-filters.js';
import type { SavedReplyList } from './saved-replies.js';
import type { OperatorTeam } from './team.js';
import type { WorkspaceApi } from './workspace-api.js';

/** The events of a live stream: ids of changed conversations, or the operators who are present. */
export type WorkspaceLiveEvent = { changed: readonly string[] } | { present: readonly PresentOperator[] };

/** The services that every route of the workspace uses. */
export interface WorkspaceServices {
  runtime: Runtime;
  api: WorkspaceApi;
  options: ResolvedWorkspaceOptions;
  assets: ServedAssets;
  tokens: CsrfTokens;
  /** Operators to whom conversations can be assigned. */
  team: OperatorTeam;
  /** Which operators have which conversation open, and who is typing. */
  presence: OperatorPresence;
  /** Live updates of open pages. */
  streams: LiveStreams<WorkspaceLiveEvent>;
  savedReplies: SavedReplyList;
  /** Executes pending actions whose take-back time is over. */
  actions: PendingActionTimer;
}

export type WorkspaceEnv = {
  Bindings: { incoming?: IncomingMessage };
  Variables: { pageContext: WorkspacePageContext; form: FormFields };
};

export type WorkspaceContext = Context<WorkspaceEnv>;

/** Handles the requests of one route. Before that, the operator was identified, and the form of a POST was checked. */
export type WorkspaceHandler = (c: WorkspaceContext, services: WorkspaceServices) => Response | Promise<Response>;

/** Returns a path parameter, which the path of the route must contain. */
export function pathParameter(c: WorkspaceContext, name: string): string {
  return c.req.param(name) ?? '';
}

/** Reads the queue view of a page, from its URL or from the posted form. */
export function readQueueView(c: WorkspaceContext): QueueView {
  const carried = c.req.method === 'POST' ? c.get('form').text('queue') : c.req.query('queue');
  const query = carried === undefined ? undefined : new URLSearchParams(carried);
  return parseQueueView((name) => (query ? (query.get(name) ?? undefined) : c.req.query(name)));
}

/**
 * Reads from a form the path to return to after a change, below the mount path. Any other value, such as another site's
 * URL, becomes `fallback`.
 */
export function readReturnPathFromForm(form: FormFields, fallback: string): string {
  const back = form.text('back');
  const isPage = /^\/[\w\-./?=&%+*]*$/.test(back) && !leavesMount.test(back.replaceAll(/%2e/gi, '.'));
  return isPage ? back : fallback;
}

/** Matches an empty segment, a dot segment or an encoded slash in the path: a browser would leave the mount path. */
const leavesMount = /^[^?]*(?:\/\/|\/\.{1,2}(?:[/?]|$)|%(?:2f|5c))/i;

/** Redirects to a path below the mount path; `done` names the success notice to show there. */
export function redirectWithNotice(c: WorkspaceContext, path: string, done?: string): Response {
  const [before, hash] = path.split('#', 2);
  const told = done ? `${before}${before?.includes('?') ? '&' : '?'}done=${done}` : before;
  return c.redirect(`${c.get('pageContext').base}${told}${hash ? `#${hash}` : ''}`, 303);
}
