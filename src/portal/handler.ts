import type { IncomingMessage } from 'node:http';
import type { Context } from 'hono';
import type { ServedAssets } from '../http/assets.js';
import type { FormFields } from '../http/fields.js';
import type { FormTokens } from '../http/form-tokens.js';
import type { LiveStreams } from '../http/live-streams.js';
import type { RateLimit } from '../http/rate-limit.js';
import type { Runtime } from '../runtime.js';
import type { CustomerNews } from './live-news.js';
import type { MountedPortal, PortalCustomer } from './mount-options.js';
import type { PortalApi } from './portal-api.js';
import type { RequestProblem } from './problems.js';
import type { Wording } from './strings/strings.js';
import type { WidgetSource } from './widget-source.js';
import type { WriteLimit } from './write-limit.js';

/** The services that every route of the portal uses. */
export interface Services {
  runtime: Runtime;
  api: PortalApi;
  options: MountedPortal;
  assets: ServedAssets;
  widget: WidgetSource;
  tokens: FormTokens;
  streams: LiveStreams<CustomerNews>;
  writes: WriteLimit;
  reads: RateLimit;
}

/** The values that every page of the portal needs. */
export interface PortalPageContext {
  base: string;
  customer: PortalCustomer;
  wording: Wording;
  /** Signs every form of this customer. */
  token: string;
  assets: ServedAssets;
}

export type PortalEnv = {
  Bindings: { incoming?: IncomingMessage };
  Variables: { pageContext: PortalPageContext; form: FormFields };
};

export type PortalContext = Context<PortalEnv>;

export type Handler = (c: PortalContext, services: Services) => Response | Promise<Response>;

export interface Route {
  /** The label in the metrics. */
  name: string;
  method: 'GET' | 'POST';
  path: string;
  handle: Handler;
  /** Whether it queries the database: then each request counts towards the customer's `readsPerMinute`. */
  counted?: boolean;
  /** Renders the page of a refused form again, with its text and the problem. */
  again?: (c: PortalContext, services: Services, problem: RequestProblem) => Promise<Response>;
}

/** A path parameter; its route names it, so it is there. */
export function param(c: PortalContext, name: string): string {
  return c.req.param(name) ?? '';
}

/** Whether the response, errors included, is JSON. */
export function isApiRequest(route: Pick<Route, 'path'> | undefined, path: string, base: string): boolean {
  return (route?.path ?? path.slice(base.length)).startsWith('/api/');
}
