import type { Context, Span, SpanContext, SpanOptions, TracerProvider } from '@opentelemetry/api';
import type { Awaitable } from '../contracts/result.js';
import { CairnloopError } from '../foundation/errors.js';
import { packageVersion } from '../foundation/package-version.js';
import { errorText } from '../foundation/redact.js';
import type { OpenTelemetryBridge } from './open-telemetry.js';
import {
  callbackSpanAttributes,
  callbackSpanNames,
  deliveryClaimedEvent,
  modelResponseAttributes,
  modelSpan,
  operationSpan,
  oweDeliveriesSpan,
  type SpanAttributes,
  type SpanStart,
  spanErrorType,
} from './semantic-conventions.js';
import { type Traces, tracesOfCallback } from './traces.js';

type Api = typeof import('@opentelemetry/api');

/** Loads `@opentelemetry/api` and makes the traces of one instance. Throws `OPENTELEMETRY_MISSING`. */
export async function createOpenTelemetryTraces({ options }: OpenTelemetryBridge): Promise<Traces> {
  const api = await importApi();
  const { context, ROOT_CONTEXT, SpanKind, trace } = api;
  const provider = (options.tracerProvider as TracerProvider | undefined) ?? trace;
  const tracer = provider.getTracer('cairnloop', packageVersion);

  /** Starts a span; undefined where the tracer throws, because tracing must fail no operation. */
  const start = (name: string, options: SpanOptions, parent: Context): Span | undefined =>
    attempt(() => tracer.startSpan(name, options, parent));

  async function within<T>(span: Span | undefined, parent: Context, work: () => Promise<T>): Promise<T> {
    return span ? called(api, span, trace.setSpan(parent, span), work) : work();
  }

  const here = <T>({ name, attributes }: SpanStart, kind: number, work: () => Promise<T>): Promise<T> => {
    const parent = context.active();
    return within(start(name, { kind, attributes }, parent), parent, work);
  };

  const traces: Traces = {
    operation: (name, metadata, work) => here(operationSpan(name, metadata), SpanKind.INTERNAL, work),
    send: (topics, work) => here(oweDeliveriesSpan(topics), SpanKind.PRODUCER, work),
    traceparent: () => attempt(() => formatTraceparent(trace.getSpanContext(context.active()))) ?? null,
    process(delivery, work) {
      const origin = parseTraceparent(delivery.traceparent);
      const parent = origin ? trace.setSpanContext(ROOT_CONTEXT, origin) : ROOT_CONTEXT;
      // Keep the sampling decision of the process that wrote the delivery, so that a trace is recorded completely or
      // not at all.
      if (origin && origin.traceFlags === 0) return context.with(parent, work);
      const { topic, claimedAt } = delivery;
      const processing = { kind: SpanKind.CONSUMER, attributes: callbackSpanAttributes(delivery) };
      const span = start(callbackSpanNames[topic], processing, parent);
      // The claim is an event of this span: a span of its own would double the cost at thousands of callbacks a second.
      attempt(() => span?.isRecording() && span.addEvent(deliveryClaimedEvent, undefined, claimedAt));
      const traced = topic === 'draft' ? () => tracesOfCallback.run(traces, work) : work;
      return span ? called(api, span, trace.setSpan(parent, span), traced) : traced();
    },
    async model(call, work) {
      const parent = context.active();
      const { name, attributes } = modelSpan(call);
      const span = start(name, { kind: SpanKind.CLIENT, attributes }, parent);
      const tell = (attributes: SpanAttributes) => attempt(() => span?.setAttributes(attributes));
      return within(span, parent, () => work((answer) => tell(modelResponseAttributes(answer))));
    },
  };
  return traces;
}

/**
 * Runs `work` and ends the span when it ends. A synchronous result is returned synchronously: a promise costs more than
 * a short callback.
 */
function called<T>(api: Api, span: Span, active: Context, work: () => Awaitable<T>): Awaitable<T> {
  try {
    const returned = api.context.with(active, work);
    if (returned instanceof Promise)
      return returned.then(
        (value) => ended(span, value),
        (error) => failed(api, span, error),
      );
    return ended(span, returned);
  } catch (error) {
    return failed(api, span, error);
  }
}

function ended<T>(span: Span, value: T): T {
  attempt(() => span.end());
  return value;
}

function failed(api: Api, span: Span, error: unknown): never {
  markFailed(api, span, error);
  attempt(() => span.end());
  throw error;
}

function markFailed({ SpanStatusCode }: Api, span: Span, error: unknown): void {
  attempt(() => {
    span.setAttribute('error.type', spanErrorType(error));
    // Set no message on the span: the error's message may be text of the host's.
    span.setStatus({ code: SpanStatusCode.ERROR });
  });
}

async function importApi(): Promise<Api> {
  try {
    return await import('@opentelemetry/api');
  } catch (error) {
    if (!errorText(error).includes("Cannot find package '@opentelemetry/api'")) throw error;
    throw new CairnloopError('OPENTELEMETRY_MISSING', {}, { cause: error });
  }
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

const hexIds = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** Writes a span's ids as `traceparent`; null if they are invalid, as without a started SDK. Pure. */
export function formatTraceparent(span: SpanContext | undefined): string | null {
  if (!span) return null;
  const text = `00-${span.traceId}-${span.spanId}-${(span.traceFlags & 0xff).toString(16).padStart(2, '0')}`;
  return hexIds.test(text) ? text : null;
}

/**
 * Reads a `traceparent` of version 00; undefined for any other text. Slices it, because regex captures take twice as
 * long. Pure.
 */
export function parseTraceparent(text: string | null): SpanContext | undefined {
  if (text === null || !hexIds.test(text)) return undefined;
  const traceFlags = Number.parseInt(text.slice(53), 16) & 1;
  return { traceId: text.slice(3, 35), spanId: text.slice(36, 52), traceFlags, isRemote: true };
}
