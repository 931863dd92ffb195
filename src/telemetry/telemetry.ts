import diagnosticsChannel from 'node:diagnostics_channel';
import type { Logger } from 'pino';
import { z } from 'zod';
import { CairnloopError, isCairnloopError } from '../errors.js';
import { parseInput } from '../input.js';
import { nearest } from '../nearest.js';
import { errorText } from '../redact.js';
import { type DomainEvent, type EventName, eventNames, type SpanName, spanNames, spanPhases } from './event-names.js';

export type Measurements = Record<string, number>;
export type EventMetadata = Record<string, unknown>;
export type TelemetryHandler = (event: EventName, measurements: Measurements, metadata: EventMetadata) => unknown;

/** What is published on each channel. */
export interface TelemetryMessage {
  event: EventName;
  measurements: Measurements;
  metadata: EventMetadata;
}

/** Observability only: nothing in Cairnloop reads these events, and with every handler removed nothing changes. */
export interface Telemetry {
  /**
   * Calls `handler` for the named events. A handler that throws or rejects is detached and logged. Handlers run after
   * the operation that they tell of has answered, so they cannot fail, delay or repeat it; `start` comes with the time
   * it was taken, `measurements.systemTime` (ms since 1970). Throws `TELEMETRY_ID_TAKEN`, `TELEMETRY_EVENT_UNKNOWN`,
   * `INPUT_INVALID`.
   */
  attach(id: string, events: EventName | readonly EventName[], handler: TelemetryHandler): void;
  /** Answers whether there was such a handler. */
  detach(id: string): boolean;
  /** Publishes `start`, runs `work`, publishes `stop` or `exception` with its `duration` in milliseconds. */
  span<T>(name: SpanName, metadata: EventMetadata, work: () => Promise<T>): Promise<T>;
  /** Publishes a domain event. Call it after the commit. */
  publish(event: DomainEvent, measurements: Measurements, metadata: EventMetadata): void;
  /** Publishes what still waits, then detaches every handler of this instance. */
  close(): void;
}

const eventsWords = 'the name of an event, or a list of names';

/** What TypeScript asks for anyway. The names themselves are judged one by one. */
const attachInput = z.object({
  id: z.string('a text').min(1, 'a text that is not empty'),
  events: z.union([z.string(), z.array(z.string()).min(1, eventsWords)], eventsWords),
  handler: z.custom((value) => typeof value === 'function', 'a function'),
});

type Subscriber = Parameters<typeof diagnosticsChannel.subscribe>[1];

export function createTelemetry(log: Logger): Telemetry {
  const attached = new Map<string, { events: readonly EventName[]; subscriber: Subscriber }>();

  function detach(id: string): boolean {
    const entry = attached.get(id);
    if (!entry) return false;
    attached.delete(id);
    for (const event of entry.events) diagnosticsChannel.unsubscribe(event, entry.subscriber);
    return true;
  }

  function attach(id: string, events: EventName | readonly EventName[], handler: TelemetryHandler): void {
    parseInput('telemetry.attach', attachInput, { id, events, handler });
    if (attached.has(id)) throw new CairnloopError('TELEMETRY_ID_TAKEN', { id });
    const names = typeof events === 'string' ? [events] : [...new Set(events)];
    for (const event of names) {
      if (eventNames.includes(event)) continue;
      const meant = nearest(event, eventNames);
      throw new CairnloopError('TELEMETRY_EVENT_UNKNOWN', { event, ...(meant && { nearest: meant }) });
    }
    const giveUp = (error: unknown) => {
      if (detach(id)) log.warn({ handler: id, reason: errorText(error) }, 'telemetry handler failed and was detached');
    };
    const subscriber = isolated(handler, giveUp);
    attached.set(id, { events: names, subscriber });
    for (const event of names) diagnosticsChannel.subscribe(event, subscriber);
  }

  return {
    attach,
    detach,
    span,
    publish: (event, measurements, metadata) => later([{ event: `cairnloop.${event}`, measurements, metadata }]),
    close() {
      publishWaiting();
      for (const id of attached.keys()) detach(id);
    },
  };
}

/** A throw inside a channel subscriber would end the process, and unsubscribing inside one skips its neighbour. */
function isolated(handler: TelemetryHandler, giveUp: (error: unknown) => void): Subscriber {
  return (message) => {
    const { event, measurements, metadata } = message as TelemetryMessage;
    try {
      Promise.resolve(handler(event, measurements, metadata)).catch(giveUp);
    } catch (error) {
      queueMicrotask(() => giveUp(error));
    }
  };
}

function span<T>(name: SpanName, metadata: EventMetadata, work: () => Promise<T>): Promise<T> {
  return isHeard(name) ? tellOf(name, metadata, work) : work();
}

async function tellOf<T>(name: SpanName, metadata: EventMetadata, work: () => Promise<T>): Promise<T> {
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

/** Kept, as looking a channel up by its name takes longer than many a callback. */
const spanChannels = new Map(
  spanNames.map((name) => [name, spanPhases.map((phase) => diagnosticsChannel.channel(`cairnloop.${name}.${phase}`))]),
);

function isHeard(name: SpanName): boolean {
  return spanChannels.get(name)?.some((channel) => channel.hasSubscribers) ?? false;
}

let waiting: TelemetryMessage[] = [];

/**
 * Publishes in order once the event loop is free. The whole span waits for its end: a handler that blocks on `start`
 * would otherwise stand in the way of the operation.
 */
function later(messages: TelemetryMessage[]): void {
  if (messages.every((message) => !diagnosticsChannel.hasSubscribers(message.event))) return;
  if (waiting.length === 0) setImmediate(publishWaiting);
  waiting.push(...messages);
}

function publishWaiting(): void {
  const messages = waiting;
  waiting = [];
  for (const message of messages) diagnosticsChannel.channel(message.event).publish(message);
}
