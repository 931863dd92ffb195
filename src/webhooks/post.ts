import http from 'node:http';
import https from 'node:https';
import { isIP } from 'node:net';
import type { WebhookFailure } from '../foundation/errors.js';
import { requestedWebhookPauseMs } from './asked-pause.js';
import { AddressRefusedError, isPublicAddress, lookupPublicAddress } from './public-addresses.js';

export interface WebhookRequest {
  url: URL;
  headers: Record<string, string>;
  body: string;
  timeoutMs: number;
  /** Whether the endpoint may have a private or loopback address. */
  allowPrivate: boolean;
}

/** The outcome of a webhook request, with nothing of the endpoint's name or the response's text. */
export type WebhookRequestResult =
  | { accepted: true }
  | {
      accepted: false;
      failure: WebhookFailure;
      /** How long the endpoint asks not to be called, in milliseconds. */
      askedMs: number;
    };

/** What the webhook sender reads of a response. */
interface Answer {
  status: number;
  retryAfter: string | undefined;
}

/** How many bytes of a response's body are read at most; they are not used. */
const maxAnswerBytes = 16_384;

/** How long the rest of a response may take once its status is known, in milliseconds. */
const answerMs = 2000;

const newAgents = () => ({
  'http:': new http.Agent({ keepAlive: true, maxSockets: 50 }),
  'https:': new https.Agent({ keepAlive: true, maxSockets: 50 }),
});

/**
 * Separate connection pools: addresses are checked only on connect, so a connection to a private address must not be
 * reused by a request that may reach only public ones.
 */
const agents = { toAny: newAgents(), toPublic: newAgents() };

/** The error codes of a request on a connection that the endpoint has closed. */
const closedCodes = new Set<string | undefined>(['ECONNRESET', 'EPIPE']);

/** Sends a webhook request and waits for the status of the response. Follows no redirect. Never rejects. */
export async function postWebhook(request: WebhookRequest): Promise<WebhookRequestResult> {
  const { url, allowPrivate, timeoutMs } = request;
  const address = url.hostname.replace(/^\[|\]$/g, '');
  // An IP address needs no lookup, which would check it, so check it here.
  if (!allowPrivate && isIP(address) !== 0 && !isPublicAddress(address)) return failed({ kind: 'private' });
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    return judge(await send(request, signal));
  } catch (error) {
    return failed(signal.aborted ? { kind: 'timeout', timeoutMs } : whyUnsent(error));
  }
}

function failed(failure: WebhookFailure, askedMs = 0): WebhookRequestResult {
  return { accepted: false, failure, askedMs };
}

function judge({ status, retryAfter }: Answer): WebhookRequestResult {
  if (status >= 200 && status < 300) return { accepted: true };
  return failed({ kind: 'status', status }, requestedWebhookPauseMs(status, retryAfter));
}

/** Why a request failed, by the code of the error: its message may name addresses and certificates of the network. */
function whyUnsent(error: unknown): WebhookFailure {
  if (error instanceof AddressRefusedError) return { kind: 'private' };
  const { code } = Object(error) as { code?: unknown };
  return { kind: 'unreachable', reason: typeof code === 'string' ? code : 'the connection failed' };
}

async function send(request: WebhookRequest, signal: AbortSignal): Promise<Answer> {
  const protocol = request.url.protocol as keyof typeof agents.toAny;
  const { toAny, toPublic } = agents;
  const first = await sendOnce(request, signal, (request.allowPrivate ? toAny : toPublic)[protocol]);
  // The endpoint closed a kept-alive connection before it read this request. A restarted endpoint has closed all of
  // them, so send it again over a new connection.
  return first ?? ((await sendOnce(request, signal, false)) as Answer);
}

/**
 * Sends the request once. Returns null if the endpoint had closed a kept-alive connection; without an agent no
 * connection is kept.
 */
function sendOnce(
  { url, headers, body, allowPrivate }: WebhookRequest,
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
    // A response of status 101, which was not requested. Without this listener the request would end without an event.
    sent.once('upgrade', (answer, socket) => {
      socket.destroy();
      resolve(answerOf(answer));
    });
    sent.on('error', (error: NodeJS.ErrnoException) => {
      if (sent.reusedSocket && closedCodes.has(error.code) && !signal.aborted) resolve(null);
      else reject(error);
    });
    sent.once('close', () => reject(new Error('the endpoint closed the connection without a response')));
    sent.end(body);
  });
}

function answerOf({ statusCode = 0, headers }: http.IncomingMessage): Answer {
  return { status: statusCode, retryAfter: headers['retry-after'] };
}

/** Reads a short response to its end, so that the connection can be reused; a long or slow response is cut off. */
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
