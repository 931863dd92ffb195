import assert from 'node:assert/strict';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve as serveHono } from '@hono/node-server';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import Koa from 'koa';
import { validateConfig } from '../../src/config/config-schema.js';
import type { RequestHandlers } from '../../src/ops/operations.js';
import { prometheus } from '../../src/ops/prometheus.js';
import { useHosts } from '../support/started-host.js';

const paths = { healthPath: '/healthz', metricsPath: '/internal/metrics' };

/** Each mounts the helper as its users would, beside a route of its own. */
const mounts: Record<string, (operations: RequestHandlers) => Promise<{ url: string; close(): unknown }>> = {
  'bare node:http': (operations) =>
    listen((request, response) => operations.node(request, response, () => response.end('mine'))),
  Express: (operations) => {
    const app = express();
    app.use(operations.node);
    app.get('/', (_request, response) => void response.send('mine'));
    return listen(app);
  },
  'Express, under a path of its own': async (operations) => {
    const app = express();
    app.use('/ops', operations.node);
    app.get('/ops', (_request, response) => void response.send('mine'));
    const { url, close } = await listen(app);
    return { url: `${url}/ops`, close };
  },
  Fastify: async (operations) => {
    const app = fastify();
    app.addHook('onRequest', (request, reply, done) => {
      operations.node(request.raw, reply.raw, () => done());
    });
    app.get('/', () => 'mine');
    return { url: await app.listen({ host: '127.0.0.1', port: 0 }), close: () => app.close() };
  },
  Koa: (operations) => {
    const app = new Koa();
    app.use((context, next) => operations.node(context.req, context.res, next));
    app.use((context) => {
      context.body = 'mine';
    });
    return listen(app.callback());
  },
  Hono: async (operations) => {
    const app = new Hono();
    for (const path of Object.values(paths)) app.all(`${path}/*`, (context) => operations.fetch(context.req.raw));
    app.get('/', (context) => context.text('mine'));
    return served(serveHono({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }) as Server);
  },
  'a route handler as Next has it': async (operations) => {
    // app/healthz/[[...path]]/route.ts: `export const GET = (request: Request) => operations.fetch(request)`
    const handlers = { GET: operations.fetch, HEAD: operations.fetch, POST: operations.fetch };
    const app = new Hono();
    app.all('*', async (context) => {
      if (new URL(context.req.url).pathname === '/') return context.text('mine');
      return handlers[context.req.method as keyof typeof handlers](context.req.raw);
    });
    return served(serveHono({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }) as Server);
  },
};

const listen = (listener: RequestListener) => served(createServer(listener).listen(0, '127.0.0.1'));

async function served(server: Server): Promise<{ url: string; close(): unknown }> {
  if (!server.listening) await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => server.closeAllConnections() ?? server.close() };
}

describe('operations', () => {
  const { startHost } = useHosts();

  it('OP1 /health responds with 200 and {"status":"ok"} to anybody, and needs no database', async () => {
    const { cairnloop } = await startHost({}, { worker: false });
    const { fetch } = cairnloop.operations();
    await cairnloop.close();
    const ask = (path: string, method = 'GET') => fetch(new Request(`http://localhost${path}`, { method }));

    const health = await ask('/health');
    assert.deepEqual([health.status, await health.text()], [200, '{"status":"ok"}']);
    assert.match(health.headers.get('content-type') ?? '', /^application\/json/);
    const head = await ask('/health', 'HEAD');
    assert.deepEqual([head.status, await head.text()], [200, '']);
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      const refused = await ask('/health', method);
      assert.deepEqual([refused.status, refused.headers.get('allow')], [405, 'GET, HEAD'], method);
    }
    for (const path of ['/health/x', '/health/', '/healthy', '/', '/metrics/x', '//health'])
      assert.equal((await ask(path)).status, 404, path);
    assert.equal((await ask('/health?probe=1')).status, 200);

    const ready = await ask('/health/ready');
    assert.equal(ready.status, 503);
    assert.deepEqual(await ready.json(), {
      status: 'unavailable',
      checks: { database: 'failed', jobs: 'failed', migrations: 'failed' },
    });
  });

  it('OP1 /health/ready responds with 200 when all checks pass, and names the one that does not', async () => {
    const { cairnloop, database } = await startHost();
    const ready = async () => {
      const response = await cairnloop.operations().fetch(new Request('http://localhost/health/ready'));
      return [response.status, await response.json()];
    };
    const checks = { database: 'ok', jobs: 'ok', migrations: 'ok' };
    assert.deepEqual(await ready(), [200, { status: 'ok', checks }]);
    await database.query(`DELETE FROM cairnloop.migrations WHERE name LIKE '0001%'`);
    assert.deepEqual(await ready(), [503, { status: 'unavailable', checks: { ...checks, migrations: 'failed' } }]);
  });

  it('OP1 /health/ready responds with 503 if only the job store is unreachable, and 200 once it is back', async () => {
    const { cairnloop, database } = await startHost({}, { worker: false });
    const ready = async () => {
      const response = await cairnloop.operations().fetch(new Request('http://localhost/health/ready'));
      return [response.status, await response.json()];
    };
    const checks = { database: 'ok', jobs: 'ok', migrations: 'ok' };
    assert.deepEqual(await ready(), [200, { status: 'ok', checks }]);
    await database.query('ALTER TABLE cairnloop.agenda_jobs RENAME TO mislaid_jobs');
    assert.deepEqual(await ready(), [503, { status: 'unavailable', checks: { ...checks, jobs: 'failed' } }]);
    await database.query('ALTER TABLE cairnloop.mislaid_jobs RENAME TO agenda_jobs');
    assert.deepEqual(await ready(), [200, { status: 'ok', checks }]);
  });

  for (const [where, mount] of Object.entries(mounts)) {
    it(`OP3 one helper mounts both in ${where}`, async () => {
      const { cairnloop } = await startHost({ metrics: prometheus() }, { worker: false });
      const { url, close } = await mount(cairnloop.operations(paths));
      const ask = async (path: string, method = 'GET') => {
        const response = await fetch(`${url}${path}`, { method });
        return [response.status, (await response.text()).split('\n', 1)[0]];
      };
      try {
        assert.deepEqual(await ask('/healthz'), [200, '{"status":"ok"}']);
        assert.deepEqual(await ask('/healthz', 'HEAD'), [200, '']);
        assert.equal((await ask('/healthz', 'POST'))[0], 405);
        assert.equal((await ask('/healthz/ready'))[0], 200);
        const [status, firstLine] = await ask('/internal/metrics');
        assert.equal(status, 200);
        assert.match(String(firstLine), /^# HELP cairnloop_/);
        assert.deepEqual(await ask('/'), [200, 'mine']);
        assert.notEqual((await ask('/health'))[1], '{"status":"ok"}');
      } finally {
        await close();
      }
    });
  }

  it('OP3 an unknown option or an invalid path throws when it is mounted', async () => {
    const { cairnloop } = await startHost({}, { worker: false });
    const wrong = [
      { healthpath: '/healthz' },
      { healthPath: 'healthz' },
      { healthPath: '' },
      { metricsPath: '/metrics?all' },
      { metricsPath: '/me trics' },
      { metricsPath: '/' },
      { metricsPath: 7 },
      { healthPath: '/same', metricsPath: '/same' },
      { metricsPath: '/health/ready' },
      { toString: 1 },
      { constructor: undefined },
      { hasOwnProperty: '/x' },
      JSON.parse('{"__proto__":{"healthPath":"/x"}}'),
      { healthPath: '/{a}' },
      { healthPath: '/(a)' },
      { healthPath: '/../a' },
      { metricsPath: '//a' },
      { metricsPath: '/%61' },
      { metricsPath: ['/metrics'] },
      { metricsPath: { toString: () => '/metrics' } },
      null,
      5,
      '/health',
      [],
    ];
    for (const options of wrong) {
      assert.throws(
        () => cairnloop.operations(options as never),
        { code: 'MOUNT_OPTION_INVALID' },
        JSON.stringify(options),
      );
    }
    assert.doesNotThrow(() => cairnloop.operations({ healthPath: '/a/b.c', metricsPath: undefined as never }));
  });

  it('OP3 accepts the same paths when mounted as in the config', async () => {
    const { cairnloop } = await startHost({}, { worker: false });
    const url = 'postgres://127.0.0.1/app';
    const refuses = (call: () => unknown): boolean => {
      try {
        call();
        return false;
      } catch {
        return true;
      }
    };
    const paths = [
      '/',
      '/h/',
      '/*',
      '/a*',
      '/:id',
      '/a:b',
      '/a?b',
      '/{a}',
      '/(a)',
      '/a+',
      '/..',
      '/a/./b',
      '//a',
      '/%61',
      '/ä',
      '/a#b',
      '/a b',
      'a',
      '',
      '/a',
      '/a/b',
      '/a.b-c_d',
      7,
    ];
    for (const key of ['healthPath', 'metricsPath']) {
      for (const path of [...paths, '/health', '/metrics', '/health/ready']) {
        const options = { [key]: path } as never;
        const [inConfig, mounted] = [
          refuses(() => validateConfig({ database: { url }, ops: options })),
          refuses(() => cairnloop.operations(options)),
        ];
        assert.equal(inConfig, mounted, `${key}: ${path}`);
      }
    }
  });
});
