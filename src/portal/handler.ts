import type { IncomingMessage } from 'node:http';
import type { Context } from 'hono';
import type { ServedAssets } from '../http/assets.js';
import type { CsrfTokens } from '../http/csrf-tokens.js';
import type { FormFields } from '../http/fields.js';
import type { LiveStreams } from '../http/live-streams.js';
import type { RateLimit } from '../http/rate-limit.js';
import type { Runtime } from '../runtime.js';
import type { ChangedConversationsByCustomer } from './customer-changes.js';
import type { PortalCustomer, ResolvedPortalOptions } from './mount-options.js';
import type { PortalApi } from './portal-api.js';
import type { RequestProblem } from './problems.js';
import type { LocalizedPortalTexts } from './strings/strings.js';
import type { WidgetScriptTemplate } from './widget-source.js';
import type { WriteLimit } from './write-limit.js';

/** The services that every route of the portal uses. */
export interface PortalServices {
  runtime: Runtime;
  api: PortalApi;
  options: ResolvedPortalOptions;
  assets: ServedAssets;
  widget: WidgetScriptTemplate;
  tokens: CsrfTokens;
  streams: LiveStreams<ChangedConversationsByCustomer>;
  writes: WriteLimit;
  reads: RateLimit;
}

/** The values that every page of the portal needs. */
export interface PortalPageContext {
  base: string;
  customer: PortalCustomer;
  localized: LocalizedPortalTexts;
  /** The CSRF token that every form of this customer carries. */
  token: string;
  assets: ServedAssets;
}

export type PortalEnv = {
  Bindings: { incoming?: IncomingMessage };
  Variables: { pageContext: PortalPageContext; form: FormFields };
};

export type PortalContext = Context<PortalEnv>;

export type PortalHandler = (c: PortalContext, services: PortalServices) => Response | Promise<Response>;

export interface PortalRoute {
  /** The name of the route in the metrics. */
  name: string;
  method: 'GET' | 'POST';
  path: string;
  handle: PortalHandler;
  /** Whether the route queries the database, so that its requests count towards the customer's `readsPerMinute`. */
  counted?: boolean;
  /** Renders the page of a refused form again, with the text that was sent and the problem. */
  again?: (c: PortalContext, services: PortalServices, problem: RequestProblem) => Promise<Response>;
}

/** Returns a path parameter, which the path of the route must contain. */
export function pathParameter(c: PortalContext, name: string): string {
  return c.req.param(name) ?? '';
}

/** Whether a request is for the JSON API, whose errors are JSON too. */
export function isApiRequest(route: Pick<PortalRoute, 'path'> | undefined, path: string, base: string): boolean {
  return (route?.path ?? path.slice(base.length)).startsWith('/api/');
}
