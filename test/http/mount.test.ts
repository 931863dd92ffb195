import { strict as assert } from 'node:assert';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { getRequestListener } from '@hono/node-server';
import type { Logger } from 'pino';
import { Registry } from 'prom-client';
import type { RequestHandlers } from '../../src/http/mount.js';
import { createCairnloop } from '../../src/instance/cairnloop.js';
import { prometheus } from '../../src/ops/prometheus.js';
import { createTestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { migrated, operator, useHosts } from '../support/started-host.js';
import { sendRaw, useServers } from './served.js';

describe('a mount', () => {
  const { startHost } = useHosts();
  const { listen } = useServers();

  /** Both mounts of one host, each with the promises that its `node` returned. */
  async function mounts(options: { operator?: () => unknown } = {}) {
    const host = await startHost({ metrics: prometheus() }, { worker: false });
    const workspace = host.cairnloop.workspace({
      basePath: '/support',
      operator: () => operator,
      ...(options as object),
    });
    return { host, mounted: { workspace, operations: host.cairnloop.operations() } };
  }

  /** Serves one and remembers what became of each call. */
  function watched(
    mounted: RequestHandlers,
    outcomes: Promise<unknown>[],
    before: RequestListener = () => {},
  ): RequestListener {
    return (request, response) => {
      before(request, response);
      outcomes.push(mounted.node(request, response));
    };
  }

  it('does not touch a response that the host has begun, ended or lost before', async () => {
    const { host, mounted } = await mounts();
    let under: ServerResponse | undefined;
    const befores: Record<string, RequestListener> = {
      begun: (_, response) => {
        response.writeHead(202, { 'x-host': 'yes' });
        response.write('begun');
        under = response;
      },
      ended: (_, response) => void response.writeHead(202).end('ended'),
    };
    for (const [what, before] of Object.entries(befores)) {
      const outcomes: Promise<unknown>[] = [];
      const origin = await listen(watched(mounted.workspace, outcomes, before));
      const response = await fetch(`${origin}/support/`);
      assert.deepEqual(await rejected(outcomes), []);
      under?.end();
      assert.deepEqual([response.status, await response.text()], [202, what]);
    }
    assert.deepEqual(
      host.log.filter(({ msg }) => String(msg).includes('failed')),
      [],
      'nothing failed',
    );
  });

  const rejected = async (outcomes: Promise<unknown>[]) =>
    (await Promise.allSettled(outcomes)).filter(({ status }) => status === 'rejected');

  const line = (method: string, target: string, headers = 'Host: app.example\r\n') =>
    `${method} ${target} HTTP/1.1\r\n${headers}\r\n`;

  const oddTargets = [
    '//',
    '///support//',
    '//evil.example/support',
    '/support//c//x',
    '/support/%',
    '/support/%zz/%',
    '/support/%e0%80',
    '/support/c/%00',
    '/support/..%2f..%2f',
    '/support/../support/',
    '/support/?q=%',
    '/support/?%=%&=&&[]=1',
    '/support?#x',
    '/support/;a=b',
    '/support/\\..\\x',
    'http://app.example/support/',
    'http://other.example/support/',
    'http://',
    'http://[::1/support/',
    'https://user:secret@app.example/support/',
    '*',
    'support',
    '?q',
    `/support/${'a'.repeat(8000)}`,
    '/health?%',
    '/health/%2e%2e',
    '/metrics/..',
  ];
  it('responds to every odd address once, and its promise settles', async () => {
    const { mounted } = await mounts();
    for (const mount of Object.values(mounted)) {
      const outcomes: Promise<unknown>[] = [];
      const origin = await listen(watched(mount, outcomes));
      const ask = async (target: string) => {
        const request = line('GET', target, 'Host: app.example\r\nConnection: close\r\n');
        const answer = await sendRaw(origin, request, { silenceMs: 30_000 });
        assert.match(answer, /^HTTP\/1\.1 (?:200|400|404) /, target.slice(0, 60));
        assert.equal(answer.split('HTTP/1.1 ').length, 2, target.slice(0, 60));
      };
      await Promise.all(oddTargets.map(ask));
      assert.deepEqual(await rejected(outcomes), []);
    }
  });

  it('treats an absolute URL, as proxies send it, as its path', async () => {
    const { mounted } = await mounts();
    const origin = await listen((request, response) => {
      void mounted.workspace.node(request, response, () => response.end('the application'));
    });
    const ask = (target: string) => sendRaw(origin, line('GET', target, 'Host: a\r\nConnection: close\r\n'));
    assert.match(await ask('http://app.example/support/'), /<html/);
    assert.match(await ask('http://app.example/other'), /the application/);
  });

  const oddHeaders: Record<string, string> = {
    'no host': 'Connection: close\r\n',
    'a host that is none': 'Host: a b c\r\nConnection: close\r\n',
    'a host of letters that no host has': 'Host: \xff\xfe\r\nConnection: close\r\n',
    'cookies of 12 kB': `Host: a\r\nConnection: close\r\nCookie: ${'x=%;'.repeat(3000)}\r\n`,
    'a thousand headers': `Host: a\r\nConnection: close\r\n${Array.from({ length: 900 }, (_, n) => `x-${n}: 1\r\n`).join('')}`,
    'headers of every object': 'Host: a\r\nConnection: close\r\n__proto__: 1\r\nconstructor: 2\r\ntoString: 3\r\n',
    'an origin that is none': 'Host: a\r\nConnection: close\r\nOrigin: \x01\r\n',
    'two origins': 'Host: a\r\nConnection: close\r\nOrigin: http://a\r\nOrigin: http://b\r\n',
    'two lengths': 'Host: a\r\nConnection: close\r\nContent-Length: 1\r\nContent-Length: 2\r\n',
  };
  for (const [name, headers] of Object.entries(oddHeaders)) {
    it(`responds to a request with ${name}, and its promise settles`, async () => {
      const { mounted } = await mounts();
      for (const mount of Object.values(mounted)) {
        const outcomes: Promise<unknown>[] = [];
        const origin = await listen(watched(mount, outcomes));
        for (const method of ['GET', 'POST']) {
          const target = mount === mounted.workspace ? '/support/' : '/health';
          assert.match(await sendRaw(origin, line(method, target, headers)), /^HTTP\/1\.1 [2-4]\d\d /);
        }
        assert.deepEqual(await rejected(outcomes), []);
      }
    });
  }

  it('responds to every method, those without a body without one', async () => {
    const { mounted } = await mounts();
    const targets = { workspace: '/support/', operations: '/health' };
    for (const [name, mount] of Object.entries(mounted)) {
      const outcomes: Promise<unknown>[] = [];
      const origin = await listen(watched(mount, outcomes));
      for (const method of ['HEAD', 'OPTIONS', 'TRACE', 'PROPFIND', 'PUT', 'DELETE', 'PATCH', 'SUBSCRIBE', 'QUERY']) {
        const answer = await sendRaw(
          origin,
          line(method, targets[name as keyof typeof targets], 'Host: a\r\nConnection: close\r\n'),
        );
        assert.match(answer, method === 'HEAD' ? /^HTTP\/1\.1 200 / : /^HTTP\/1\.1 4\d\d /, `${name} ${method}`);
        if (method === 'HEAD') assert.match(answer, /\r\n\r\n$/);
      }
      // Node’s server closes a CONNECT that nobody listens for.
      await sendRaw(origin, line('CONNECT', 'app.example:443'));
      assert.equal((await fetch(`${origin}${targets[name as keyof typeof targets]}`)).status, 200);
      assert.deepEqual(await rejected(outcomes), []);
    }
  });

  it('responds to pipelined requests in their order', async () => {
    const { mounted } = await mounts();
    const outcomes: Promise<unknown>[] = [];
    const origin = await listen(watched(mounted.workspace, outcomes));
    const paths = ['/support/sla', '/support/nowhere', '/support/audit', '/elsewhere', '/support/deliveries'];
    const last = line('GET', '/support/', 'Host: a\r\nConnection: close\r\n');
    const answer = await sendRaw(origin, paths.map((path) => line('GET', path)).join('') + last, { silenceMs: 5000 });
    const statuses = [...answer.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => status);
    assert.deepEqual(statuses, ['200', '404', '200', '404', '200', '200']);
    assert.deepEqual(await rejected(outcomes), []);
  });

  it('survives clients that leave: before the answer, in the middle of a form, and on a live stream', async () => {
    let asked = 0;
    const slow = async () => {
      asked += 1;
      await sleep(30);
      return operator;
    };
    const { mounted } = await mounts({ operator: slow });
    const outcomes: Promise<unknown>[] = [];
    const origin = await listen(watched(mounted.workspace, outcomes));
    const form =
      'Host: a\r\nOrigin: http://a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n';
    for (const bytes of [
      line('GET', '/support/'),
      line('GET', '/support/live'),
      `${line('POST', '/support/theme', form)}token=`,
      `${line('POST', '/support/theme', `${form.replace('Content-Length: 100', 'Transfer-Encoding: chunked')}`)}5\r\nab`,
    ]) {
      for (const afterMs of [0, 10, 40, 80]) {
        const before = asked;
        const socket = connect(Number(new URL(origin).port), '127.0.0.1');
        socket.on('error', () => {});
        socket.write(bytes);
        await eventually(() => assert.ok(asked > before, 'not asked yet'));
        await sleep(afterMs);
        if (afterMs % 20) socket.destroy();
        else socket.resetAndDestroy();
      }
    }
    assert.deepEqual(await rejected(outcomes), []);
  });

  /** What a host's own code may have done to a response, before or while the mount responds. */
  const responses: Record<string, (response: ServerResponse) => unknown> = {
    'was sent before': (response) => response.end('sent by the host'),
    'has only its head': (response) => response.writeHead(202).write('sent'),
    'was closed before': (response) => response.destroy(),
    'is sent while the mount works': (response) => setTimeout(() => response.end('sent by the host'), 5),
    'is closed while the mount works': (response) => setTimeout(() => response.destroy(), 5),
    'throws when it is written': (response) => Object.assign(response, { write: boom, end: boom }),
    'throws when its head is written': (response) => Object.assign(response, { writeHead: boom }),
    'throws at everything': (response) =>
      Object.assign(response, { writeHead: boom, write: boom, end: boom, destroy: boom, on: boom, setHeader: boom }),
    'never drains': (response) => Object.assign(response, { write: () => false }),
  };
  for (const [name, change] of Object.entries(responses)) {
    it(`settles where the response ${name}, and adds nothing to it`, async () => {
      const { host, mounted } = await mounts({ operator: () => sleep(20, operator) });
      for (const [mount, paths] of [
        [mounted.workspace, ['/support/', '/support/live', '/support/nowhere']],
        [mounted.operations, ['/health', '/health/ready', '/metrics']],
      ] as const) {
        const settled: Promise<unknown>[] = [];
        const origin = await listen(watched(mount, settled, (_, response) => change(response)));
        for (const path of paths) {
          const answer = await sendRaw(origin, line('GET', path, 'Host: a\r\n'), { silenceMs: 300 });
          if (name.startsWith('is sent') || name.startsWith('was sent'))
            assert.doesNotMatch(answer, /Error|ERR_/, `${path}: ${answer}`);
        }
        await host.cairnloop.close();
        assert.deepEqual(await rejected(settled), []);
      }
    });
  }

  const requests: Record<string, (request: IncomingMessage) => unknown> = {
    'an address that throws': (request) => Object.defineProperty(request, 'originalUrl', { get: boom }),
    'an address that cannot be put back': (request) =>
      Object.defineProperty(Object.assign(request, { originalUrl: '/support/' }), 'url', { get: () => '/', set: boom }),
    'an address that is no text': (request) => Object.assign(request, { originalUrl: 7, url: { toString: boom } }),
    'headers that throw': (request) => Object.defineProperty(request, 'headers', { get: boom }),
    'raw headers that throw': (request) => Object.defineProperty(request, 'rawHeaders', { get: boom }),
    'a method that is none': (request) => Object.assign(request, { method: 'N O\n' }),
    'a stream that was destroyed': (request) => request.destroy(),
    'no socket': (request) => Object.defineProperty(request, 'socket', { get: () => undefined }),
  };
  for (const [name, change] of Object.entries(requests)) {
    it(`settles where the host’s framework leaves ${name}`, async () => {
      const { mounted } = await mounts();
      for (const mount of Object.values(mounted)) {
        const outcomes: Promise<unknown>[] = [];
        const origin = await listen(watched(mount, outcomes, (request) => change(request)));
        await sendRaw(origin, line('GET', '/support/', 'Host: a\r\nConnection: close\r\n'), { silenceMs: 300 });
        assert.equal(outcomes.length, 1);
        assert.deepEqual(await rejected(outcomes), []);
      }
    });
  }

  it('responds to anything that a fetch-style server hands in', async () => {
    const { mounted } = await mounts();
    const strange = [
      undefined,
      null,
      7,
      '/support',
      {},
      new Proxy({}, { get: boom }),
      { url: 'x', method: 'GET', headers: {} },
      Object.defineProperty(new Request('https://app.example/support/'), 'headers', { get: boom }),
      Object.defineProperty(new Request('https://app.example/support/'), 'url', { get: boom }),
      Object.defineProperty(new Request('https://app.example/support/live'), 'signal', { get: boom }),
    ];
    for (const mount of Object.values(mounted)) {
      for (const request of strange) {
        const answer = await mount.fetch(request as Request);
        assert.ok(answer instanceof Response);
        assert.ok(answer.status >= 400, `${answer.status}`);
      }
    }
  });

  it('returns the result of the host’s next(), also a rejection, and responds with 500 if it throws', async () => {
    const { mounted } = await mounts();
    const { node } = mounted.operations;
    const request = { url: '/other' } as IncomingMessage;
    const response = {} as ServerResponse;
    await assert.rejects(
      node(request, response, () => Promise.reject(new Error('the host’s own')) as never),
      /the host’s own/,
    );
    const outcomes: Promise<unknown>[] = [];
    const origin = await listen((...[request, response]) => void outcomes.push(node(request, response, boom)));
    assert.equal((await fetch(`${origin}/other`)).status, 500);
    assert.deepEqual(await rejected(outcomes), []);
  });

  /** What the host's session code may do instead of responding. */
  const hooks: Record<string, () => unknown> = {
    'throws text': () => {
      throw 'no session';
    },
    'throws nothing at all': () => {
      throw undefined;
    },
    'rejects with an error whose message throws': () =>
      Promise.reject(Object.defineProperty(new Error(), 'message', { get: boom })),
    'returns a thenable that throws': () => Object.defineProperty({}, 'then', { value: boom }),
    'returns a thenable whose then throws when it is read': () => Object.defineProperty({}, 'then', { get: boom }),
    'returns an id that throws': () => Object.defineProperty({}, 'id', { get: boom }),
    'returns a Proxy that throws': () => new Proxy({}, { get: boom }),
    'returns an id object': () => ({ id: { toString: boom } }),
    'returns a list': () => ['op-1'],
    'returns a symbol': () => Symbol('x'),
  };
  for (const [name, hook] of Object.entries(hooks)) {
    it(`treats an operator function that ${name} as signed out`, async () => {
      const { mounted } = await mounts({ operator: hook });
      const answer = await mounted.workspace.fetch(new Request('https://app.example/support/'));
      assert.equal(answer.status, 401);
    });
  }

  it('keeps working with a logger that throws or rejects at every line', async () => {
    for (const write of [boom, () => Promise.reject(new Error('no disk'))]) {
      const logger = Object.fromEntries(
        ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'].map((level) => [level, write]),
      ) as unknown as Logger;
      const database = await createTestDatabase(migrated);
      const cairnloop = await createCairnloop({ database: { url: database.url } }, { logger });
      try {
        const workspace = cairnloop.workspace({ basePath: '/support', operator: boom });
        assert.equal((await workspace.fetch(new Request('https://app.example/support/'))).status, 401);
        await cairnloop.worker.start();
        await database.query('alter table cairnloop.deliveries rename to gone');
        await sleep(1200);
        await cairnloop.worker.stop();
      } finally {
        await cairnloop.close();
        await database.drop();
      }
    }
  });

  it('OP2 keeps working with a registry that throws, rejects, hangs or returns no text', async () => {
    const registries: Record<string, (registry: Registry) => unknown> = {
      'throws at a scrape': (registry) => Object.assign(registry, { metrics: boom }),
      'rejects at a scrape': (registry) => Object.assign(registry, { metrics: () => Promise.reject('no') }),
      'hangs at a scrape': (registry) => Object.assign(registry, { metrics: () => new Promise(() => {}) }),
      'returns a number': (registry) => Object.assign(registry, { metrics: () => 7 }),
      'returns an object': (registry) => Object.assign(registry, { metrics: () => ({ toString: boom }) }),
      'has a content type that throws': (registry) => Object.defineProperty(registry, 'contentType', { get: boom }),
      'has a content type that is none': (registry) =>
        Object.defineProperty(registry, 'contentType', { get: () => 'a\r\nb' }),
    };
    for (const [name, breakIt] of Object.entries(registries)) {
      const registry = new Registry();
      const { cairnloop } = await startHost({ metrics: prometheus({ registry }) }, { worker: false });
      breakIt(registry);
      const outcomes: Promise<unknown>[] = [];
      const origin = await listen(watched(cairnloop.operations(), outcomes));
      const scraped = fetch(`${origin}/metrics`);
      assert.equal((await fetch(`${origin}/health`)).status, 200, name);
      assert.equal((await scraped).status, 503, name);
      assert.deepEqual(await rejected(outcomes), []);
    }
  });

  it('OP2 keeps working if a server of the host has replaced the global Response', async () => {
    const before = { Request: globalThis.Request, Response: globalThis.Response };
    getRequestListener(() => new Response());
    try {
      const registry = new Registry();
      const { cairnloop } = await startHost({ metrics: prometheus({ registry }) }, { worker: false });
      Object.defineProperty(registry, 'contentType', { get: () => 'a\r\nb' });
      const outcomes: Promise<unknown>[] = [];
      const origin = await listen(watched(cairnloop.operations(), outcomes));
      assert.equal((await fetch(`${origin}/metrics`)).status, 503);
      assert.deepEqual(await rejected(outcomes), []);
    } finally {
      Object.assign(globalThis, before);
    }
  });

  it('is refused at start with an invalid registry', async () => {
    const database = await createTestDatabase(migrated);
    for (const registry of [{}, 7, new Proxy({}, { get: boom })])
      assert.throws(() => prometheus({ registry }), { code: 'INPUT_INVALID' });
    const registry = Object.assign(new Registry(), { registerMetric: boom });
    const creating = createCairnloop({ database: { url: database.url }, metrics: prometheus({ registry }) });
    await assert.rejects(creating, { code: 'METRICS_REGISTRY_UNUSABLE' });
    await database.drop();
  });

  it('counts nothing rather than fail if the host’s registry has broken metrics', async () => {
    const registry = new Registry();
    const { cairnloop, log } = await startHost({ metrics: prometheus({ registry }) }, { worker: false });
    for (const metric of registry.getMetricsAsArray()) Object.assign(metric, { inc: boom, observe: boom, set: boom });
    const { id } = await cairnloop.conversations.open({ actorId: 'c', message: 'Hello' });
    const { status } = await cairnloop.conversations.resolve(id, { resolvedBy: operator });
    assert.equal(status, 'resolved');
    await cairnloop.context.get('c');
    assert.equal(log.filter(({ msg }) => /metrics could not be counted/.test(String(msg))).length, 1);
  });
});

function boom(): never {
  throw new Error('the host’s value was touched');
}
