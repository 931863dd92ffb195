import type { Handler } from '../handler.js';

/** Comments keep proxies from ending a stream that has nothing to say. */
const keepAliveMs = 15_000;
/** Then the browser connects again, and the host says anew who that is. */
const maxLifeMs = 10 * 60_000;

/** Tells an open page which conversations have changed; the page then asks for itself anew. Ids and nothing else. */
export const live: Handler = (c, { runtime, closing }) => {
  // A browser connects again when its stream ends: such a one would keep the host's server from closing.
  if (closing.aborted) return c.text('The workspace is closing.\n', 503);
  if (c.req.method === 'HEAD') return c.body(null, 200, headers);
  const ended = AbortSignal.any([closing, c.req.raw.signal, AbortSignal.timeout(maxLifeMs)]);
  let stop = () => {};
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const send = (text: string) => {
          // A reader that does not keep up is told less: whatever it missed, its next fetch shows.
          if ((controller.desiredSize ?? 0) > 0) controller.enqueue(encoder.encode(text));
        };
        const unsubscribe = runtime.activity.subscribe((ids) => send(event(ids)));
        const timer = setInterval(send, keepAliveMs, ': still here\n\n').unref();
        stop = () => {
          unsubscribe();
          clearInterval(timer);
          ended.removeEventListener('abort', end);
        };
        const end = () => {
          stop();
          controller.close();
        };
        ended.addEventListener('abort', end);
        // One that has ended before tells of it to nobody.
        if (ended.aborted) return end();
        send('retry: 2000\n\n');
      },
      cancel: () => stop(),
    },
    { highWaterMark: 64 },
  );
  return c.body(body, 200, headers);
};

const headers = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
};

const encoder = new TextEncoder();

/** Beyond it the ids are not worth their bytes: a page that is told nothing in particular looks anew as well. */
const maxIds = 200;

function event(ids: readonly string[]): string {
  const told = ids.length === 0 || ids.length > maxIds ? '*' : ids.join(',');
  return `event: changed\ndata: ${told}\n\n`;
}
