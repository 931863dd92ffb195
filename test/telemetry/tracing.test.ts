import assert from 'node:assert/strict';
import { context, type SpanContext, trace } from '@opentelemetry/api';
import { MockLanguageModelV3 } from 'ai/test';
import { aiDraftGenerator } from '../../src/ai/index.js';
import { openTelemetry } from '../../src/telemetry/open-telemetry.js';
import { formatTraceparent, parseTraceparent } from '../../src/telemetry/open-telemetry-traces.js';
import { spanErrorType } from '../../src/telemetry/semantic-conventions.js';
import { createTestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { type RecordedSpan, tracingHost, useRecordedSpans } from '../support/recorded-spans.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { migrated, operator, policies, type StartedHost, useHosts } from '../support/started-host.js';
import { startWorkerProcess } from '../support/worker-process.js';

/** Stand for secrets, and for what customers write; none may be in a span. */
const canary = 'canary-9f2c';

describe('tracing', () => {
  const { startHost } = useHosts();
  const { spans } = useRecordedSpans();
  const tracer = () => trace.getTracer('host');

  /** As the host's own HTTP instrumentation would: work inside of a span that is active. */
  const inRequest = <T>(work: () => Promise<T>): Promise<T> =>
    tracer().startActiveSpan('POST /resolve', async (span) => {
      try {
        return await work();
      } finally {
        span.end();
      }
    });

  const named = (all: readonly RecordedSpan[], name: string) => all.filter((span) => span.name === name);
  const traceparents = async ({ database }: StartedHost) =>
    (await database.query('SELECT topic, traceparent FROM cairnloop.deliveries ORDER BY id')).rows;

  it('makes one trace of the request, the commit, and each claim and callback in another process, over a retry', async () => {
    const database = await createTestDatabase(migrated);
    const worker = tracingHost(
      database.url,
      `{
        onConversationResolved(conversation, { attempt }) {
          if (attempt === 1) throw new TypeError('${canary}');
          trace.getTracer('host').startSpan('send mail').end();
        },
        onSlaBreach() {},
        onOutboundTriggered() {},
      }`,
    );
    const host = await startHost(
      { tracing: openTelemetry(), notifier: recordingNotifier().notifier },
      { worker: false, database },
    );
    const { id } = await host.cairnloop.conversations.open({});
    await inRequest(() =>
      host.cairnloop.conversations.resolve(id, { resolvedBy: { id: canary }, metadata: { canary } }),
    );
    const process = await startWorkerProcess(worker, [], { SECRET: canary });
    try {
      await eventually(() => assert.equal(named(worker.spans(), 'process conversation_resolved').length, 2));
    } finally {
      process.signal('SIGTERM');
      await process.ended;
    }
    const there = worker.spans();
    worker.remove();
    const here = spans().filter(({ traceId }) => traceId === named(spans(), 'POST /resolve')[0]?.traceId);
    const all = [...here, ...there];
    assert.deepEqual(new Set(all.map(({ traceId }) => traceId)).size, 1);
    assert.equal(new Set(all.map(({ pid }) => pid)).size, 2);
    const one = (name: string) => named(all, name)[0] as RecordedSpan;
    const [request, operation, send] = [
      one('POST /resolve'),
      one('cairnloop.conversation.resolve'),
      one('send conversation_resolved'),
    ];
    assert.equal(operation.parentId, request.spanId);
    assert.equal(send.parentId, operation.spanId);
    assert.equal(send.kind, 3);
    const [failed, succeeded] = named(there, 'process conversation_resolved') as [RecordedSpan, RecordedSpan];
    assert.deepEqual(
      [failed, succeeded].map(({ parentId, kind, status, attributes }) => [
        parentId,
        kind,
        status.code,
        attributes['cairnloop.delivery.attempt'],
        attributes['error.type'],
      ]),
      [
        [send.spanId, 4, 2, 1, 'TypeError'],
        [send.spanId, 4, 0, 2, undefined],
      ],
    );
    assert.equal(one('send mail').parentId, succeeded.spanId);
    for (const { events } of [failed, succeeded])
      assert.deepEqual(
        events.map(({ name }) => name),
        ['cairnloop.delivery.claimed'],
      );
    const { 'messaging.message.id': deliveryId, ...attributes } = succeeded.attributes;
    assert.match(String(deliveryId), /^[0-9a-f-]{36}$/);
    assert.deepEqual(attributes, {
      'messaging.system': 'cairnloop',
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.destination.name': 'conversation_resolved',
      'messaging.message.conversation_id': id,
      'cairnloop.delivery.attempt': 2,
      'code.function.name': 'notifier.onConversationResolved',
    });
    for (const secret of [canary, new URL(database.url).password]) assert.ok(!JSON.stringify(all).includes(secret));
  });

  it('keeps the traceparent of every operation that owes a delivery, and null without an active span', async () => {
    const terms = { priority: 'normal', responseMinutes: 5, breachMinutes: 10 };
    const { notifier } = recordingNotifier();
    const host = await startHost(
      {
        tracing: openTelemetry(),
        notifier: { ...notifier, onReply: () => {} },
        slaPolicyProvider: policies(terms),
        draftGenerator: { generate: () => ({ ok: true, value: null }) },
        automationPolicy: { decide: () => 'allow' },
      },
      { worker: false },
    );
    const { conversations, outbound, sla, drafts } = host.cairnloop;
    const { id } = await conversations.open({ message: canary });
    await conversations.receive(id, { content: canary });
    await sla.pause(id, { reason: canary, actor: operator });
    await sla.resume(id, { actor: operator });
    const [clock] = (await traceparents(host)).filter(({ topic }) => topic === 'sla_breach');
    await drafts.propose(id, { type: 'reply', content: canary });
    await conversations.reply(id, { content: canary, actor: operator });
    await outbound.trigger(id, { templateId: 't', content: canary, actor: operator });
    await outbound.bulkTrigger([id], { templateId: 't', content: canary, actor: operator });
    await conversations.resolve(id, { resolvedBy: operator });
    const rows = [clock, ...(await traceparents(host))];
    assert.deepEqual(rows.map(({ topic }) => topic).sort(), [
      'conversation_resolved',
      'draft',
      'outbound',
      'outbound',
      'reply',
      'reply',
      'sla_breach',
    ]);
    const written = new Map(spans().map((span) => [span.spanId, span]));
    for (const { topic, traceparent } of rows) {
      const sent = written.get(parseTraceparent(traceparent)?.spanId ?? '');
      assert.equal(sent?.attributes['messaging.operation.name'], 'send', topic);
    }
    assert.ok(!JSON.stringify(spans()).includes(canary));
  });

  it('records nothing and keeps no traceparent without tracing in the config', async () => {
    const host = await startHost({ notifier: recordingNotifier().notifier }, { worker: false });
    const { id } = await host.cairnloop.conversations.open({});
    await inRequest(() => host.cairnloop.conversations.resolve(id, { resolvedBy: operator }));
    assert.deepEqual(await traceparents(host), [{ topic: 'conversation_resolved', traceparent: null }]);
    assert.deepEqual(
      spans().map(({ name }) => name),
      ['POST /resolve'],
    );
  });

  const throws = (): never => {
    throw new Error('broken');
  };
  const brokenTracers = {
    'the tracer throws': { startSpan: throws },
    'every method of its spans throws': { startSpan: () => new Proxy({}, { get: () => throws }) },
    'its spans have no methods': { startSpan: () => ({}) },
  };
  for (const [condition, tracer] of Object.entries(brokenTracers))
    it(`calls the host once even if ${condition}`, async () => {
      const recorded = recordingNotifier();
      const tracing = openTelemetry({ tracerProvider: { getTracer: () => tracer } });
      const host = await startHost({ tracing, notifier: recorded.notifier });
      const { id } = await host.cairnloop.conversations.open({});
      await host.cairnloop.conversations.resolve(id, { resolvedBy: operator });
      await eventually(async () => assert.equal((await host.deliveries('conversation_resolved'))[0]?.state, 'done'));
      assert.equal(recorded.calls.length, 1);
    });

  it('records a model call by the GenAI conventions, as part of the trace of the customer message', async () => {
    const model = new MockLanguageModelV3({
      provider: 'mock-provider',
      modelId: 'mock-model',
      doGenerate: {
        content: [
          {
            type: 'text',
            text: JSON.stringify({ type: 'reply', content: canary, riskTier: 'low', summary: canary, evidence: [] }),
          },
        ],
        finishReason: { unified: 'stop', raw: undefined },
        usage: {
          inputTokens: { total: 100, noCache: 60, cacheRead: 40, cacheWrite: undefined },
          outputTokens: { total: 20, text: 15, reasoning: 5 },
        },
        response: { modelId: 'mock-1' },
        warnings: [],
      },
    });
    const host = await startHost({
      tracing: openTelemetry(),
      draftGenerator: aiDraftGenerator({ model, instructions: canary }),
      drafts: { debounceMs: 0 },
    });
    const { id } = await inRequest(() => host.cairnloop.conversations.open({ message: canary }));
    await eventually(() => assert.equal(named(spans(), 'chat mock-model').length, 1));
    await eventually(() => assert.equal(named(spans(), 'process draft').length, 1));
    const [chat] = named(spans(), 'chat mock-model') as [RecordedSpan];
    assert.equal(chat.traceId, named(spans(), 'POST /resolve')[0]?.traceId);
    assert.equal(chat.parentId, named(spans(), 'process draft')[0]?.spanId);
    assert.deepEqual(chat.attributes, {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'mock-provider',
      'gen_ai.request.model': 'mock-model',
      'gen_ai.request.max_tokens': 2000,
      'gen_ai.output.type': 'json',
      'gen_ai.conversation.id': id,
      'gen_ai.response.model': 'mock-1',
      'gen_ai.usage.input_tokens': 100,
      'gen_ai.usage.output_tokens': 20,
    });
    assert.ok(!JSON.stringify(spans()).includes(canary));
  });

  it('ends the span of a failed operation with the code of its error', async () => {
    const host = await startHost({ tracing: openTelemetry() }, { worker: false });
    const missing = '018f0000-0000-7000-8000-000000000000';
    await assert.rejects(host.cairnloop.conversations.resolve(missing, { resolvedBy: operator }));
    await assert.rejects(host.cairnloop.conversations.resolve(canary, { resolvedBy: operator }));
    const failed = named(spans(), 'cairnloop.conversation.resolve');
    assert.deepEqual(
      failed.map(({ status, attributes }) => [status, attributes['error.type']]),
      [
        [{ code: 2 }, 'CONVERSATION_NOT_FOUND'],
        [{ code: 2 }, 'CONVERSATION_NOT_FOUND'],
      ],
    );
    assert.ok(!JSON.stringify(spans()).includes(canary));
  });

  it('refuses a traceparent column of another length', async () => {
    const host = await startHost({ notifier: recordingNotifier().notifier }, { worker: false });
    const { id } = await host.cairnloop.conversations.open({});
    await host.cairnloop.conversations.resolve(id, { resolvedBy: operator });
    await assert.rejects(host.database.query(`UPDATE cairnloop.deliveries SET traceparent = '${canary}'`));
  });

  it('reads a valid traceparent, and starts a new trace for any other', () => {
    const text = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    assert.equal(formatTraceparent(parseTraceparent(text)), text);
    const refused = [
      null,
      '',
      text.toUpperCase(),
      `${text}-x`,
      text.replace('00-', 'ff-'),
      `00-${'0'.repeat(32)}-${'b'.repeat(16)}-01`,
    ];
    assert.deepEqual(
      refused.map(parseTraceparent),
      refused.map(() => undefined),
    );
    assert.equal(formatTraceparent({ traceId: '0', spanId: '0', traceFlags: 0 } as SpanContext), null);
    assert.equal(formatTraceparent(trace.getSpanContext(context.active())), null);
  });

  it('names an error by its code or a well-known class, never by a name that a host chose', () => {
    const madeUp = Object.assign(new Error('x'), { name: canary, code: canary });
    assert.deepEqual(
      [new TypeError(canary), madeUp, canary, null, Object.assign(new Error(), { code: 'ECONNREFUSED' })].map(
        spanErrorType,
      ),
      ['TypeError', '_OTHER', '_OTHER', '_OTHER', 'ECONNREFUSED'],
    );
  });

  it('refuses invalid options, and a config value that openTelemetry() did not return', async () => {
    assert.throws(() => openTelemetry({ tracer: 1 } as never), { code: 'INPUT_INVALID' });
    assert.throws(() => openTelemetry({ tracerProvider: {} }), { code: 'INPUT_INVALID' });
    await assert.rejects(
      startHost({ tracing: openTelemetry as never }),
      /tracing: expected what openTelemetry\(\) returns/,
    );
  });
});
