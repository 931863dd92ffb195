import type { ServerResponse } from 'node:http';

/** Whether the response was sent already, or the client has disconnected. */
export function isResponseEnded({ headersSent, writableEnded, destroyed }: ServerResponse): boolean {
  return headersSent || writableEnded || destroyed;
}

/**
 * Writes a fetch `Response` to Node's response. Streams respect backpressure and are cancelled when the client leaves.
 * Rejects if the host's response throws.
 */
export async function writeResponse(response: Response, outgoing: ServerResponse): Promise<void> {
  if (isResponseEnded(outgoing)) return cancel(response.body);
  const streamed = response.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
  const bytes = streamed ? undefined : Buffer.from(await response.arrayBuffer());
  // The host's own timeout may have sent a response meanwhile.
  if (isResponseEnded(outgoing)) return cancel(response.body);
  try {
    outgoing.writeHead(response.status, headersOf(response, bytes));
    if (bytes) outgoing.end(bytes);
    else await stream(response.body, outgoing);
  } catch (error) {
    cancel(response.body);
    throw error;
  }
}

function headersOf({ headers, status }: Response, bytes: Buffer | undefined): Record<string, string | string[]> {
  const cookies = headers.getSetCookie();
  const hasLength = bytes !== undefined && bytes.length > 0 && status !== 304 && !headers.has('content-length');
  return {
    ...Object.fromEntries(headers),
    ...(cookies.length > 0 && { 'set-cookie': cookies }),
    ...(hasLength && { 'content-length': String(bytes.length) }),
  };
}

async function stream(body: ReadableStream<Uint8Array> | null, outgoing: ServerResponse): Promise<void> {
  const reader = body?.getReader();
  const leave = () => void reader?.cancel().catch(() => {});
  outgoing.once('close', leave);
  try {
    for (let read = await reader?.read(); read && !read.done && !outgoing.destroyed; read = await reader?.read()) {
      if (!outgoing.write(read.value)) await drained(outgoing);
    }
    outgoing.end();
  } catch (error) {
    leave();
    throw error;
  } finally {
    outgoing.removeListener('close', leave);
  }
}

function drained(outgoing: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      outgoing.removeListener('drain', settle);
      outgoing.removeListener('close', settle);
      resolve();
    };
    outgoing.once('drain', settle);
    outgoing.once('close', settle);
  });
}

function cancel(body: ReadableStream | null): void {
  if (body && !body.locked) body.cancel().catch(() => {});
}
