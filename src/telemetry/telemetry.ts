import diagnosticsChannel from 'node:diagnostics_channel';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Awaitable } from '../contracts/result.js';
import { findClosestWord } from '../foundation/closest-word.js';
import { CairnloopError, isCairnloopError } from '../foundation/errors.js';
import { errorText, toStorableJson } from '../foundation/redact.js';
import { parseInput } from '../validation/input.js';
import { type DomainEvent, type EventName, eventNames, type SpanName, spanNames, spanPhases } from './event-names.js';

export type Measurements = Record<string, number>;
export type EventMetadata = Record<string, unknown>;
export type TelemetryHandler = (event: EventName, measurements: Measurements, metadata: EventMetadata) => unknown;

/** The message that is published on a diagnostics channel. */
export interface TelemetryMessage {
  event: EventName;
  measurements: Measurements;
  metadata: EventMetadata;
}

/** Telemetry events are for observability only: nothing in Cairnloop depends on them or their handlers. */
export interface Telemetry {
  /**
   * Calls `handler` for the named events of this instance; each handler gets a copy of its own. One that throws or
   * rejects is detached and logged. Handlers run after the operation has returned, so they cannot fail, delay or repeat
   * it; a `start` event therefore has its time in `measurements.systemTime` (ms since 1970). Throws
   * `TELEMETRY_ID_TAKEN`, `TELEMETRY_EVENT_UNKNOWN`, `INPUT_INVALID`.
   */
  attach(id: string, events: EventName | readonly EventName[], handler: TelemetryHandler): void;
  /** Detaches a handler. Returns whether it existed. */
  detach(id: string): boolean;
  /** Publishes `start`, runs `work`, publishes `stop` or `exception` with its `duration` in milliseconds. */
  span<T>(name: SpanName, metadata: EventMetadata, work: () => Promise<T>): Promise<T>;
  /**
   * Publishes `start`, runs `work`, which may be synchronous, and publishes `stop` or `exception`. Without handlers, a
   * synchronous result is returned synchronously.
   */
  span<T>(name: SpanName, metadata: EventMetadata, work: () => Awaitable<T>): Awaitable<T>;
  /** Publishes a domain event. Call it after the commit. */
  publish(event: DomainEvent, measurements: Measurements, metadata: EventMetadata): void;
  /**
   * Returns `span` and `publish` for uncommitted work: `hold` gets a function to call after the commit. Failures are
   * published at once.
   */
  holding(hold: (publish: () => void) => void): Pick<Telemetry, 'span' | 'publish'>;
  /** Publishes pending events, then detaches all handlers of this instance. */
  close(): void;
}

const eventsWords = 'the name of an event, or a list of names';

/** Checks the types of the arguments of `attach`; unknown event names are refused later. */
const attachInput = z.object({
  id: z.string('a text').min(1, 'a text that is not empty'),
  events: z.union([z.string(), z.array(z.string()).min(1, eventsWords)], eventsWords),
  handler: z.custom((value) => typeof value === 'function', 'a function'),
});

/** An attached handler; `giveUp` detaches and logs it after a failure. */
interface Attached {
  events: ReadonlySet<EventName>;
  handler: TelemetryHandler;
  giveUp(error: unknown): void;
}

/**
 * Creates the telemetry of one instance. Its handlers get events of this instance only; a channel of
 * `node:diagnostics_channel` belongs to the process, so its subscribers get those of every instance.
 */
export function createTelemetry(log: Logger): Telemetry {
  const attached = new Map<string, Attached>();
  let waiting: TelemetryMessage[] = [];

  const detach = (id: string) => attached.delete(id);

  function attach(id: string, events: EventName | readonly EventName[], handler: TelemetryHandler): void {
    parseInput('telemetry.attach', attachInput, { id, events, handler });
    if (attached.has(id)) throw new CairnloopError('TELEMETRY_ID_TAKEN', { id });
    const entry: Attached = {
      events: new Set(requireKnown(typeof events === 'string' ? [events] : events)),
      handler,
      giveUp(error) {
        // The id may belong to another handler by now.
        if (attached.get(id) !== entry) return;
        detach(id);
        log.warn({ handler: id, reason: errorText(error) }, 'telemetry handler failed and was detached');
      },
    };
    attached.set(id, entry);
  }

  const isHeard = (event: EventName) => hasListener(attached, event);

  /**
   * Publishes events in order once the event loop is free. The events of a span are published at its end: a handler
   * that blocks on `start` would otherwise delay the operation.
   */
  function later(messages: TelemetryMessage[]): void {
    if (!messages.some(({ event }) => isHeard(event))) return;
    if (waiting.length === 0) setImmediate(publishWaiting);
    waiting.push(...messages);
  }

  function publishWaiting(): void {
    const messages = waiting;
    waiting = [];
    for (const message of messages) publishNow(message, [...attached.values()]);
  }

  const publishing = (take: typeof later): Pick<Telemetry, 'span' | 'publish'> => ({
    span: <T>(name: SpanName, metadata: EventMetadata, work: () => Promise<T>) =>
      spanEvents[name].some(isHeard) ? runSpan(take, name, metadata, work) : work(),
    publish: (event, measurements, metadata) => take([{ event: `cairnloop.${event}`, measurements, metadata }]),
  });
  const isFailure = ({ event }: TelemetryMessage) => event.endsWith('.exception');

  return {
    attach,
    detach,
    ...publishing(later),
    holding: (hold) =>
      publishing((messages) => (messages.some(isFailure) ? later(messages) : hold(() => later(messages)))),
    close() {
      publishWaiting();
      attached.clear();
    },
  };
}

function hasListener(attached: ReadonlyMap<string, Attached>, event: EventName): boolean {
  if (channelOf(event).hasSubscribers) return true;
  for (const { events } of attached.values()) if (events.has(event)) return true;
  return false;
}

function publishNow(message: TelemetryMessage, attached: readonly Attached[]): void {
  const channel = channelOf(message.event);
  if (channel.hasSubscribers) channel.publish(copyOf(message));
  for (const entry of attached) if (entry.events.has(message.event)) call(entry, copyOf(message));
}

function requireKnown(names: readonly EventName[]): readonly EventName[] {
  const unknown = names.find((event) => !eventNames.includes(event));
  if (unknown === undefined) return names;
  const meant = findClosestWord(unknown, eventNames);
  throw new CairnloopError('TELEMETRY_EVENT_UNKNOWN', { event: unknown, ...(meant && { nearest: meant }) });
}

/**
 * The diagnostics channels by name, because looking one up in `diagnostics_channel` takes longer than many callbacks.
 */
const channels = new Map(eventNames.map((name) => [name, diagnosticsChannel.channel(name)]));

const spanEvents = Object.fromEntries(
  spanNames.map((name) => [name, spanPhases.map((phase) => `cairnloop.${name}.${phase}` as const)]),
) as unknown as Record<SpanName, readonly EventName[]>;

function channelOf(event: EventName): diagnosticsChannel.Channel {
  return channels.get(event) ?? diagnosticsChannel.channel(event);
}

function call({ handler, giveUp }: Attached, { event, measurements, metadata }: TelemetryMessage): void {
  try {
    Promise.resolve(handler(event, measurements, metadata)).catch(giveUp);
  } catch (error) {
    giveUp(error);
  }
}

/**
 * Copies an event's message for each handler, so that a handler's changes reach neither the operation's result nor the
 * next handler.
 */
function copyOf(message: TelemetryMessage): TelemetryMessage {
  try {
    return structuredClone(message);
  } catch {
    // The message holds something of the host's that cannot be cloned, such as a function.
    return toStorableJson(message) as TelemetryMessage;
  }
}

async function runSpan<T>(
  later: (messages: TelemetryMessage[]) => void,
  name: SpanName,
  metadata: EventMetadata,
  work: () => Promise<T>,
): Promise<T> {
  const started = performance.now();
  const start: TelemetryMessage = {
    event: `cairnloop.${name}.start`,
    measurements: { systemTime: Date.now() },
    metadata,
  };
  const ended = (phase: 'stop' | 'exception', more: EventMetadata): TelemetryMessage[] => [
    start,
    {
      event: `cairnloop.${name}.${phase}`,
      measurements: { duration: performance.now() - started },
      metadata: { ...metadata, ...more },
    },
  ];
  try {
    const result = await work();
    later(ended('stop', {}));
    return result;
  } catch (error) {
    later(ended('exception', { code: isCairnloopError(error) ? error.code : 'UNEXPECTED', reason: errorText(error) }));
    throw error;
  }
}
