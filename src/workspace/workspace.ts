import type { IncomingMessage, ServerResponse } from 'node:http';
import { errorText } from '../redact.js';
import type { Runtime } from '../runtime.js';
import { securityHeaders } from './headers.js';
import { mountOptions, type WorkspaceOptions } from './mount-options.js';
import type { WorkspaceApi } from './workspace-api.js';

export type { WorkspaceOptions } from './mount-options.js';

/** The operator workspace in two shapes: for fetch-style servers and for Node's. */
export interface Workspace {
  /** Answers every request below the mount path; others with 404. */
  fetch: (request: Request) => Promise<Response>;
  /** Hands paths that are not below the mount path to `next` where there is one. */
  node: (request: IncomingMessage, response: ServerResponse, next?: (error?: unknown) => void) => Promise<void>;
  /** Ends the live streams of open pages. */
  close(): void;
}

/**
 * The page that operators work on. What it needs is loaded at the first request. Throws `MOUNT_OPTION_INVALID`.
 */
export function createWorkspace(runtime: Runtime, api: WorkspaceApi, given: WorkspaceOptions): Workspace {
  const options = mountOptions(given);
  const closing = new AbortController();
  let loading: Promise<Loaded> | undefined;
  const load = () => {
    loading ??= loadWorkspace({ runtime, api, options, closing: closing.signal }).catch((error) => {
      // The database may be away: the next request tries again.
      loading = undefined;
      runtime.log.error({ reason: errorText(error) }, 'the workspace cannot be loaded');
      return unavailable;
    });
    return loading;
  };
  return {
    fetch: async (request) => (await load()).fetch(request),
    async node(request, response, next) {
      const path = (originalUrl(request).split('?', 1)[0] ?? '/').replace(/\/$/, '');
      if (next && path !== options.base && !path.startsWith(`${options.base}/`)) return next();
      await (await load()).node(request, response);
    },
    close: () => closing.abort(),
  };
}

interface Loaded {
  fetch(request: Request): Promise<Response>;
  node(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

/** A promise that nobody waits for would end the host's process, so that it cannot be loaded is an answer. */
const unavailable: Loaded = {
  fetch: async () => new Response(unavailableText, { status: 503, headers: securityHeaders }),
  async node(_request, response) {
    response.writeHead(503, securityHeaders).end(unavailableText);
  },
};
const unavailableText = 'The workspace cannot be shown just now; the reason is in the log. Try again shortly.\n';

async function loadWorkspace(given: Parameters<typeof import('./app.js')['createApp']>[0]): Promise<Loaded> {
  const [{ createApp }, { getRequestListener }] = await Promise.all([import('./app.js'), import('@hono/node-server')]);
  const app = await createApp(given);
  const listener = getRequestListener((request, env) => app.fetch(request, env), { overrideGlobalObjects: false });
  return {
    fetch: async (request) => app.fetch(request),
    async node(request, response) {
      asItCame(request);
      await listener(request, response);
    },
  };
}

/** What frameworks leave on a request they have worked on. */
type WorkedOn = IncomingMessage & { originalUrl?: string; body?: unknown; rawBody?: Buffer };

/** Routers cut the mount path off the address; Express and Connect keep the whole of it beside. */
function originalUrl(request: WorkedOn): string {
  return request.originalUrl ?? request.url ?? '/';
}

/** Puts back what the host's framework took: the whole address, and a form that its body parser has read already. */
function asItCame(request: WorkedOn): void {
  request.url = originalUrl(request);
  if (!request.readableEnded || typeof request.body !== 'object' || request.body === null) return;
  const fields = Object.entries(request.body).flatMap(([name, value]) =>
    [value].flat().map((one): [string, string] => [name, String(one)]),
  );
  request.rawBody = Buffer.from(new URLSearchParams(fields).toString());
}
