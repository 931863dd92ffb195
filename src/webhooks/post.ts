import http from 'node:http';
import https from 'node:https';
import { isIP } from 'node:net';
import type { WebhookFailure } from '../foundation/errors.js';
import { requestedPauseMs } from './asked-pause.js';
import { AddressRefused, isPublicAddress, lookupPublicAddress } from './public-addresses.js';

export interface PostRequest {
  url: URL;
  headers: Record<string, string>;
  body: string;
  timeoutMs: number;
  /** Whether the endpoint may be on the host's own network. */
  allowPrivate: boolean;
}

/** The outcome of a request; it holds neither the endpoint's name nor anything of its response's text. */
export type PostResult =
  | { accepted: true }
  | {
      accepted: false;
      failure: WebhookFailure;
      /** How long the endpoint asks not to be called, in milliseconds. */
      askedMs: number;
    };

/** What is read of an answer. */
interface Answer {
  status: number;
  retryAfter: string | undefined;
}

/** Most bytes of a response that are read; nothing in it is used. */
const maxAnswerBytes = 16_384;

/** How long the rest of a response may take once its status is known, in milliseconds. */
const answerMs = 2000;

const newAgents = () => ({
  'http:': new http.Agent({ keepAlive: true, maxSockets: 50 }),
  'https:': new https.Agent({ keepAlive: true, maxSockets: 50 }),
});

/**
 * Separate pools: addresses are checked only on connect, so a connection to a private one must not be reused by a
 * request that is restricted to public ones.
 */
const agents = { toAny: newAgents(), toPublic: newAgents() };

/** Error codes of a request on a connection that the other side has closed. */
const closedCodes = new Set<string | undefined>(['ECONNRESET', 'EPIPE']);

/** Sends one request and waits for the status of its answer. Follows no redirect. Never rejects. */
export async function postWebhook(request: PostRequest): Promise<PostResult> {
  const { url, allowPrivate, timeoutMs } = request;
  const address = url.hostname.replace(/^\[|\]$/g, '');
  // No lookup is made for an address, so it is checked here.
  if (!allowPrivate && isIP(address) !== 0 && !isPublicAddress(address)) return failed({ kind: 'private' });
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    return judge(await send(request, signal));
  } catch (error) {
    return failed(signal.aborted ? { kind: 'timeout', timeoutMs } : whyUnsent(error));
  }
}

function failed(failure: WebhookFailure, askedMs = 0): PostResult {
  return { accepted: false, failure, askedMs };
}

function judge({ status, retryAfter }: Answer): PostResult {
  if (status >= 200 && status < 300) return { accepted: true };
  return failed({ kind: 'status', status }, requestedPauseMs(status, retryAfter));
}

/** The error's own words may name addresses and certificates of the network; its code is enough to act on. */
function whyUnsent(error: unknown): WebhookFailure {
  if (error instanceof AddressRefused) return { kind: 'private' };
  const { code } = Object(error) as { code?: unknown };
  return { kind: 'unreachable', reason: typeof code === 'string' ? code : 'the connection failed' };
}

async function send(request: PostRequest, signal: AbortSignal): Promise<Answer> {
  const protocol = request.url.protocol as keyof typeof agents.toAny;
  const { toAny, toPublic } = agents;
  const first = await sendOnce(request, signal, (request.allowPrivate ? toAny : toPublic)[protocol]);
  // The endpoint closed a kept connection while this request was on its way: it has not seen it. An endpoint that was
  // restarted has closed all of them, so the second time is over a connection of its own.
  return first ?? ((await sendOnce(request, signal, false)) as Answer);
}

/** Returns the answer; null where a kept connection was closed, which one without an agent never is. */
function sendOnce(
  { url, headers, body, allowPrivate }: PostRequest,
  signal: AbortSignal,
  agent: http.Agent | false,
): Promise<Answer | null> {
  return new Promise((resolve, reject) => {
    const sent = (url.protocol === 'https:' ? https : http).request(url, {
      method: 'POST',
      headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
      agent,
      signal,
      ...(!allowPrivate && { lookup: lookupPublicAddress }),
    });
    sent.once('response', (answer) => {
      discard(answer);
      resolve(answerOf(answer));
    });
    // Of status 101, which nobody asked for. Without a listener the request would end without an event.
    sent.once('upgrade', (answer, socket) => {
      socket.destroy();
      resolve(answerOf(answer));
    });
    sent.on('error', (error: NodeJS.ErrnoException) => {
      if (sent.reusedSocket && closedCodes.has(error.code) && !signal.aborted) resolve(null);
      else reject(error);
    });
    sent.once('close', () => reject(new Error('closed without an answer')));
    sent.end(body);
  });
}

function answerOf({ statusCode = 0, headers }: http.IncomingMessage): Answer {
  return { status: statusCode, retryAfter: headers['retry-after'] };
}

/** Reads a short answer to its end, which frees the connection for the next request; a long or slow one is cut off. */
function discard(answer: http.IncomingMessage): void {
  let bytes = 0;
  const timer = setTimeout(() => answer.destroy(), answerMs).unref();
  answer.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxAnswerBytes) answer.destroy();
  });
  answer.on('error', () => {});
  answer.on('close', () => clearTimeout(timer));
}
