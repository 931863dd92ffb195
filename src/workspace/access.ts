import type { MiddlewareHandler } from 'hono';
import { getCookie } from 'hono/cookie';
import type { Logger } from 'pino';
import { type Identity, identify } from '../http/identify.js';
import { readForm, type Unread } from '../http/read-form.js';
import { isKnownHost, isSameOrigin } from '../http/same-origin.js';
import { type BarePage, barePage } from './bare-page.js';
import type { Services, WorkspaceContext, WorkspaceEnv } from './handler.js';
import type { MountedOptions } from './mount-options.js';
import { type PageContext, themeCookie, themes } from './page-context.js';

type Middleware = MiddlewareHandler<WorkspaceEnv>;

/** Refuses everyone whom the host does not identify, before anything is read or rendered. */
export function requireOperator(services: Services): Middleware {
  return async (c, next) => {
    if (!isKnownHost(c.req.raw, services.options.hosts))
      return c.text('This host name is not one that is answered here.\n', 403);
    const identity = await identifyOperator(c, services);
    if (identity.state === 'unconfigured') return barePage(c.req.raw, unconfigured);
    if (identity.state !== 'known') return barePage(c.req.raw, signedOut(services.options));
    services.team.note(identity.person);
    c.set('frame', frameOf(c, services, identity.person));
    await next();
  };
}

/** Asks the host who sent a request; an open stream has it asked again. */
export function identifyOperator(c: WorkspaceContext, { runtime, options }: Services): Promise<Identity> {
  const { incoming } = c.env ?? {};
  const hook = { option: 'operator', ask: options.operator };
  return identify(hook, c.req.raw, incoming ? { incoming } : {}, runtime.log);
}

const unconfigured: BarePage = {
  status: 503,
  code: 'OPERATOR_UNCONFIGURED',
  title: 'The workspace has no way to tell who its operators are.',
  text: ['Hand one in where it is mounted:'],
  example: "cairnloop.workspace({ basePath: '/support', operator: (request) => ({ id: '…', name: '…' }) })",
};

function signedOut({ signInUrl }: MountedOptions): BarePage {
  return {
    status: 401,
    code: 'SIGNED_OUT',
    title: 'Sign in to the application as an operator first.',
    text: ['This address is for the people who answer customers. Nothing was changed.'],
    ...(signInUrl && { link: { href: signInUrl, label: 'Sign in' } }),
  };
}

function frameOf(
  c: WorkspaceContext,
  { options, assets, tokens }: Services,
  operator: PageContext['operator'],
): PageContext {
  const { pathname, search } = new URL(c.req.url);
  return {
    base: options.base,
    signInUrl: options.signInUrl,
    product: options.title,
    operator,
    token: tokens.issue(operator.id),
    theme: themes.find((known) => known === getCookie(c, themeCookie)) ?? 'system',
    assets,
    // The URL of a form's response cannot be requested again.
    path: c.req.method === 'GET' ? `${pathname.slice(options.base.length) || '/'}${search}` : '/',
    queue: '',
    now: new Date(),
  };
}

/** Accepts only our own forms: from this site, signed for this operator, and small enough. */
export function requireOwnForm({ tokens, runtime }: Services): Middleware {
  return async (c, next) => {
    // Check first: a foreign body is not read at all.
    if (!isSameOrigin(c.req.raw)) return c.text(refused('it was not sent from a page of this workspace'), 403);
    const form = await readForm(c.req.raw, c.env?.incoming);
    if (typeof form === 'string') return unread(c, form, runtime.log);
    if (!tokens.accepts(c.get('frame').operator.id, form.text('token'))) {
      return c.text(refused('its form was not made for you, or is older than a day'), 403);
    }
    c.set('form', form);
    await next();
  };
}

function unread(c: WorkspaceContext, why: Unread, log: Logger): Response {
  switch (why) {
    case 'too large':
      return c.text('Nothing was changed: the request body is too large (limit 16 MB).\n', 413);
    case 'too slow':
      return c.text(refused('its form did not arrive in time'), 408);
    case 'malformed':
      return c.text(refused('its form could not be read'), 400);
    case 'already read':
      log.error({ path: c.req.routePath }, alreadyRead);
      return c.text(`Nothing was changed: ${alreadyRead}\n`, 500);
  }
}

/** Koa and Adonis keep the parsed form on objects of their own, which a mount is not given. */
const alreadyRead =
  'the form was read before it reached the workspace, and request.body holds nothing of it. ' +
  'Mount the workspace before the body parser of your framework (README, "Where to mount").';

function refused(why: string): string {
  return `Nothing was changed: the request was refused because ${why}. Reload the page and try again.\n`;
}
