import type { MiddlewareHandler } from 'hono';
import { getCookie } from 'hono/cookie';
import type { Logger } from 'pino';
import { identifySender, type SenderIdentity } from '../http/identify.js';
import { type FormReadFailure, readForm } from '../http/read-form.js';
import { isSameOrigin, isServedHostName } from '../http/same-origin.js';
import { type BarePage, respondWithBarePage } from './bare-page.js';
import type { WorkspaceContext, WorkspaceEnv, WorkspaceServices } from './handler.js';
import type { ResolvedWorkspaceOptions } from './mount-options.js';
import { pageThemes, themeCookieName, type WorkspacePageContext } from './page-context.js';
import { chooseLocalizedWorkspaceTexts } from './strings/strings.js';
import { runWithLocalizedTexts, translate } from './translate.js';

type Middleware = MiddlewareHandler<WorkspaceEnv>;

/** Middleware that sets the language of the page, by the host's options and the browser's preference. */
export function setPageLanguage({ options }: WorkspaceServices): Middleware {
  return (c, next) =>
    runWithLocalizedTexts(
      chooseLocalizedWorkspaceTexts(options.strings, c.req.header('accept-language') ?? null),
      next,
    );
}

/** Middleware that refuses every visitor whom the host does not identify, before anything is read or rendered. */
export function requireOperator(services: WorkspaceServices): Middleware {
  return async (c, next) => {
    if (!isServedHostName(c.req.raw, services.options.hosts)) return c.text(`${translate('unknownHost')}\n`, 403);
    const identity = await identifyOperator(c, services);
    if (identity.state === 'unconfigured') return respondWithBarePage(c.req.raw, unconfigured());
    if (identity.state !== 'known') return respondWithBarePage(c.req.raw, signedOut(services.options));
    services.team.note(identity.person);
    c.set('pageContext', pageContextOf(c, services, identity.person));
    await next();
  };
}

/** Asks the host who sent a request; called again while a live stream is open. */
export function identifyOperator(
  c: WorkspaceContext,
  { runtime, options }: WorkspaceServices,
): Promise<SenderIdentity> {
  const { incoming } = c.env ?? {};
  const hook = { option: 'operator', ask: options.operator };
  return identifySender(hook, c.req.raw, incoming ? { incoming } : {}, runtime.log);
}

const unconfigured = (): BarePage => ({
  status: 503,
  code: 'OPERATOR_UNCONFIGURED',
  title: translate('unconfigured'),
  text: [translate('unconfiguredHint')],
  example: "cairnloop.workspace({ basePath: '/support', operator: (request) => ({ id: '…', name: '…' }) })",
});

function signedOut({ signInUrl }: ResolvedWorkspaceOptions): BarePage {
  return {
    status: 401,
    code: 'SIGNED_OUT',
    title: translate('signInFirst'),
    text: [translate('signInFirstHint')],
    ...(signInUrl && { link: { href: signInUrl, label: translate('signIn') } }),
  };
}

function pageContextOf(
  c: WorkspaceContext,
  { options, assets, tokens }: WorkspaceServices,
  operator: WorkspacePageContext['operator'],
): WorkspacePageContext {
  const { pathname, search } = new URL(c.req.url);
  return {
    base: options.base,
    signInUrl: options.signInUrl,
    product: options.title,
    operator,
    token: tokens.issue(operator.id),
    theme: pageThemes.find((known) => known === getCookie(c, themeCookieName)) ?? 'system',
    assets,
    // A form's URL accepts no GET, so that no page can link back to it.
    path: c.req.method === 'GET' ? `${pathname.slice(options.base.length) || '/'}${search}` : '/',
    queue: '',
    now: new Date(),
  };
}

/** Middleware that accepts a form only from this site, with this operator's CSRF token, and below the size limit. */
export function requireVerifiedForm({ tokens, runtime }: WorkspaceServices): Middleware {
  return async (c, next) => {
    // Check the origin first: the body of a request from another site is not read.
    if (!isSameOrigin(c.req.raw)) return c.text(refused(translate('refusedSite')), 403);
    const form = await readForm(c.req.raw, c.env?.incoming);
    if (typeof form === 'string') return unread(c, form, runtime.log);
    if (!tokens.accepts(c.get('pageContext').operator.id, form.text('token'))) {
      return c.text(refused(translate('refusedToken')), 403);
    }
    c.set('form', form);
    await next();
  };
}

function unread(c: WorkspaceContext, why: FormReadFailure, log: Logger): Response {
  switch (why) {
    case 'too large':
      return c.text(`${translate('refusedLarge')}\n`, 413);
    case 'too slow':
      return c.text(refused(translate('refusedSlow')), 408);
    case 'malformed':
      return c.text(refused(translate('refusedMalformed')), 400);
    case 'already read':
      log.error({ path: c.req.routePath }, alreadyRead);
      return c.text(`Nothing was changed: ${alreadyRead}\n`, 500);
  }
}

/**
 * The error when a body parser ran first: Koa and Adonis keep the parsed form on request objects that a mount never
 * gets.
 */
const alreadyRead =
  'the form was read before it reached the workspace, and request.body holds nothing of it. ' +
  'Mount the workspace before the body parser of your framework (docs/workspace.md of cairnloop, "Where to mount").';

function refused(why: string): string {
  return `${translate('refusedBecause', { why })}\n`;
}
