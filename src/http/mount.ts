import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { errorText } from '../foundation/redact.js';
import type { NodeIncomingRequest } from './identify.js';
import { isResponseEnded, writeResponse } from './write-response.js';

/** The handler of a mount, for fetch-style servers and for Node. Neither form throws or rejects. */
export interface RequestHandlers {
  /** Responds to every request; paths outside of the mount get 404. */
  fetch: (request: Request) => Promise<Response>;
  /**
   * Calls `next`, if given, for paths of other handlers and returns its result; a rejection of it is left to the host.
   */
  node: (request: IncomingMessage, response: ServerResponse, next?: (error?: unknown) => void) => Promise<void>;
}

/** An application that is mounted in the host's server. */
export interface MountedApp {
  fetch(request: Request, native: NodeIncomingRequest): Response | Promise<Response>;
}

export interface MountOptions {
  /** Name of the mount in log lines and responses, e.g. `workspace`. */
  name: string;
  /** Loads the application at the first request. After a failure the next request tries again. */
  load(): Promise<MountedApp>;
  /** Whether a path (without query) belongs to this mount. */
  owns(path: string): boolean;
  /**
   * Which path `owns` is asked about if a router has removed the mount path: the full path only, or the remaining
   * path first and then the full path.
   */
  address: 'whole' | 'left or whole';
  /** The response while the application cannot be loaded. Default: a line of text. */
  unavailable?(request: Request): Promise<Response>;
  /** Headers of the mount's own error responses. */
  headers: Record<string, string>;
  log: Logger;
}

/**
 * Mounts an application in a host's server. `fetch` and `node` always settle: an unhandled rejection would end the
 * host's process.
 */
export function createMount(options: MountOptions): RequestHandlers {
  const { name, log, headers } = options;
  const refuse = (status: number, text: string) => new Response(text, { status, headers: { ...plain, ...headers } });
  let loading: Promise<MountedApp> | undefined;
  let listening: Promise<Listener> | undefined;

  function load(): Promise<MountedApp> {
    loading ??= Promise.resolve()
      .then(options.load)
      .catch((error) => {
        // The database may be unreachable: the next request tries again.
        loading = undefined;
        log.error({ reason: errorText(error) }, `the ${name} cannot be loaded`);
        return {
          fetch: (request) =>
            options.unavailable?.(request) ??
            refuse(503, `The ${name} is unavailable; the reason is in the log. Try again shortly.\n`),
        };
      });
    return loading;
  }

  async function answer(request: Request, native: NodeIncomingRequest): Promise<Response> {
    try {
      return await (await load()).fetch(request, native);
    } catch (error) {
      log.error({ reason: errorText(error) }, `a request to the ${name} failed`);
      return refuse(500, failedText);
    }
  }

  async function listener(): Promise<Listener> {
    listening ??= loadListener(answer, () => refuse(400, 'Bad request: its address or its Host header is invalid.\n'));
    return listening;
  }

  return {
    fetch: (request) => answer(request, {}),
    async node(request, response, next) {
      const address = addressOf(request, options);
      if (next && !options.owns(pathOf(address))) return handOn(next, options, response);
      if (isResponseEnded(response)) return;
      try {
        // Without a listener, an error of an aborted response would end the process.
        response.on('error', () => {});
        if (request.url !== address) request.url = address;
        await (await listener())(request, response);
      } catch (error) {
        log.error({ reason: errorText(error) }, `a request to the ${name} failed`);
        endWith(response, { ...plain, ...headers });
      }
    },
  };
}

const plain = { 'content-type': 'text/plain; charset=utf-8' };
const failedText = 'This request failed; the reason is in the log.\n';

type Listener = (request: IncomingMessage, response: ServerResponse) => Promise<unknown>;

/**
 * Connects Node's requests to the fetch handler. Responses are written here, because @hono/node-server would print
 * errors and send them to the client.
 */
async function loadListener(
  answer: (request: Request, native: NodeIncomingRequest) => Promise<Response>,
  refuse: () => Response,
): Promise<Listener> {
  const [{ getRequestListener }, { RESPONSE_ALREADY_SENT }] = await Promise.all([
    import('@hono/node-server'),
    import('@hono/node-server/utils/response'),
  ]);
  return async (incoming, outgoing) => {
    let failure: { error: unknown } | undefined;
    const fetch = async (request: Request) => {
      try {
        await writeResponse(await answer(request, { incoming }), outgoing);
      } catch (error) {
        failure = { error };
      }
      return RESPONSE_ALREADY_SENT;
    };
    await getRequestListener(fetch, { overrideGlobalObjects: false, errorHandler: refuse })(incoming, outgoing);
    if (failure) throw failure.error;
  };
}

/** Calls the host's next handler and catches what it throws: frameworks only handle its rejected promise. */
function handOn(next: () => unknown, { name, log }: MountOptions, response: ServerResponse): Promise<void> {
  try {
    return next() as Promise<void>;
  } catch (error) {
    log.error({ reason: errorText(error) }, `the handler that the host mounted after the ${name} threw`);
    endWith(response, plain);
    return Promise.resolve();
  }
}

/** Responds with 500, or closes the connection if headers were sent already. */
function endWith(response: ServerResponse, headers: Record<string, string>): void {
  try {
    if (response.headersSent) response.destroy();
    else response.writeHead(500, headers).end(failedText);
  } catch {
    // The connection is closed, or the host's wrapper of the response fails.
  }
}

/** Routers remove the mount path from `url`; Express, Connect and middie keep it in `originalUrl`. */
function addressOf(request: IncomingMessage, { address, owns }: MountOptions): string {
  try {
    const { originalUrl } = request as { originalUrl?: unknown };
    const left = typeof request.url === 'string' ? request.url : '/';
    if (typeof originalUrl !== 'string') return left;
    if (address === 'whole') return originalUrl;
    return owns(pathOf(originalUrl)) && !owns(pathOf(left)) ? originalUrl : left;
  } catch {
    return '/';
  }
}

/** The path of a request's address, which proxies may send with scheme and host. */
function pathOf(address: string): string {
  const path = address.replace(/^https?:\/\/[^/?#]*/i, '');
  return path.split(/[?#]/, 1)[0] || '/';
}
