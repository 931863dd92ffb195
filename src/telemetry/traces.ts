import { AsyncLocalStorage } from 'node:async_hooks';
import type { DeliveryTopic } from '../contracts/domain.js';
import type { Awaitable } from '../contracts/result.js';
import type { SpanName } from './event-names.js';
import type { ModelAnswer, ModelCall, TracedDelivery } from './semantic-conventions.js';
import type { EventMetadata, Telemetry } from './telemetry.js';

/**
 * Spans of one trace from the host's request to its callback, across processes and retries. What a tracer does or throws
 * never changes what `work` returns or throws.
 */
export interface Traces {
  /** Runs an operation of the API in a span of its own. */
  operation<T>(name: SpanName, metadata: EventMetadata, work: () => Promise<T>): Promise<T>;
  /** Runs the statement or transaction that writes deliveries of these topics, up to its commit. */
  send<T>(topics: readonly DeliveryTopic[], work: () => Promise<T>): Promise<T>;
  /** The active span, as the row of a delivery keeps it (W3C `traceparent`, 55 characters); null where there is none. */
  traceparent(): string | null;
  /** Calls the host, as part of the trace in which the delivery was written. */
  process<T>(delivery: TracedDelivery, work: () => Awaitable<T>): Awaitable<T>;
  /** Calls a language model; `answered` takes its response's attributes. */
  model<T>(call: ModelCall, work: (answered: (answer: ModelAnswer) => void) => Promise<T>): Promise<T>;
}

/** The traces of an instance without `tracing`: they do nothing. */
export const noTraces: Traces = {
  operation: (_name, _metadata, work) => work(),
  send: (_topics, work) => work(),
  traceparent: () => null,
  process: (_delivery, work) => work(),
  model: (_call, work) => work(() => {}),
};

/** Traces of the worker whose callback runs now, for generators, which are handed no runtime. */
export const tracesOfCallback = new AsyncLocalStorage<Traces>();

/** Telemetry whose operations run in spans; deliveries have spans of their own. */
export function withOperationSpans(telemetry: Telemetry, traces: Traces): Telemetry {
  const spanning = (spans: Pick<Telemetry, 'span'>): Pick<Telemetry, 'span'> => ({
    span: (name, metadata, work) =>
      spans.span(
        name,
        metadata,
        name === 'delivery.attempt' ? work : () => traces.operation(name, metadata, async () => work()),
      ),
  });
  return {
    ...telemetry,
    ...spanning(telemetry),
    holding: (hold) => {
      const held = telemetry.holding(hold);
      return { ...held, ...spanning(held) };
    },
  };
}
