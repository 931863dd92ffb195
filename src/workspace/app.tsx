import { Hono } from 'hono';
import { databaseFailure } from '../db/database-failure.js';
import { errorText } from '../foundation/redact.js';
import { loadFormTokens } from '../http/form-tokens.js';
import { createLiveStreams } from '../http/live-streams.js';
import { protect } from '../http/security-headers.js';
import { requireOperator, requireOwnForm } from './access.js';
import { loadWorkspaceAssets } from './assets.js';
import type { Services, WorkspaceContext, WorkspaceEnv } from './handler.js';
import { refusalOf } from './refusals.js';
import { routes } from './routes.js';
import { FailurePage } from './views/failure.js';

/** The workspace as one application. Reads the assets and the forms' secret, so it is built at the first request. */
export async function createApp({ closing, ...given }: AppOptions): Promise<Hono<WorkspaceEnv>> {
  const { options, runtime } = given;
  const [assets, tokens] = await Promise.all([
    loadWorkspaceAssets(options.base, options.styles),
    loadFormTokens(runtime),
  ]);
  const services: Services = { ...given, assets, tokens, streams: openStreams(given, closing) };
  // A trailing slash is the same page: hosts and people add them.
  const app = new Hono<WorkspaceEnv>({ strict: false }).basePath(options.base || '/');
  app.use(protect, requireOperator(services));
  app.on(['POST'], ['*'], requireOwnForm(services));
  for (const { method, path, handle } of routes) app.on([method], [path], (c) => handle(c, services));
  for (const path of new Set(routes.map((route) => route.path))) app.all(path, (c) => notAllowed(c, path));
  app.notFound((c) => (c.get('frame') ? notFoundPage(c) : c.text('Not found.\n', 404)));
  app.onError((error, c) => failed(error, c, services));
  return app;
}

export interface AppOptions extends Omit<Services, 'assets' | 'tokens' | 'streams'> {
  /** Aborted when the workspace closes: streams end with it. */
  closing: AbortSignal;
}

function openStreams({ options, runtime }: Omit<AppOptions, 'closing'>, closing: AbortSignal): Services['streams'] {
  const streams = createLiveStreams({ ...options.live, subscribe: runtime.changeFeed.subscribe, log: runtime.log });
  if (closing.aborted) streams.close();
  closing.addEventListener('abort', streams.close);
  return streams;
}

function notAllowed(c: WorkspaceContext, path: string): Response {
  const allow = routes.filter((route) => route.path === path).map((route) => route.method);
  return c.text(`Only ${allow.join(' and ')} is answered here.\n`, 405, { allow: allow.join(', ') });
}

function notFoundPage(c: WorkspaceContext, title = 'There is no such page'): Response | Promise<Response> {
  return c.html(
    <FailurePage frame={c.get('frame')} icon="info" title={title}>
      The address may be mistyped, or what it named may be gone.
    </FailurePage>,
    404,
  );
}

async function failed(thrown: unknown, c: WorkspaceContext, { runtime }: Services): Promise<Response> {
  // Pages are read by statements of their own, whose failures are the driver's.
  const error = await databaseFailure(thrown, runtime.db);
  const refusal = refusalOf(error, runtime.log);
  const frame = c.get('frame');
  if (refusal && frame) {
    if (refusal.status === 404) return notFoundPage(c, refusal.notice.title.replace(/\.$/, ''));
    return c.html(
      <FailurePage frame={frame} icon="triangle-alert" title={refusal.notice.title}>
        {refusal.notice.text ?? ''}
      </FailurePage>,
      refusal.status,
    );
  }
  runtime.log.error({ reason: errorText(error), path: c.req.routePath }, 'a workspace page failed');
  if (!frame) return c.text('This failed; the reason is in the log.\n', 500);
  return c.html(
    <FailurePage frame={frame} icon="triangle-alert" title="This page could not be built">
      The reason is in the log. Nothing that was saved before is lost: go back and try again.
    </FailurePage>,
    500,
  );
}
