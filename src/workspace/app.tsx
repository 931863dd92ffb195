import { Hono } from 'hono';
import { toHostDatabaseError } from '../db/database-failure.js';
import { errorText } from '../foundation/redact.js';
import { loadCsrfTokens } from '../http/csrf-tokens.js';
import { createLiveStreams } from '../http/live-streams.js';
import { setSecurityHeaders } from '../http/security-headers.js';
import { createPendingActionTimer } from '../pending-actions/action-timer.js';
import { repeatTask } from '../worker/repeat.js';
import { requireOperator, requireVerifiedForm, setPageLanguage } from './access.js';
import { loadWorkspaceAssets } from './assets.js';
import type { WorkspaceContext, WorkspaceEnv, WorkspaceLiveEvent, WorkspaceServices } from './handler.js';
import { defaultRepliesFolder } from './mount-options.js';
import { createOperatorPresence, type OperatorPresence } from './presence.js';
import { findRecentOperators } from './queries/recent-operators.js';
import { toActionRefusal } from './refusals.js';
import { workspaceRoutes } from './routes.js';
import { createSavedReplyList } from './saved-replies.js';
import { createOperatorTeam, type OperatorTeam } from './team.js';
import { translate } from './translate.js';
import { FailurePage } from './views/failure.js';

/**
 * Builds the workspace's HTTP application. It reads asset files and the CSRF secret, so it is built at the first
 * request.
 */
export async function createWorkspaceApp({ closing, ...given }: WorkspaceAppOptions): Promise<Hono<WorkspaceEnv>> {
  const { options, runtime } = given;
  const presence = createOperatorPresence(runtime.changeFeed.broadcast);
  closing.addEventListener('abort', presence.close);
  const team = createOperatorTeam(() => presence.present().map(({ operator }) => operator));
  const [assets, tokens] = await Promise.all([
    loadWorkspaceAssets(options.base, options.styles),
    loadCsrfTokens(runtime),
  ]);
  // Start timers and streams only once the CSRF secret was read: after a failure this function is called again.
  await keepTeam(given, team, closing);
  const streams = openStreams(given, presence, closing);
  const actions = startActions(given, closing);
  const savedReplies = createSavedReplyList(options.repliesFolder ?? defaultRepliesFolder, runtime.log);
  const services: WorkspaceServices = { ...given, assets, tokens, team, presence, streams, actions, savedReplies };
  // Serve `/path/` like `/path`, because hosts and people add trailing slashes.
  const app = new Hono<WorkspaceEnv>({ strict: false }).basePath(options.base || '/');
  app.use(setSecurityHeaders, setPageLanguage(services), requireOperator(services));
  app.on(['POST'], ['*'], requireVerifiedForm(services));
  for (const { method, path, handle } of workspaceRoutes) app.on([method], [path], (c) => handle(c, services));
  for (const path of new Set(workspaceRoutes.map((route) => route.path))) app.all(path, (c) => notAllowed(c, path));
  app.notFound((c) => (c.get('pageContext') ? notFoundPage(c) : c.text(`${translate('notFound')}\n`, 404)));
  app.onError((error, c) => failed(error, c, services));
  return app;
}

type MadeHere = 'assets' | 'tokens' | 'team' | 'presence' | 'streams' | 'actions' | 'savedReplies';

export interface WorkspaceAppOptions extends Omit<WorkspaceServices, MadeHere> {
  /** Aborts when the workspace closes, which ends the live streams. */
  closing: AbortSignal;
}

function openStreams(
  { options, runtime }: Omit<WorkspaceAppOptions, 'closing'>,
  presence: OperatorPresence,
  closing: AbortSignal,
): WorkspaceServices['streams'] {
  const subscribe = (listener: (news: WorkspaceLiveEvent) => void) => {
    const stops = [
      runtime.changeFeed.subscribe((changed) => listener({ changed })),
      presence.subscribe(() => listener({ present: presence.present() })),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  };
  const streams = createLiveStreams({ ...options.live, subscribe, log: runtime.log });
  whenAborted(closing, streams.close);
  return streams;
}

/** How often this process looks for pending actions that another process left undone, in milliseconds. */
const actionsEveryMs = 30_000;

function startActions(
  { runtime }: Omit<WorkspaceAppOptions, 'closing'>,
  closing: AbortSignal,
): WorkspaceServices['actions'] {
  const actions = createPendingActionTimer(runtime, actionsEveryMs + 5_000);
  const round = async () => {
    if (!closing.aborted) await actions.run();
  };
  const rounds = repeatTask(runtime.log, 'pending actions', actionsEveryMs, round, actions.stop);
  whenAborted(closing, () => void rounds.stop());
  return actions;
}

/** How often the list of operators is reloaded, in milliseconds; pages do not query it themselves. */
const teamEveryMs = 60_000;

/** Loads the operators from the database now, and again every minute. Resolves after the first attempt. */
function keepTeam(
  { runtime }: Omit<WorkspaceAppOptions, 'closing'>,
  team: OperatorTeam,
  closing: AbortSignal,
): Promise<void> {
  return new Promise((resolve) => {
    const round = async () => {
      try {
        if (!closing.aborted) team.learn(await findRecentOperators(runtime));
      } finally {
        resolve();
      }
    };
    const rounds = repeatTask(runtime.log, 'reading the list of operators', teamEveryMs, round);
    whenAborted(closing, () => void rounds.stop());
  });
}

/** Calls `act` when the signal aborts, and at once if it has aborted already. */
function whenAborted(signal: AbortSignal, act: () => void): void {
  if (signal.aborted) act();
  else signal.addEventListener('abort', act, { once: true });
}

function notAllowed(c: WorkspaceContext, path: string): Response {
  const allow = workspaceRoutes.filter((route) => route.path === path).map((route) => route.method);
  return c.text(`Only ${allow.join(' and ')} requests are allowed here.\n`, 405, { allow: allow.join(', ') });
}

function notFoundPage(c: WorkspaceContext, title = translate('pageNotFound')): Response | Promise<Response> {
  return c.html(
    <FailurePage pageContext={c.get('pageContext')} icon="info" title={title}>
      {translate('pageNotFoundHint')}
    </FailurePage>,
    404,
  );
}

async function failed(thrown: unknown, c: WorkspaceContext, { runtime }: WorkspaceServices): Promise<Response> {
  // Queries of pages throw errors of the database driver: convert them to Cairnloop errors first.
  const error = await toHostDatabaseError(thrown, runtime.db);
  const refusal = toActionRefusal(error, runtime.log);
  const pageContext = c.get('pageContext');
  if (refusal && pageContext) {
    if (refusal.status === 404) return notFoundPage(c, refusal.notice.title.replace(/\.$/, ''));
    return c.html(
      <FailurePage pageContext={pageContext} icon="triangle-alert" title={refusal.notice.title}>
        {refusal.notice.text ?? ''}
      </FailurePage>,
      refusal.status,
    );
  }
  runtime.log.error({ reason: errorText(error), path: c.req.routePath }, 'a workspace page failed');
  if (!pageContext) return c.text(`${translate('failedPlain')}\n`, 500);
  return c.html(
    <FailurePage pageContext={pageContext} icon="triangle-alert" title={translate('pageFailed')}>
      {translate('pageFailedHint')}
    </FailurePage>,
    500,
  );
}
