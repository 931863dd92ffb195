import type { Context, Span, SpanContext, SpanOptions, TracerProvider } from '@opentelemetry/api';
import { CairnloopError } from '../foundation/errors.js';
import { version } from '../foundation/package-version.js';
import { errorText } from '../foundation/redact.js';
import type { OpenTelemetryBridge } from './open-telemetry.js';
import {
  errorType,
  modelAnswerAttributes,
  modelSpan,
  operationSpan,
  processSpan,
  receiveSpan,
  type SpanAttributes,
  type SpanStart,
  sendSpan,
} from './semantic-conventions.js';
import { type Traces, tracesOfCallback } from './traces.js';

type Api = typeof import('@opentelemetry/api');

/** Loads `@opentelemetry/api` and makes the traces of one instance. Throws `OPENTELEMETRY_MISSING`. */
export async function createOpenTelemetryTraces({ options }: OpenTelemetryBridge): Promise<Traces> {
  const { context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } = await importApi();
  const provider = (options.tracerProvider as TracerProvider | undefined) ?? trace;
  const tracer = provider.getTracer('cairnloop', version);

  /** Undefined where the tracer throws: it must fail no operation. */
  const start = ({ name, attributes }: SpanStart, span: SpanOptions, parent: Context): Span | undefined =>
    attempt(() => tracer.startSpan(name, { ...span, attributes }, parent));

  function failed(span: Span, error: unknown): void {
    attempt(() => {
      span.setAttribute('error.type', errorType(error));
      // Without a message: it would be the host's own text.
      span.setStatus({ code: SpanStatusCode.ERROR });
    });
  }

  async function within<T>(span: Span | undefined, parent: Context, work: () => Promise<T>): Promise<T> {
    if (!span) return work();
    try {
      return await context.with(trace.setSpan(parent, span), work);
    } catch (error) {
      failed(span, error);
      throw error;
    } finally {
      attempt(() => span.end());
    }
  }

  const here = <T>(began: SpanStart, kind: number, work: () => Promise<T>): Promise<T> => {
    const parent = context.active();
    return within(start(began, { kind }, parent), parent, work);
  };

  const traces: Traces = {
    operation: (name, metadata, work) => here(operationSpan(name, metadata), SpanKind.INTERNAL, work),
    send: (topics, work) => here(sendSpan(topics), SpanKind.PRODUCER, work),
    traceparent: () => attempt(() => toTraceparent(trace.getSpanContext(context.active()))) ?? null,
    process(delivery, work) {
      const origin = fromTraceparent(delivery.traceparent);
      const parent = origin ? trace.setSpanContext(ROOT_CONTEXT, origin) : ROOT_CONTEXT;
      // The decision of the process that wrote the delivery holds: a trace is recorded as a whole or not at all.
      if (origin && origin.traceFlags === 0) return context.with(parent, work);
      const claimed = { kind: SpanKind.CLIENT, startTime: delivery.claimedAt };
      const receive = start(receiveSpan(delivery), claimed, parent);
      attempt(() => receive?.end());
      const span = start(processSpan(delivery), { kind: SpanKind.CONSUMER }, parent);
      const traced = delivery.topic === 'draft' ? () => tracesOfCallback.run(traces, work) : work;
      return within(span, parent, traced);
    },
    async model(call, work) {
      const parent = context.active();
      const span = start(modelSpan(call), { kind: SpanKind.CLIENT }, parent);
      const tell = (attributes: SpanAttributes) => attempt(() => span?.setAttributes(attributes));
      return within(span, parent, () => work((answer) => tell(modelAnswerAttributes(answer))));
    },
  };
  return traces;
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

const hexIds = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;

/** Null for a span that is not valid, such as that of an SDK that is not started. Pure. */
export function toTraceparent(span: SpanContext | undefined): string | null {
  if (!span) return null;
  const text = `00-${span.traceId}-${span.spanId}-${(span.traceFlags & 0xff).toString(16).padStart(2, '0')}`;
  return hexIds.test(text) ? text : null;
}

/** Undefined for anything else than a version 00 `traceparent`. Pure. */
export function fromTraceparent(text: string | null): SpanContext | undefined {
  const [, traceId, spanId, flags] = hexIds.exec(text ?? '') ?? [];
  if (!traceId || !spanId || !flags) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true };
}
