import { AsyncLocalStorage } from 'node:async_hooks';
import type { DeliveryTopic } from '../contracts/domain.js';
import type { Awaitable } from '../contracts/result.js';
import type { SpanName } from './event-names.js';
import type { ModelResponse, TracedDelivery, TracedModelCall } from './semantic-conventions.js';
import type { EventMetadata, Telemetry } from './telemetry.js';

/**
 * Traces that lead from the host's request to its callback, across processes and retries. A failing tracer never
 * changes what `work` returns or throws.
 */
export interface Traces {
  /** Runs an operation of the API in a span of its own. */
  operation<T>(name: SpanName, metadata: EventMetadata, work: () => Promise<T>): Promise<T>;
  /** Runs, in a span, the statement or transaction that writes deliveries of the given topics, until its commit. */
  send<T>(topics: readonly DeliveryTopic[], work: () => Promise<T>): Promise<T>;
  /**
   * The active span as W3C `traceparent` (55 characters), which the row of a delivery stores; null where there is none.
   */
  traceparent(): string | null;
  /** Calls a host module in a span of the trace in which the delivery was written. */
  process<T>(delivery: TracedDelivery, work: () => Awaitable<T>): Awaitable<T>;
  /** Calls a language model in a span; `answered` adds the attributes of its response. */
  model<T>(call: TracedModelCall, work: (answered: (answer: ModelResponse) => void) => Promise<T>): Promise<T>;
}

/** The traces of an instance whose config has no `tracing`: they create no span. */
export const noTraces: Traces = {
  operation: (_name, _metadata, work) => work(),
  send: (_topics, work) => work(),
  traceparent: () => null,
  process: (_delivery, work) => work(),
  model: (_call, work) => work(() => {}),
};

/** The traces of the worker whose callback is running. DraftGenerators find them here, because they get no runtime. */
export const tracesOfCallback = new AsyncLocalStorage<Traces>();

/** Wraps telemetry so that every operation also runs in a trace span. Delivery attempts have spans of their own. */
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
