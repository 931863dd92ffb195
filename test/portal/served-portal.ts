import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Portal, PortalOptions } from '../../src/portal/portal.js';
import type { StartedHost } from '../support/started-host.js';

export const mountPath = '/help';

/** The customer that a request is from unless it says otherwise. */
export const customer = { id: 'user_1', name: 'Grace' };

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
}

/** A portal on a server of its own, and a client that behaves like a customer's browser. */
export interface ServedPortal {
  origin: string;
  url(path: string): string;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  /** Posts a form with the customer's token and this site's origin. */
  post(path: string, fields?: Record<string, string>, headers?: Record<string, string>): Promise<Answer>;
  /** Calls the JSON API with the customer's token. */
  api(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer & { json: never }>;
  close(): Promise<void>;
}

/** To be called in a `describe`: what its tests serve is closed after each of them. */
export function usePortals() {
  const served: ServedPortal[] = [];
  afterEach(async () => {
    await Promise.all(served.splice(0).map((portal) => portal.close()));
  });
  return async (
    host: Pick<StartedHost, 'cairnloop'>,
    options: Partial<PortalOptions> = {},
    page?: string,
  ): Promise<ServedPortal> => {
    const portal = host.cairnloop.portal({ basePath: mountPath, customer: whoAsks, ...options });
    const server = createServer((request, response) => {
      void portal.node(request, response, () => hostPage(response, page));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const one = { origin, ...client(origin, options.basePath ?? mountPath), close: () => close(server, portal) };
    served.push(one);
    return one;
  };
}

/** What a host's own pages say about what may run in them. */
export const hostPolicy =
  "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data:";

/** Everything beside the portal is the host's: one page. */
function hostPage(response: import('node:http').ServerResponse, page: string | undefined): void {
  if (page === undefined) return void response.writeHead(404).end();
  response
    .writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': hostPolicy })
    .end(page);
}

/** Who a request says it is from. A real host would read its session. */
function whoAsks(request: Request) {
  const id = request.headers.get('x-test-customer');
  return id ? { id, name: id } : customer;
}

async function close(server: Server, portal: Portal): Promise<void> {
  portal.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

function client(origin: string, base: string) {
  const url = (path: string) => `${origin}${base.replace(/\/$/, '')}${path}`;
  const request = async (path: string, init: RequestInit): Promise<Answer> => {
    const response = await fetch(url(path), { redirect: 'manual', ...init });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  const get = (path: string, headers: Record<string, string> = {}) => request(path, { headers });
  const tokenFor = async (headers: Record<string, string>) =>
    (await get('/api/conversations?limit=1', headers)).headers.get('x-cairnloop-token') ?? '';
  return {
    url,
    get,
    async post(path: string, fields: Record<string, string> = {}, headers: Record<string, string> = {}) {
      const body = new URLSearchParams({ token: await tokenFor(headers), ...fields });
      return request(path, { method: 'POST', body, headers: { origin, ...headers } });
    },
    async api(path: string, body?: unknown, headers: Record<string, string> = {}) {
      const given =
        body === undefined
          ? { headers }
          : {
              method: 'POST',
              body: JSON.stringify(body),
              headers: {
                origin,
                'content-type': 'application/json',
                'x-cairnloop-token': await tokenFor(headers),
                ...headers,
              },
            };
      const answer = await request(`/api${path}`, given);
      return { ...answer, json: JSON.parse(answer.text) as never };
    },
  };
}
