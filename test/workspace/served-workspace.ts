import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Workspace, WorkspaceOptions } from '../../src/workspace/workspace.js';
import { operator, type StartedHost } from '../support/started-host.js';

/** A workspace on a server of its own, and a client that behaves like an operator's browser. */
export interface ServedWorkspace {
  origin: string;
  /** The address of a page below the mount path. */
  url(path: string): string;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  /** Posts a form with the operator's token and this site's origin. */
  post(path: string, fields?: Fields, headers?: Record<string, string>): Promise<Answer>;
  /** What the forms of a conversation's page say that its reader has seen. */
  seen(conversationId: string): Promise<{ seen: string }>;
  close(): Promise<void>;
}

type Fields = Record<string, string | string[]>;

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
}

export const mountPath = '/support';

/** Serves the host's workspace under `/support` on loopback. */
export async function serveWorkspace(
  host: Pick<StartedHost, 'cairnloop'>,
  options: Partial<WorkspaceOptions> = {},
): Promise<ServedWorkspace> {
  const workspace = host.cairnloop.workspace({
    basePath: mountPath,
    operator: whoAsks,
    takeBackSeconds: 0,
    ...options,
  });
  const server = createServer((request, response) => void workspace.node(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { origin, ...client(origin, options.basePath ?? mountPath), close: () => close(server, workspace) };
}

/** To be called in a `describe`: what its tests serve is closed after each of them. */
export function useWorkspaces(): typeof serveWorkspace {
  let served: ServedWorkspace[] = [];
  afterEach(async () => {
    await Promise.all(served.map((workspace) => workspace.close()));
    served = [];
  });
  return async (...args) => {
    const workspace = await serveWorkspace(...args);
    served.push(workspace);
    return workspace;
  };
}

/** Who a request says it is from; the usual operator unless it says so. A real host would read its session. */
function whoAsks(request: Request) {
  const id = request.headers.get('x-test-operator');
  return id ? { id, name: id } : operator;
}

async function close(server: Server, workspace: Workspace): Promise<void> {
  workspace.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

/** Requests as pages of the workspace make them. */
export function client(origin: string, base: string) {
  const url = (path: string) => `${origin}${base.replace(/\/$/, '')}${path}`;
  const request = async (path: string, init: RequestInit): Promise<Answer> => {
    const response = await fetch(url(path), { redirect: 'manual', ...init });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  const get = (path: string, headers: Record<string, string> = {}) => request(path, { headers });
  return {
    url,
    get,
    async seen(conversationId: string) {
      const { text } = await get(`/c/${conversationId}`);
      return { seen: /name="seen" value="([^"]*)"/.exec(text)?.[1] ?? '' };
    },
    async post(path: string, fields: Fields = {}, headers: Record<string, string> = {}) {
      const token = tokenIn((await get('/sla', headers)).text);
      const body = new URLSearchParams({ token });
      for (const [name, value] of Object.entries(fields)) {
        for (const one of [value].flat()) body.append(name, one);
      }
      return request(path, { method: 'POST', body, headers: { origin, ...headers } });
    },
  };
}

/** The token that a page's forms carry. */
export function tokenIn(html: string): string {
  const token = /name="token" value="([^"]+)"/.exec(html)?.[1];
  if (!token) throw new Error('the page holds no form');
  return token;
}

/** What a page says, without its markup: one line, entities resolved. */
export function textOf(html: string): string {
  return html
    .replace(/<(?:script|style)[\s\S]*?<\/(?:script|style)>/g, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&')
    .replace(/\s+/g, ' ');
}
