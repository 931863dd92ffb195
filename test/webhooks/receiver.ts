import { createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const secret = `whsec_${Buffer.from('0123456789abcdef01234567').toString('base64')}`;
export const newSecret = `whsec_${Buffer.from('the next secret, rotated in').toString('base64')}`;

export interface Received {
  id: string;
  timestamp: number;
  signatures: string[];
  body: string;
}

export interface Receiver {
  url: string;
  received: Received[];
  /** What it does with each request from now on; default: status 204. */
  answer(how: (response: ServerResponse, request: IncomingMessage) => void): void;
  close(): Promise<void>;
}

/** An endpoint on loopback that keeps what it gets. */
export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  let respond = (response: ServerResponse, _: IncomingMessage): unknown => response.writeHead(204).end();
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    received.push({
      id: String(request.headers['webhook-id']),
      timestamp: Number(request.headers['webhook-timestamp']),
      signatures: String(request.headers['webhook-signature']).split(' '),
      body,
    });
    respond(response, request);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/path-token-canary`,
    received,
    answer: (how) => {
      respond = how;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Verifies as a receiver does by the specification of Standard Webhooks, with code of its own. */
export function isSignedWith(of: string, { id, timestamp, signatures, body }: Received): boolean {
  const key = Buffer.from(of.replace('whsec_', ''), 'base64');
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest();
  return signatures.some((signature) => {
    const given = Buffer.from(signature.replace(/^v1,/, ''), 'base64');
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}
