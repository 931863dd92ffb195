import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Counter, Gauge, Registry } from 'prom-client';
import { err, ok } from '../../src/contracts/result.js';
import { prometheus } from '../../src/ops/prometheus.js';
import { minute, terms } from '../support/error-causes.js';
import { eventually } from '../support/eventually.js';
import { parseExposition } from '../support/exposition.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { operator, policies, type StartedHost, type StartOptions, useHosts } from '../support/started-host.js';

/** As the public surface has them: each with its type and labels. */
const promised = {
  cairnloop_conversation_resolve_duration_seconds: ['histogram', []],
  cairnloop_conversations_resolved_total: ['counter', []],
  cairnloop_conversations_removed_total: ['counter', []],
  cairnloop_customers_erased_total: ['counter', []],
  cairnloop_deliveries_total: ['counter', ['outcome', 'topic']],
  cairnloop_delivery_attempt_duration_seconds: ['histogram', ['topic']],
  cairnloop_delivery_lag_seconds: ['histogram', ['topic']],
  cairnloop_deliveries_pending: ['gauge', ['topic']],
  cairnloop_deliveries_discarded: ['gauge', ['topic']],
  cairnloop_deliveries_oldest_due_seconds: ['gauge', ['topic']],
  cairnloop_workers: ['gauge', []],
  cairnloop_ready: ['gauge', ['check']],
  cairnloop_settlements_waiting: ['gauge', []],
  cairnloop_settlements_oldest_waiting_seconds: ['gauge', []],
  cairnloop_audit_oldest_unsealed_seconds: ['gauge', []],
  cairnloop_audit_anchor_age_seconds: ['gauge', []],
  cairnloop_sla_breaches_total: ['counter', ['priority']],
  cairnloop_sla_breach_lateness_seconds: ['histogram', []],
  cairnloop_drafts_total: ['counter', ['decision']],
  cairnloop_outbound_messages_total: ['counter', ['outcome']],
  cairnloop_context_requests_total: ['counter', ['state']],
  cairnloop_host_module_failures_total: ['counter', ['module']],
  cairnloop_portal_requests_total: ['counter', ['outcome', 'route']],
};

describe('/metrics', () => {
  const { startHost } = useHosts();
  const scrape = ({ cairnloop }: StartedHost) => cairnloop.operations().fetch(new Request('http://localhost/metrics'));

  it('OP2 responds with 501 with the line to add until metrics are configured', async () => {
    const response = await scrape(await startHost({}, { worker: false }));
    assert.equal(response.status, 501);
    assert.match(response.headers.get('content-type') ?? '', /^text\/plain/);
    assert.match(await response.text(), /metrics: prometheus\(\)/);
  });

  it('OP2 a collector that throws or hangs fails that scrape, and not /health', async () => {
    for (const collect of [
      () => {
        throw new Error('broken');
      },
      () => new Promise<void>(() => {}),
    ]) {
      const registry = new Registry();
      new Gauge({ name: 'host_orders', help: 'Of the host.', registers: [registry], collect });
      const host = await startHost({ metrics: prometheus({ registry }) }, { worker: false });
      const scraped = scrape(host);
      const health = await host.cairnloop.operations().fetch(new Request('http://localhost/health'));
      assert.equal(health.status, 200);
      const response = await scraped;
      assert.equal(response.status, 503);
      assert.match(await response.text(), /next scrape tries again/);
    }
  });

  it('OP2 serves the host’s own metrics beside ours, also to a second instance in the process', async () => {
    const registry = new Registry();
    new Gauge({ name: 'host_orders', help: 'Of the host.', registers: [registry] }).set(7);
    const hosts = [];
    for (let n = 0; n < 2; n += 1)
      hosts.push(await startHost({ metrics: prometheus({ registry }) }, { worker: false }));
    for (const host of hosts) {
      const families = parseExposition(await (await scrape(host)).text());
      assert.equal(families.get('host_orders')?.samples[0]?.value, 7);
      assert.ok(families.has('cairnloop_deliveries_total'));
    }
  });

  describe('in a registry shared with the host', () => {
    const withMetrics = (registry: Registry, options: StartOptions = {}) =>
      startHost(
        { metrics: prometheus({ registry }), notifier: recordingNotifier().notifier },
        { worker: false, ...options },
      );
    const resolveOne = async ({ cairnloop }: StartedHost) => {
      const { id } = await cairnloop.conversations.open({});
      await cairnloop.conversations.resolve(id, { resolvedBy: operator });
    };
    const sampleOf = (text: string, name: string, labels: Record<string, string> = {}) =>
      parseExposition(text)
        .get(name)
        ?.samples.find((sample) => Object.entries(labels).every(([key, value]) => sample.labels[key] === value))?.value;

    it('OP4 two instances add up their counts, and count no row twice', async () => {
      const registry = new Registry();
      const one = await withMetrics(registry);
      const sameSchema = await withMetrics(registry, { database: one.database });
      const other = await withMetrics(registry);
      for (const host of [one, sameSchema, other]) await resolveOne(host);
      const text = await (await scrape(one)).text();
      assert.equal(await registry.metrics(), text);
      assert.equal(sampleOf(text, 'cairnloop_conversations_resolved_total'), 3);
      assert.equal(sampleOf(text, 'cairnloop_deliveries_pending', { topic: 'conversation_resolved' }), 3);
      await other.cairnloop.close();
      const left = await (await scrape(one)).text();
      assert.equal(sampleOf(left, 'cairnloop_conversations_resolved_total'), 3);
      assert.equal(sampleOf(left, 'cairnloop_deliveries_pending', { topic: 'conversation_resolved' }), 2);
    });

    it('OP4 one reporter in two configs counts for each of them', async () => {
      const metrics = prometheus();
      const hosts = [await startHost({ metrics }, { worker: false }), await startHost({ metrics }, { worker: false })];
      await resolveOne(hosts[0] as StartedHost);
      const counts = await Promise.all(
        hosts.map(async (host) =>
          sampleOf(await (await scrape(host)).text(), 'cairnloop_conversations_resolved_total'),
        ),
      );
      assert.deepEqual(counts, [1, 0]);
    });

    it('OP4 refuses to start if a metric of the host has the same name, and leaves that alone', async () => {
      const registry = new Registry();
      const own = new Counter({ name: 'cairnloop_deliveries_total', help: 'Of the host.', registers: [registry] });
      await assert.rejects(withMetrics(registry), {
        code: 'METRIC_NAME_TAKEN',
        message: /already has a metric "cairnloop_deliveries_total"/,
      });
      assert.deepEqual(registry.getMetricsAsArray(), [own as never]);
    });

    for (const type of [Registry.PROMETHEUS_CONTENT_TYPE, Registry.OPENMETRICS_CONTENT_TYPE]) {
      it(`OP4 keeps its counts when the host clears its registry (${type.split(';')[0]})`, async () => {
        const registry = new Registry();
        registry.setContentType(type as never);
        const host = await withMetrics(registry);
        await resolveOne(host);
        await scrape(host);
        registry.clear();
        assert.match(await (await scrape(host)).text(), /^cairnloop_conversations_resolved_total 1$/m);
        registry.clear();
        await resolveOne(host);
        assert.match(await registry.metrics(), /^cairnloop_conversations_resolved_total 2$/m);
      });
    }

    it('OP4 a single metric that the host removes stays removed', async () => {
      const registry = new Registry();
      const host = await withMetrics(registry);
      registry.removeSingleMetric('cairnloop_drafts_total');
      const text = await (await scrape(host)).text();
      assert.doesNotMatch(text, /cairnloop_drafts_total/);
      assert.match(text, /cairnloop_deliveries_total/);
    });

    it('OP4 works in a registry of another copy of prom-client', async () => {
      const copy = mkdtempSync(path.join(tmpdir(), 'cairnloop-prom-'));
      try {
        for (const name of ['prom-client', 'tdigest', 'bintrees', '@opentelemetry/api'])
          cpSync(path.join('node_modules', name), path.join(copy, 'node_modules', name), { recursive: true });
        const other = createRequire(path.join(copy, 'x.js'))('prom-client') as typeof import('prom-client');
        assert.notEqual(other.Registry, Registry);
        const registry = new other.Registry();
        const host = await withMetrics(registry as never);
        await resolveOne(host);
        const text = await (await scrape(host)).text();
        assert.equal(sampleOf(text, 'cairnloop_conversations_resolved_total'), 1);
        assert.equal(await registry.metrics(), text);
      } finally {
        rmSync(copy, { recursive: true });
      }
    });

    it('OP4 refuses a registry that would not print its metrics', async () => {
      const registry = Object.assign(new Registry(), { getSingleMetricAsString: async () => '' });
      await assert.rejects(withMetrics(registry), { code: 'METRICS_REGISTRY_UNUSABLE' });
      const wrong = [{ registry: {} }, { registry: null }, { registy: registry }, null, 5];
      for (const options of wrong) {
        assert.throws(() => prometheus(options as never), { code: 'INPUT_INVALID', message: /prometheus/ });
      }
    });
  });

  it('OP4 the exposition parses and has every documented metric with its values', async () => {
    const { notifier } = recordingNotifier(({ conversation, metadata }) => {
      if (conversation.subject === 'hopeless') return err('no mailbox');
      return metadata.attempt === 1 && conversation.subject === 'flaky' ? err('busy') : ok(null);
    });
    const odd = { ...terms, priority: 'x"\n\\' };
    const host = await startHost({
      notifier,
      worker: { maxAttempts: 2 },
      slaPolicyProvider: policies(terms, odd),
      contextProvider: { getContext: () => ok({ Plan: { tier: 'gold' } }) },
      metrics: prometheus(),
    });
    const { conversations, context, drafts, outbound } = host.cairnloop;
    const messages = await Promise.all(
      ['normal', odd.priority].map((priority) => conversations.open({ priority, message: 'Hello?' })),
    );
    await host.advance(terms.breachMinutes * minute);
    await allSettled(host, 2);
    await host.stopClock();
    const [first] = messages;
    await drafts.propose(first?.id ?? '', { type: 'reply', content: 'Hi' });
    await context.get('ada');
    await conversations.resolve(first?.id ?? '', { resolvedBy: operator });
    for (const subject of ['fine', 'flaky', 'hopeless']) {
      const { id } = await conversations.open({ subject });
      await outbound.trigger(id, { templateId: 't', content: 'c', actor: operator });
    }
    await eventually(async () => {
      const outgoing = await host.deliveries('outbound');
      assert.ok(
        outgoing.every(({ state, lastError }) => state === 'done' || lastError),
        'not all settled yet',
      );
    });
    await host.advance(minute);
    await allSettled(host, 6);

    await host.cairnloop
      .portal({ basePath: '/help', customer: () => null })
      .fetch(new Request('http://localhost/help/c/1'));

    const response = await scrape(host);
    assert.equal(response.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
    const families = parseExposition(await response.text());
    const ours = Object.fromEntries(
      [...families].map(([name, { type, samples }]) => [
        name,
        [type, [...new Set(samples.flatMap(({ labels }) => Object.keys(labels)))].filter((key) => key !== 'le').sort()],
      ]),
    );
    assert.deepEqual(ours, promised);

    const values = (name: string) =>
      Object.fromEntries(
        (families.get(`cairnloop_${name}`)?.samples ?? []).map(({ labels, value }) => [
          Object.entries(labels)
            .sort()
            .map(([, label]) => label)
            .join(' '),
          value,
        ]),
      );
    assert.deepEqual(values('conversations_resolved_total'), { '': 1 });
    assert.deepEqual(values('deliveries_total'), {
      'done conversation_resolved': 1,
      'done outbound': 2,
      'done sla_breach': 2,
      'retried outbound': 2,
      'discarded outbound': 1,
    });
    assert.deepEqual(values('sla_breaches_total'), { normal: 1, other: 1 });
    assert.deepEqual(values('drafts_total'), { require_approval: 1 });
    assert.deepEqual(values('outbound_messages_total'), { sent: 2, failed: 1 });
    assert.equal(values('deliveries_discarded').outbound, 1);
    assert.equal(values('deliveries_pending').outbound, 0);
  });

  const allSettled = (host: StartedHost, count: number) =>
    eventually(async () => {
      const { items } = await host.cairnloop.deliveries.list();
      assert.equal(items.filter(({ state }) => state !== 'pending').length, count);
    });

  it('OP4 the parser used by these tests refuses an invalid exposition', () => {
    const help = '# HELP a_total A.\n# TYPE a_total counter\n';
    const histogram = '# HELP h H.\n# TYPE h histogram\n';
    const wrong = {
      'no line feed at the end': `${help}a_total 1`,
      'no type': '# HELP a_total A.\na_total 1\n',
      'no help': '# TYPE a_total counter\na_total 1\n',
      'a counter without _total': '# HELP a A.\n# TYPE a counter\na 1\n',
      'twice the same series': `${help}a_total{x="1",y="2"} 1\na_total{y="2",x="1"} 2\n`,
      'an unescaped quote': `${help}a_total{x="""} 1\n`,
      'a value that is none': `${help}a_total one\n`,
      'a negative counter': `${help}a_total -1\n`,
      'a sample of another family': `${help}b_total 1\n`,
      'buckets that fall': `${histogram}h_bucket{le="1"} 2\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 1\n`,
      'a count that is not +Inf': `${histogram}h_bucket{le="+Inf"} 1\nh_sum 1\nh_count 2\n`,
    };
    for (const [why, text] of Object.entries(wrong)) assert.throws(() => parseExposition(text), Error, why);
    assert.equal(parseExposition(`${help}a_total{x="a\\"b"} 1\n`).get('a_total')?.samples[0]?.labels.x, 'a"b');
  });
});
