import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parse, parseAllDocuments } from 'yaml';
import { configDefaults } from '../../src/config/config-schema.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { type TempHost, tempHost } from '../support/temp-host.js';

const read = (name: string) => readFileSync(new URL(`../../docs/deploy/${name}`, import.meta.url), 'utf8');

interface Service {
  command?: string[];
  environment?: Record<string, string>;
  deploy?: { replicas: number };
  stop_grace_period?: string;
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test: string[] };
}

const services = (parse(read('compose.yaml'), { merge: true }) as { services: Record<string, Service> }).services;

/** Until a worker is killed it may take so long, in seconds. */
const drainSeconds = configDefaults.worker.shutdownTimeoutMs / 1000 + 1;

describe('docs/deploy', () => {
  it('no file kills a worker before it has drained', () => {
    const seconds = (text: string, pattern: RegExp) => Number(pattern.exec(text)?.[1]);
    for (const name of ['worker', 'app'])
      assert.ok(seconds(services[name]?.stop_grace_period ?? '', /^(\d+)s$/) > drainSeconds, name);
    assert.ok(seconds(read('cairnloop-worker@.service'), /TimeoutStopSec=(\d+)/) > drainSeconds);
    const require = createRequire(import.meta.url);
    const { apps } = require('../../docs/deploy/ecosystem.config.cjs') as { apps: { kill_timeout: number }[] };
    for (const { kill_timeout } of apps) assert.ok(kill_timeout / 1000 > drainSeconds);
    // biome-ignore lint/suspicious/noExplicitAny: the shape of Kubernetes' own files
    const documents = parseAllDocuments(read('kubernetes.yaml')).map((document) => document.toJS() as any);
    for (const { spec } of documents.filter(({ kind }) => kind === 'Deployment')) {
      const { terminationGracePeriodSeconds, containers } = spec.template.spec;
      for (const { lifecycle, livenessProbe, readinessProbe } of containers) {
        const [, wait] = lifecycle.preStop.exec.command;
        assert.ok(terminationGracePeriodSeconds - Number(wait) > drainSeconds);
        assert.equal(livenessProbe.httpGet.path, configDefaults.ops.healthPath);
        assert.equal(readinessProbe.httpGet.path, `${configDefaults.ops.healthPath}/ready`);
      }
    }
  });

  describe('the commands of compose.yaml, run in its order', () => {
    let database: TestDatabase;
    let host: TempHost;
    const running: ChildProcess[] = [];
    before(async () => {
      database = await createTestDatabase();
      host = tempHost({ 'package.json': { type: 'module' }, 'cairnloop.config.mjs': config, 'server.mjs': server });
    });
    after(async () => {
      for (const child of running) child.kill('SIGKILL');
      await database.drop();
      host.remove();
    });

    it('migrate, start two workers and the app, deliver, and stop with exit code 0', async function () {
      this.timeout(180_000);
      const environment = async () => ({
        ...process.env,
        DATABASE_URL: database.url,
        OPS_PORT: String(await freePort()),
        PORT: String(await freePort()),
      });
      const [program, ...args] = services.migrate?.command ?? [];
      const migrate = spawn(program ?? '', args, { cwd: host.folder, env: await environment() });
      assert.deepEqual(await once(migrate, 'exit'), [0, null]);
      const started: { child: ChildProcess; env: NodeJS.ProcessEnv }[] = [];
      for (const name of ['worker', 'app']) {
        const service = services[name] as Service;
        assert.deepEqual(service.depends_on, { migrate: { condition: 'service_completed_successfully' } });
        for (let n = 0; n < (service.deploy?.replicas ?? 1); n += 1) {
          const env = await environment();
          const [command, ...rest] = service.command ?? [];
          const child = spawn(command ?? '', rest, { cwd: host.folder, env, stdio: 'ignore' });
          running.push(child);
          started.push({ child, env });
          await eventually(() => healthy(service, env), 60_000);
        }
      }
      assert.equal(started.length, 3);
      const app = started.at(-1)?.env.PORT;
      const answer = await fetch(`http://127.0.0.1:${app}/resolve`, { method: 'POST' });
      assert.equal(answer.status, 200);
      await eventually(async () => {
        const { rows } = await database.query('SELECT state FROM cairnloop.deliveries');
        assert.deepEqual(rows, [{ state: 'done' }]);
      }, 60_000);
      for (const { child } of started.toReversed()) {
        child.kill('SIGTERM');
        assert.deepEqual(await once(child, 'exit'), [0, null]);
      }
    });

    async function healthy({ healthcheck }: Service, env: NodeJS.ProcessEnv): Promise<void> {
      const [kind, program, ...args] = healthcheck?.test ?? [];
      assert.equal(kind, 'CMD');
      const [code] = await once(spawn(program ?? '', args, { env }), 'exit');
      assert.equal(code, 0);
    }
  });
});

const config = `
  import { defineConfig } from 'cairnloop';
  export default defineConfig({
    database: { url: process.env.DATABASE_URL },
    ops: { host: '127.0.0.1', port: Number(process.env.OPS_PORT ?? 9464) },
    notifier: { onConversationResolved() {}, onSlaBreach() {}, onOutboundTriggered() {} },
  });
`;

const server = `
  import { createServer } from 'node:http';
  import { createCairnloop } from 'cairnloop';
  import config from './cairnloop.config.mjs';

  const cairnloop = await createCairnloop(config);
  const operations = cairnloop.operations();
  const server = createServer((request, response) =>
    operations.node(request, response, async () => {
      const { id } = await cairnloop.conversations.open({ message: 'Hello?' });
      await cairnloop.conversations.resolve(id, { resolvedBy: { id: 'op' } });
      response.end(id);
    }),
  ).listen(Number(process.env.PORT), '127.0.0.1');
  process.once('SIGTERM', () => server.close(() => cairnloop.close()));
`;
