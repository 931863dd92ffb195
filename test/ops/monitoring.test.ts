import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { prometheus } from '../../src/ops/prometheus.js';
import { minute } from '../support/error-causes.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { type PrometheusPrograms, runPromtool, usePrometheusPrograms } from '../support/prometheus-programs.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { operator, policies, type StartedHost, useHosts } from '../support/started-host.js';
import { tempHost } from '../support/temp-host.js';
import { startWorkerProcess } from '../support/worker-process.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const rules = path.join(root, 'templates/ops/cairnloop-alerts.yml');

interface Panel {
  title: string;
  targets: { expr: string }[];
}
const dashboard: { panels: Panel[] } = JSON.parse(read('templates/ops/cairnloop-dashboard.json'));

/** Stands for secrets and for what customers write. */
const canary = 'canary-3b8e';

describe('alert rules and dashboard', () => {
  it('in docs/ops equal the output of `cairnloop gen alerts`', () => {
    for (const name of ['cairnloop-alerts.yml', 'cairnloop-dashboard.json'])
      assert.equal(read(`docs/ops/${name}`), read(`templates/ops/${name}`));
  });

  it('use existing metrics only, and docs/ops/README.md describes every alert', () => {
    const known = read('src/ops/metric-set.ts');
    const used = read('templates/ops/cairnloop-alerts.yml') + read('templates/ops/cairnloop-dashboard.json');
    for (const name of new Set(used.match(/cairnloop_[a-z_]+/g)))
      assert.ok(known.includes(`'${name.replace(/_bucket$/, '')}'`), name);
    const described = read('docs/ops/README.md');
    for (const [, alert = ''] of used.matchAll(/- alert: (\w+)/g)) assert.ok(described.includes(`\`${alert}\``), alert);
  });

  describe('in a real Prometheus', () => {
    const { startHost } = useHosts();
    const programs = usePrometheusPrograms();

    it('promtool accepts the rules, and each alert fires for its cause only', () => {
      const checked = runPromtool(programs.promtool, ['check', 'rules', rules]);
      assert.ok(checked.ok, checked.text);
      const folder = mkdtempSync(path.join(tmpdir(), 'cairnloop-rules-'));
      try {
        const file = path.join(folder, 'tests.yml');
        writeFileSync(file, read('test/ops/alerts.promtool.yml').replace('RULES', JSON.stringify(rules)));
        const tested = runPromtool(programs.promtool, ['test', 'rules', file]);
        assert.ok(tested.ok, tested.text);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

    it('scrapes a real worker and a web process: every panel has data, every rule works, promtool accepts the metrics', async () => {
      const web = await startHost(
        {
          metrics: prometheus(),
          notifier: recordingNotifier(undefined, { replies: true }).notifier,
          slaPolicyProvider: policies({ priority: 'normal', responseMinutes: 1, breachMinutes: 1 }),
          contextProvider: { getContext: () => ({ ok: true, value: { Plan: { tier: canary } } }) },
        },
        { worker: false },
      );
      const folder = tempHost({
        'package.json': { type: 'module' },
        'cairnloop.config.mjs': workerConfig(web.database.url),
      });
      const worker = await startWorkerProcess(folder, [], { SECRET: canary });
      const served = await serveOps(web);
      const scraper = await startPrometheus(programs, [new URL(worker.opsUrl).host, served.host]);
      try {
        const portal = web.cairnloop.portal({ basePath: '/help', customer: () => null });
        await eventually(async () => {
          // Each round adds to every counter, so that rates come out of it.
          await somethingOfEverything(web);
          await web.advance(2 * minute);
          await portal.fetch(new Request('http://localhost/help/c/1'));
          for (const { title, targets } of dashboard.panels)
            for (const { expr } of targets) assert.ok(await hasData(scraper.url, expr), `${title}: ${expr}`);
        }, 60_000);
        const { data } = await get(scraper.url, '/api/v1/rules');
        const loaded: { name: string; health: string; lastError?: string }[] = data.groups[0].rules;
        assert.equal(loaded.length, 7);
        await eventually(async () => {
          const { data } = await get(scraper.url, '/api/v1/rules');
          assert.deepEqual(
            data.groups[0].rules.map((rule: { health: string }) => rule.health),
            loaded.map(() => 'ok'),
          );
        });
        for (const url of [`${worker.opsUrl}/metrics`, `http://${served.host}/metrics`]) {
          const text = await (await fetch(url)).text();
          const { ok, text: found } = runPromtool(programs.promtool, ['check', 'metrics'], text);
          assert.ok(ok && found.trim() === '', found);
          for (const secret of [canary, new URL(web.database.url).password]) assert.ok(!text.includes(secret));
        }
      } finally {
        await scraper.stop();
        await served.close();
        worker.signal('SIGTERM');
        await worker.ended;
        folder.remove();
      }
    });
  });
});

/** A worker with terms of its own: without them it would end the clocks quietly. */
const workerConfig = (url: string) => `
  import { defineConfig, ok, prometheus } from 'cairnloop';

  export default defineConfig({
    database: { url: ${JSON.stringify(url)} },
    ops: { host: '127.0.0.1', port: 0 },
    metrics: prometheus(),
    notifier: { onConversationResolved() {}, onSlaBreach() {}, onOutboundTriggered() {}, onReply() {} },
    slaPolicyProvider: {
      getActivePolicies: () => ok([{ priority: 'normal', responseMinutes: 1, breachMinutes: 1 }]),
      setPolicy: () => ({ ok: false, error: 'read-only' }),
    },
  });
`;

async function somethingOfEverything({ cairnloop }: StartedHost): Promise<void> {
  const { conversations, drafts, outbound, context } = cairnloop;
  const waiting = await conversations.open({ actorId: canary, subject: canary, message: canary });
  await drafts.propose(waiting.id, { type: 'reply', content: canary });
  await outbound.trigger(waiting.id, { templateId: 't', content: canary, actor: operator });
  await context.get(canary);
  const { id } = await conversations.open({});
  await conversations.resolve(id, { resolvedBy: operator, metadata: { canary } });
}

async function serveOps({ cairnloop }: StartedHost): Promise<{ host: string; close(): Promise<void> }> {
  const operations = cairnloop.operations();
  const server = createServer((request, response) => void operations.node(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function startPrometheus({ prometheus: program }: PrometheusPrograms, targets: readonly string[]) {
  const folder = mkdtempSync(path.join(tmpdir(), 'cairnloop-prometheus-'));
  const config = {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: [rules],
    scrape_configs: [{ job_name: 'cairnloop', static_configs: [{ targets }] }],
  };
  // JSON is YAML.
  writeFileSync(path.join(folder, 'prometheus.yml'), JSON.stringify(config));
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn(
    program,
    [
      `--config.file=${path.join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${path.join(folder, 'data')}`,
      `--web.listen-address=${address}`,
      '--log.level=error',
    ],
    { stdio: 'ignore' },
  );
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const url = `http://${address}`;
  await eventually(async () => assert.ok((await fetch(`${url}/-/ready`)).ok, 'not ready'));
  return {
    url,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}

// biome-ignore lint/suspicious/noExplicitAny: the answers of Prometheus
async function get(url: string, where: string): Promise<any> {
  const response = await fetch(`${url}${where}`);
  const answer = (await response.json()) as { status: string };
  assert.equal(answer.status, 'success', JSON.stringify(answer));
  return answer;
}

/** At least one number, as Grafana would ask for it. */
async function hasData(url: string, expr: string): Promise<boolean> {
  const query = expr.replaceAll('$__rate_interval', '1m').replaceAll('$job', '.*');
  const { data } = await get(url, `/api/v1/query?query=${encodeURIComponent(query)}`);
  return data.result.some(({ value }: { value: [number, string] }) => Number.isFinite(Number(value[1])));
}
