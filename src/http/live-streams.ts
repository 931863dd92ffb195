import type { Logger } from 'pino';
import { errorText } from '../foundation/redact.js';
import { createRateLimit } from './rate-limit.js';

/** Server-sent events for open pages, limited per person and to the lifetime of their session. */
export interface LiveStreams<News> {
  /** Returns a stream, or a refusal: 429 over the person's limit, 503 over the process's limit or while closing. */
  open(viewer: StreamViewer<News>): Response;
  /** Ends every stream and opens no more. */
  close(): void;
}

/** Who watches, and which events concern them. */
export interface StreamViewer<News> {
  personId: string;
  /** The connection of the browser. */
  signal: AbortSignal;
  /** Whether the host's session still identifies the same person; asked repeatedly. */
  isStillSignedIn(): Promise<boolean>;
  /** Formats an event; null if it does not concern them. */
  tell(news: News): string | null;
  /** Sent when a slow reader has missed events. */
  caughtUp: string;
  /** Formats the state that events tell the changes of; sent at the start and with `caughtUp`. */
  current?(): string;
  /** Called once when the stream has ended, whoever ended it. */
  ended?(): void;
}

export interface LiveSettings {
  /** Streams that one person may hold open in this process. Default 20. */
  perPerson?: number;
  /** How often the session is checked again, in milliseconds. Default 20 000. */
  recheckMs?: number;
}

export interface LiveStreamsOptions<News> extends LiveSettings {
  /** After how long a stream ends, in milliseconds. Default 50 000. */
  lifeMs?: number;
  /** Subscribes to events; returns a function that unsubscribes. */
  subscribe(listener: (news: News) => void): () => void;
  log: Logger;
}

/** Interval of comments, which keep proxies from closing an idle stream. */
const keepAliveMs = 15_000;
/**
 * Then the browser reconnects through the host's session. A hook that reads the first request's session would not
 * notice that it ended.
 */
const defaultLifeMs = 50_000;
/** Buffer limit of one stream, in bytes, besides the connection's own. */
const maxQueued = 16 * 1024;
/** Streams of this process. */
const maxStreams = 10_000;
/** Streams written before yielding to other work. */
const sliceSize = 250;

interface Stream<News> {
  viewer: StreamViewer<News>;
  send(event: string): void;
  end(): void;
}

export function createLiveStreams<News>(options: LiveStreamsOptions<News>): LiveStreams<News> {
  const { perPerson = 20, log } = options;
  const streams = new Set<Stream<News>>();
  const counts = new Map<string, number>();
  const openings = createRateLimit({ burst: perPerson * 6, perMinute: perPerson * 6 });
  let unsubscribe: (() => void) | undefined;
  let closed = false;

  function add(stream: Stream<News>): void {
    streams.add(stream);
    counts.set(stream.viewer.personId, count(stream.viewer) + 1);
    unsubscribe ??= options.subscribe((news) => void broadcast(news));
  }

  function remove(stream: Stream<News>): void {
    if (!streams.delete(stream)) return;
    const left = count(stream.viewer) - 1;
    if (left > 0) counts.set(stream.viewer.personId, left);
    else counts.delete(stream.viewer.personId);
  }

  const count = ({ personId }: StreamViewer<News>) => counts.get(personId) ?? 0;

  /** Writes to all streams in slices, so that thousands do not block the event loop. */
  async function broadcast(news: News): Promise<void> {
    const open = [...streams];
    for (let from = 0; from < open.length; from += sliceSize) {
      if (from > 0) await new Promise(setImmediate);
      for (const stream of open.slice(from, from + sliceSize)) tellOne(stream, news);
    }
  }

  function tellOne(stream: Stream<News>, news: News): void {
    try {
      const event = stream.viewer.tell(news);
      if (event !== null) stream.send(event);
    } catch (error) {
      log.warn({ reason: errorText(error) }, 'a live stream failed and was ended');
      stream.end();
    }
  }

  return {
    open(viewer) {
      if (closed) return refusal(503, 'This server is closing. Try again shortly.\n', 2);
      const wait = openings.take(viewer.personId);
      if (wait > 0) return refusal(429, 'Live updates were opened too often in the last minute.\n', wait);
      if (count(viewer) >= perPerson) return refusal(429, tooManyText(perPerson), 60);
      if (streams.size >= maxStreams) return refusal(503, 'Too many live updates are open on this server.\n', 60);
      return respondWith(openStream(viewer, options, { add, remove }));
    },
    close() {
      closed = true;
      unsubscribe?.();
      for (const stream of [...streams]) stream.end();
    },
  };
}

const tooManyText = (limit: number) =>
  `You have ${limit} pages open that update themselves, the most for one person. ` +
  'Close some of them; until then this page shows changes when it is reloaded.\n';

function refusal(status: number, text: string, retryAfter: number): Response {
  return new Response(text, {
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'retry-after': String(retryAfter) },
  });
}

function respondWith(body: ReadableStream<Uint8Array>): Response {
  return new Response(body, { headers: eventStreamHeaders });
}

export const eventStreamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
};

const encoder = new TextEncoder();

interface Register<News> {
  add(stream: Stream<News>): void;
  remove(stream: Stream<News>): void;
}

function openStream<News>(
  viewer: StreamViewer<News>,
  options: LiveStreamsOptions<News>,
  register: Register<News>,
): ReadableStream<Uint8Array> {
  let behind = false;
  let end = () => {};
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const send = (event: string) => {
          // Backpressure: a slow reader is sent a reset instead of the events it missed.
          if ((controller.desiredSize ?? 0) > 0) controller.enqueue(encoder.encode(event));
          else behind = true;
        };
        const stream: Stream<News> = { viewer, send, end: () => end() };
        const stopTimers = startTimers(stream, options);
        end = () => {
          end = () => {};
          stopTimers();
          viewer.signal.removeEventListener('abort', stream.end);
          register.remove(stream);
          viewer.ended?.();
          closeQuietly(controller);
        };
        register.add(stream);
        viewer.signal.addEventListener('abort', stream.end);
        if (viewer.signal.aborted) return end();
        send(`retry: 2000\n\n${viewer.current?.() ?? ''}`);
      },
      pull(controller) {
        if (behind) controller.enqueue(encoder.encode(viewer.caughtUp + (viewer.current?.() ?? '')));
        behind = false;
      },
      cancel: () => end(),
    },
    new ByteLengthQueuingStrategy({ highWaterMark: maxQueued }),
  );
}

function closeQuietly(controller: ReadableStreamDefaultController): void {
  try {
    controller.close();
  } catch {
    // The reader has cancelled the stream.
  }
}

function startTimers<News>(
  stream: Stream<News>,
  { recheckMs = 20_000, lifeMs = defaultLifeMs }: LiveStreamsOptions<News>,
): () => void {
  let asking = false;
  const recheck = async () => {
    if (asking) return;
    asking = true;
    const signedIn = await stream.viewer.isStillSignedIn().catch(() => false);
    asking = false;
    if (!signedIn) stream.end();
  };
  const timers = [
    setInterval(() => stream.send(': still here\n\n'), keepAliveMs),
    setInterval(recheck, recheckMs),
    // Jitter: after a restart all clients would reconnect at once.
    setTimeout(stream.end, lifeMs * (0.8 + 0.2 * Math.random())),
  ];
  for (const timer of timers) timer.unref();
  return () => {
    for (const timer of timers) clearTimeout(timer);
  };
}
