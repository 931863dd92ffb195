import type { Logger } from 'pino';
import { errorText } from '../foundation/redact.js';
import { createRateLimit } from './rate-limit.js';

/** Server-sent events to open pages: so many for each person, and for each only as long as their session lasts. */
export interface LiveStreams<News> {
  /** A stream for `person`, or the refusal: 429 beyond their share, 503 when there is no room or the mount closes. */
  open(viewer: Viewer<News>): Response;
  /** Ends every stream; none is opened afterwards. */
  close(): void;
}

/** Who watches, and what of the news is theirs. */
export interface Viewer<News> {
  personId: string;
  /** The connection of the browser. */
  signal: AbortSignal;
  /** Whether the host's session still knows them as the same person. Asked again and again. */
  isStillSignedIn(): Promise<boolean>;
  /** An event in the format of server-sent events; null for news that is not theirs. */
  tell(news: News): string | null;
  /** What is sent in place of events that a slow reader has missed. */
  caughtUp: string;
}

export interface LiveSettings {
  /** Streams that one person may hold open in this process. Default 20. */
  perPerson?: number;
  /** How often the host is asked whether a session still stands, in milliseconds. Default 20 000. */
  recheckMs?: number;
}

export interface LiveStreamsOptions<News> extends LiveSettings {
  /** After how long a stream ends, in milliseconds. Default 50 000. */
  lifeMs?: number;
  /** Where the news come from; returns how to stop. */
  subscribe(listener: (news: News) => void): () => void;
  log: Logger;
}

/** Comments keep proxies from ending a stream that has nothing to say. */
const keepAliveMs = 15_000;
/**
 * Then the browser connects again, through the host's own session: a hook that reads what the session middleware left on
 * the first request cannot notice that the session has ended since.
 */
const defaultLifeMs = 50_000;
/** Of one stream, in bytes, besides what the connection itself holds. */
const maxQueued = 16 * 1024;
/** Of all people in this process. */
const maxStreams = 10_000;
/** Streams that are written to before other work has its turn. */
const sliceSize = 250;

interface Stream<News> {
  viewer: Viewer<News>;
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

  const count = ({ personId }: Viewer<News>) => counts.get(personId) ?? 0;

  /** Writes to all, in slices: thousands of streams must not keep the process from its other work. */
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
  viewer: Viewer<News>,
  options: LiveStreamsOptions<News>,
  register: Register<News>,
): ReadableStream<Uint8Array> {
  let behind = false;
  let end = () => {};
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const send = (event: string) => {
          // A reader that does not keep up is sent less, and told so once it reads again.
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
          closeQuietly(controller);
        };
        register.add(stream);
        viewer.signal.addEventListener('abort', stream.end);
        if (viewer.signal.aborted) return end();
        send('retry: 2000\n\n');
      },
      pull(controller) {
        if (behind) controller.enqueue(encoder.encode(viewer.caughtUp));
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
    // The reader has cancelled it.
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
    // Not all at the same moment: they come back together after a restart.
    setTimeout(stream.end, lifeMs * (0.8 + 0.2 * Math.random())),
  ];
  for (const timer of timers) timer.unref();
  return () => {
    for (const timer of timers) clearTimeout(timer);
  };
}
