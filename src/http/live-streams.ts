import type { Logger } from 'pino';
import { errorText } from '../foundation/redact.js';
import { createRateLimit } from './rate-limit.js';

/** Server-sent events for open pages, limited per person and to the lifetime of their session. */
export interface LiveStreams<News> {
  /**
   * Responds with a stream, or refuses it: 429 over the person's limit, 503 over the process's limit or while closing.
   */
  open(viewer: StreamViewer<News>): Response;
  /** Ends every stream and refuses new ones. */
  close(): void;
}

/** The person who watches a stream, and the events that concern them. */
export interface StreamViewer<News> {
  personId: string;
  /** Aborted when the browser closes its connection. */
  signal: AbortSignal;
  /** Whether the host's session still identifies the same person; asked repeatedly. */
  isStillSignedIn(): Promise<boolean>;
  /** Formats an event for the stream; null if it does not concern this person. */
  tell(news: News): string | null;
  /** The event that a slow reader gets in place of those that it has missed. */
  caughtUp: string;
  /** Formats the complete state, sent when the stream opens and after `caughtUp`; other events are changes of it. */
  current?(): string;
  /** Called once after the stream has ended for any reason. */
  ended?(): void;
}

export interface LiveUpdateSettings {
  /** Streams that one person may hold open in this process. Default 20. */
  perPerson?: number;
  /** How often the session is checked again, in milliseconds. Default 20 000. */
  recheckMs?: number;
}

export interface LiveStreamsOptions<News> extends LiveUpdateSettings {
  /** Longest life of a stream, in milliseconds. Default 50 000. */
  lifeMs?: number;
  /** Subscribes to events; returns a function that unsubscribes. */
  subscribe(listener: (news: News) => void): () => void;
  log: Logger;
}

/** Interval of comments in a stream, in milliseconds. They keep proxies from closing an idle stream. */
const keepAliveMs = 15_000;
/**
 * Longest life of a stream, in milliseconds. The browser then reconnects with a new request: one request alone would
 * never show that the session has ended.
 */
const defaultLifeMs = 50_000;
/** Size limit of a stream's buffer, in bytes, besides the buffer of the connection. */
const maxQueued = 16 * 1024;
/** The maximum number of streams that are open in this process. */
const maxStreams = 10_000;
/** How many streams are written to before yielding to other work. */
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
  'Close some of these pages, or reload this page to see changes.\n';

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
    // Jitter: otherwise all clients would reconnect at the same moment after a restart.
    setTimeout(stream.end, lifeMs * (0.8 + 0.2 * Math.random())),
  ];
  for (const timer of timers) timer.unref();
  return () => {
    for (const timer of timers) clearTimeout(timer);
  };
}
