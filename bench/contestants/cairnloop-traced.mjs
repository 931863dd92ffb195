import { pino } from 'pino';
import { createCairnloop, openTelemetry } from '../../dist/index.js';
import { createOpenTelemetryTraces } from '../../dist/telemetry/open-telemetry-traces.js';
import { callbackSpanAttributes } from '../../dist/telemetry/semantic-conventions.js';
import { countCalls } from '../support/count.mjs';
import { withClient } from '../support/postgres.mjs';
import { alternate, median } from '../support/stats.mjs';
import { notifierThat } from './cairnloop.mjs';

/**
 * Owes one `onConversationResolved` for each of the first `jobs` conversations, as `cairnloop.mjs` does. A share `sampled` of
 * them was written in a trace that is recorded, the others in one that is not; null: none was traced.
 */
export async function prepare(url, { jobs, sampled }) {
  await withClient(url, async (client) => {
    await client.query(insertDeliveries, [jobs, sampled]);
    await client.query('VACUUM ANALYZE cairnloop.deliveries');
  });
}

/**
 * Drains them with one worker. `spansBy`: who makes a span of each delivery, if anybody: `cairnloop` by its `tracing`, or
 * the `host` by hand in its notifier. Returns the seconds it took, and of CPU in this process.
 */
export async function work(url, { jobs, spansBy, callbackMs = 0 }) {
  const provider = spansBy ? await startSdk() : undefined;
  const tracing = spansBy === 'cairnloop' ? { tracing: openTelemetry({ tracerProvider: provider }) } : {};
  let onCall;
  const silent = notifierThat(() => onCall(), callbackMs);
  const notifier = spansBy === 'host' ? await spanningByHand(silent, provider) : silent;
  const cairnloop = await createCairnloop(
    { database: { url }, notifier, ...tracing },
    { logger: pino({ level: 'silent' }) },
  );
  const count = countCalls(jobs);
  onCall = count.call;
  const before = process.cpuUsage();
  await cairnloop.worker.start();
  const seconds = await count.all;
  const { user, system } = process.cpuUsage(before);
  await cairnloop.close();
  return { seconds, cpuSeconds: (user + system) / 1e6 };
}

/** CPU of one span in microseconds, in a loop: of the SDK alone, and of all that `tracing` does for a delivery. */
export async function spans(_url, { count }) {
  const provider = await startSdk();
  const byHand = await handMadeSpans(provider);
  const { process: traced } = await createOpenTelemetryTraces(openTelemetry({ tracerProvider: provider }));
  const nothing = () => {};
  const makers = {
    sdk: (n) => byHand(deliveryOf(n), nothing),
    recorded: (n) => traced(deliveryOf(n), nothing),
    unrecorded: (n) => traced({ ...deliveryOf(n), traceparent: unsampled }, nothing),
    none: (n) => deliveryOf(n) && nothing(),
  };
  const found = await alternate(Object.keys(makers), 20, (name) => cpuOfOne(makers[name], count));
  return Object.fromEntries([...found].map(([name, all]) => [name, median(all)]));
}

async function cpuOfOne(make, count) {
  const before = process.cpuUsage();
  for (let n = 0; n < count; n += 1) {
    make(n);
    // The batch processor exports between two turns of the event loop.
    if (n % 500 === 0) await new Promise(setImmediate);
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}

const sampled = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
const unsampled = sampled.replace(/1$/, '0');

const deliveryOf = (n) => ({
  id: `018f0000-0000-7000-8000-${String(n).padStart(12, '0')}`,
  conversationId: '018f0000-0000-7000-8000-000000000000',
  topic: 'conversation_resolved',
  method: 'notifier.onConversationResolved',
  attempt: 1,
  traceparent: sampled,
  claimedAt: performance.now(),
});

/** A notifier as a host without Cairnloop's `tracing` may write it: a span with the same attributes around its own work. */
async function spanningByHand(notifier, provider) {
  const byHand = await handMadeSpans(provider);
  return {
    ...notifier,
    onConversationResolved: ({ id: conversationId }, { deliveryId: id, attempt }) =>
      byHand({ ...deliveryOf(0), id, conversationId, attempt }, () => notifier.onConversationResolved()),
  };
}

async function handMadeSpans(provider) {
  const { ROOT_CONTEXT, SpanKind, trace } = await import('@opentelemetry/api');
  const tracer = provider.getTracer('host');
  const remote = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1, isRemote: true };
  return (delivery, callHost) => {
    const parent = trace.setSpanContext(ROOT_CONTEXT, remote);
    const options = { kind: SpanKind.CONSUMER, attributes: callbackSpanAttributes(delivery) };
    return tracer.startActiveSpan('process conversation_resolved', options, parent, (span) => {
      const returned = callHost();
      if (returned instanceof Promise) return returned.finally(() => span.end());
      span.end();
      return returned;
    });
  };
}

/** As a host has it in production, with an exporter that sends nothing: what it sends is the host's own choice. */
async function startSdk() {
  const { BatchSpanProcessor, NodeTracerProvider } = await import('@opentelemetry/sdk-trace-node');
  const exporter = {
    export: (_spans, done) => done({ code: 0 }),
    shutdown: async () => {},
    forceFlush: async () => {},
  };
  const provider = new NodeTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] });
  provider.register();
  return provider;
}

const insertDeliveries = `
  INSERT INTO cairnloop.deliveries (topic, conversation_id, dedupe_key, payload, available_at, created_at, traceparent)
  SELECT 'conversation_resolved', id, id || '/1',
    jsonb_build_object('actor', jsonb_build_object('id', 'operator-1'), 'metadata', '{}'::jsonb, 'resolvedAt', now()),
    now() - make_interval(secs => row_number() OVER (ORDER BY id DESC) / 1000.0), now(),
    CASE WHEN $2::float8 IS NOT NULL THEN '00-' || md5(id::text) || '-' || left(md5('span of ' || id), 16)
      || CASE WHEN row_number() OVER (ORDER BY md5(id::text)) <= $2::float8 * $1::int THEN '-01' ELSE '-00' END END
  FROM (SELECT id FROM cairnloop.conversations ORDER BY id LIMIT $1::int) c`;
