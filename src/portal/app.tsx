import { Hono } from 'hono';
import { errorText } from '../foundation/redact.js';
import { loadAssets } from '../http/assets.js';
import { loadCsrfTokens } from '../http/csrf-tokens.js';
import { createLiveStreams } from '../http/live-streams.js';
import { createRateLimit } from '../http/rate-limit.js';
import { setSecurityHeaders } from '../http/security-headers.js';
import type { PortalRequestOutcome } from '../telemetry/metrics.js';
import { requireCustomer, verifyWriteRequest } from './access.js';
import { type ChangedConversationsByCustomer, subscribeToCustomerChanges } from './customer-changes.js';
import { isApiRequest, type PortalContext, type PortalEnv, type PortalRoute, type PortalServices } from './handler.js';
import { RequestProblem, rateLimitProblem, toRequestProblem } from './problems.js';
import { portalRoutes } from './routes.js';
import { chooseLocalizedPortalTexts } from './strings/strings.js';
import { PortalPage, ProblemBox } from './views/page.js';
import { loadWidgetScriptTemplate } from './widget-source.js';
import { createWriteLimit } from './write-limit.js';

export interface PortalAppOptions extends Pick<PortalServices, 'runtime' | 'api' | 'options'> {
  /** Aborts when the portal closes, which ends the live streams. */
  closing: AbortSignal;
}

const folder = new URL('../../assets/portal/', import.meta.url);
const styles = ['tokens', 'parts', 'page'];

/**
 * Builds the portal's HTTP application. It reads asset files and the CSRF secret, so it is built at the first request.
 */
export async function createPortalApp({ closing, ...given }: PortalAppOptions): Promise<Hono<PortalEnv>> {
  const { options, runtime } = given;
  const [assets, widget, tokens] = await Promise.all([
    loadAssets({
      base: options.base,
      folder,
      stylesheet: 'portal.css',
      styles,
      mainScript: 'portal.js',
      hostStyles: options.styles,
    }),
    loadWidgetScriptTemplate(),
    loadCsrfTokens(runtime, { purpose: 'portal' }),
  ]);
  const { writesPerMinute, readsPerMinute } = options;
  const services: PortalServices = {
    ...given,
    assets,
    widget,
    tokens,
    writes: createWriteLimit(runtime.db, writesPerMinute),
    reads: createRateLimit({ burst: readsPerMinute, perMinute: readsPerMinute }),
    streams: openStreams(given, closing),
  };
  // Serve `/path/` like `/path`, because hosts and people add trailing slashes.
  const app = new Hono<PortalEnv>({ strict: false }).basePath(options.base || '/');
  app.use(setSecurityHeaders);
  for (const route of portalRoutes) app.on([route.method], [route.path], (c) => answer(c, services, route));
  for (const path of new Set(portalRoutes.map((route) => route.path)))
    app.all(path, (c) => answer(c, services, allowedAt(path)));
  app.notFound((c) => answer(c, services, noRoute));
  return app;
}

function openStreams(
  { options, runtime }: Omit<PortalAppOptions, 'closing'>,
  closing: AbortSignal,
): PortalServices['streams'] {
  const streams = createLiveStreams<ChangedConversationsByCustomer>({
    ...options.live,
    subscribe: (listener) => subscribeToCustomerChanges(runtime, listener),
    log: runtime.log,
  });
  if (closing.aborted) streams.close();
  closing.addEventListener('abort', streams.close);
  return streams;
}

type Answering = Pick<PortalRoute, 'handle' | 'again' | 'counted'> & { name: string; path?: string };

const noRoute: Answering = {
  name: 'other',
  handle() {
    throw new RequestProblem('NOT_FOUND');
  },
};

/** A route that refuses the other methods of a known path with 405. */
function allowedAt(path: string): Answering {
  const allow = portalRoutes.filter((route) => route.path === path).map((route) => route.method);
  return {
    name: 'other',
    path,
    handle() {
      const message = `Only ${allow.join(' and ')} requests are allowed here.`;
      throw new RequestProblem('METHOD_NOT_ALLOWED', { message, headers: { allow: allow.join(', ') } });
    },
  };
}

/** Responds to a request and counts its outcome in the metrics. */
async function answer(c: PortalContext, services: PortalServices, route: Answering): Promise<Response> {
  const response = await answerOrRefuse(c, services, route);
  services.runtime.metrics.portalRequested(route.name, outcomeOf(response.status));
  return response;
}

async function answerOrRefuse(c: PortalContext, services: PortalServices, route: Answering): Promise<Response> {
  try {
    c.set('pageContext', await requireCustomer(c, services));
    if (c.req.method === 'POST') await verifyWriteRequest(c, services, route as PortalRoute);
    // Count the request after its form was read, so that a refusal can show the customer's text again.
    if (route.counted) countRead(c, services);
    return await route.handle(c, services);
  } catch (error) {
    return refuse(c, services, route, error);
  }
}

function countRead(c: PortalContext, { reads }: PortalServices): void {
  const seconds = reads.take(c.get('pageContext').customer.id);
  if (seconds > 0) throw rateLimitProblem('tooManyRequests', seconds);
}

async function refuse(c: PortalContext, services: PortalServices, route: Answering, error: unknown): Promise<Response> {
  const problem = toRequestProblem(error);
  const { runtime, options } = services;
  if (problem.status >= 500 && error !== problem)
    runtime.log.error({ reason: errorText(error), route: route.name }, 'a request to the portal failed');
  if (isApiRequest(route as PortalRoute, c.req.path, options.base)) return apiProblem(c, services, problem);
  if (!c.get('pageContext')) return c.text(`${problem.details.message}\n`, problem.status);
  if (route.again && c.get('form') && canShowAgain(problem)) {
    try {
      return withHeaders(await route.again(c, services, problem), problem);
    } catch (again) {
      return problemPage(c, toRequestProblem(again));
    }
  }
  return problemPage(c, problem);
}

/** Whether to show a refused form again with its text: only if sending it again can succeed. */
function canShowAgain({ status, code }: RequestProblem): boolean {
  return status === 422 || status === 429 || code === 'TOKEN_INVALID' || status >= 500;
}

function apiProblem(c: PortalContext, { options }: PortalServices, problem: RequestProblem): Response {
  const localized = c.get('pageContext')?.localized ?? chooseLocalizedPortalTexts(options.strings, null);
  const error = { code: problem.code, message: problem.messageIn(localized) };
  return withHeaders(c.json({ error }, problem.status), problem);
}

async function problemPage(c: PortalContext, problem: RequestProblem): Promise<Response> {
  const pageContext = c.get('pageContext');
  const text = problem.textIn(pageContext.localized);
  const page = (
    <PortalPage pageContext={pageContext} title={text}>
      <ProblemBox pageContext={pageContext} text={text} />
    </PortalPage>
  );
  return withHeaders(await c.html(page, problem.status), problem);
}

function withHeaders(response: Response, { details }: RequestProblem): Response {
  for (const [name, value] of Object.entries(details.headers ?? {})) response.headers.set(name, value);
  return response;
}

function outcomeOf(status: number): PortalRequestOutcome {
  if (status < 400) return 'ok';
  if (status === 401) return 'unauthenticated';
  if (status === 429) return 'limited';
  return status < 500 ? 'refused' : 'failed';
}
