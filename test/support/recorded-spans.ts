import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { context, trace } from '@opentelemetry/api';
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node';
import { type TempHost, tempHost } from './temp-host.js';

/** What a test looks at in a span, of this process or another. */
export interface RecordedSpan {
  name: string;
  /** 0 internal, 1 server, 2 client, 3 producer, 4 consumer. */
  kind: number;
  traceId: string;
  spanId: string;
  parentId: string | undefined;
  /** 0 unset, 1 ok, 2 error. */
  status: { code: number; message?: string | undefined };
  attributes: Record<string, unknown>;
  events: { name: string }[];
  pid: number;
}

/** To be called in a `describe`: the SDK records in memory while its tests run. */
export function useRecordedSpans(): { spans(): RecordedSpan[] } {
  const exporter = new InMemorySpanExporter();
  let provider: NodeTracerProvider;
  before(() => {
    provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
    provider.register();
  });
  afterEach(() => exporter.reset());
  after(async () => {
    await provider.shutdown();
    trace.disable();
    context.disable();
  });
  return { spans: () => exporter.getFinishedSpans().map(recordedSpan) };
}

function recordedSpan(span: ReadableSpan): RecordedSpan {
  const { traceId, spanId } = span.spanContext();
  const { name, kind, status, attributes, events } = span;
  return {
    name,
    kind,
    traceId,
    spanId,
    parentId: span.parentSpanContext?.spanId,
    status,
    attributes,
    events,
    pid: process.pid,
  };
}

export interface TracingHost extends TempHost {
  spans(): RecordedSpan[];
}

/** A host whose worker records spans with the SDK and writes each to a file; `notifier` is the source of its object. */
export function tracingHost(databaseUrl: string, notifier: string): TracingHost {
  const host = tempHost(
    {
      'package.json': { type: 'module' },
      'cairnloop.config.mjs': `
        import { appendFileSync } from 'node:fs';
        import { trace } from '@opentelemetry/api';
        import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
        import { defineConfig, openTelemetry, prometheus } from 'cairnloop';

        class FileExporter extends InMemorySpanExporter {
          export(spans, done) {
            for (const span of spans) {
              const { traceId, spanId } = span.spanContext();
              const { name, kind, status, attributes, events } = span;
              const line = { name, kind, traceId, spanId, parentId: span.parentSpanContext?.spanId, status, attributes, events, pid: process.pid };
              appendFileSync(new URL('spans.jsonl', import.meta.url), JSON.stringify(line) + '\\n');
            }
            super.export(spans, done);
          }
        }
        new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(new FileExporter())] }).register();
        export default defineConfig({
          database: { url: ${JSON.stringify(databaseUrl)} },
          ops: { host: '127.0.0.1', port: 0 },
          metrics: prometheus(),
          tracing: openTelemetry(),
          notifier: ${notifier},
        });
      `,
    },
    ['@opentelemetry/api', '@opentelemetry/sdk-trace-node'],
  );
  const file = join(host.folder, 'spans.jsonl');
  return {
    ...host,
    spans: () =>
      existsSync(file)
        ? readFileSync(file, 'utf8')
            .split('\n')
            .filter(Boolean)
            .map((line) => JSON.parse(line))
        : [],
  };
}
