import { strict as assert } from 'node:assert';
import type { IncomingMessage, RequestListener } from 'node:http';
import { buffer, text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import Koa from 'koa';
import type { Workspace } from '../../src/workspace/workspace.js';
import { operator, type StartedHost, useHosts } from '../support/started-host.js';
import { client, tokenIn } from '../workspace/served-workspace.js';
import { foreignBodies } from './foreign-bodies.js';
import { useServers } from './served.js';

type Parsed = IncomingMessage & { body?: unknown; rawBody?: unknown };

describe('a body that the host has parsed', () => {
  const { startHost } = useHosts();
  const { listen } = useServers();
  const form = { 'content-type': 'application/x-www-form-urlencoded' };

  async function start(options: { operator?: () => typeof operator | null } = {}) {
    const host = await startHost({}, { worker: false });
    const { id } = await host.cairnloop.conversations.open({ actorId: 'c', message: 'Hello' });
    const workspace = host.cairnloop.workspace({ basePath: '/support', operator: () => operator, ...options });
    return { ...host, id, workspace };
  }

  /** As a body parser in front of the mount does: reads the stream to its end and leaves what it likes. */
  const parsedBy =
    (workspace: Workspace, parse: (request: Parsed) => unknown, settled: (node: Promise<unknown>) => void = () => {}) =>
    async (...[request, response]: Parameters<RequestListener>) => {
      await parse(request);
      settled(workspace.node(request, response));
    };

  const notes = async ({ cairnloop }: StartedHost, id: string) =>
    ((await cairnloop.conversations.get(id)).messages ?? []).slice(1).map(({ content }) => content);

  const senders: [name: string, headers: (origin: string) => Record<string, string>, known: boolean, status: RegExp][] =
    [
      ['nobody', (origin) => ({ ...form, origin }), false, /^401$/],
      ['an operator on another site', () => ({ ...form, 'sec-fetch-site': 'cross-site' }), true, /^403$/],
      ['an operator', (origin) => ({ ...form, origin }), true, /^(?:400|403|413|500)$/],
      ['an operator as JSON', (origin) => ({ 'content-type': 'application/json', origin }), true, /^403$/],
      [
        'an operator in parts',
        (origin) => ({ 'content-type': 'multipart/form-data; boundary=x', origin }),
        true,
        /^(?:400|403|413|500)$/,
      ],
    ];
  for (const [sender, headers, known, status] of senders) {
    it(`from ${sender} is always refused, and node() settles`, async () => {
      const host = await start({ operator: () => (known ? operator : null) });
      const outcomes: Promise<unknown>[] = [];
      for (const [name, make] of Object.entries(foreignBodies)) {
        const parse = async (request: Parsed) => {
          await buffer(request);
          request.body = make();
        };
        const origin = await listen(parsedBy(host.workspace, parse, (node) => outcomes.push(node)));
        const answer = await fetch(`${origin}/support/theme`, {
          method: 'POST',
          headers: headers(origin),
          body: 'a=b',
        });
        assert.match(String(answer.status), status, `${name}: ${await answer.text()}`);
      }
      assert.deepEqual(
        (await Promise.allSettled(outcomes)).filter(({ status }) => status === 'rejected'),
        [],
      );
    });
  }

  it('is not read before its sender is identified and its origin is checked', async () => {
    let looks = 0;
    const look = () => {
      looks += 1;
    };
    const parse = async (request: Parsed) => {
      await buffer(request);
      for (const name of ['body', 'rawBody']) Object.defineProperty(request, name, { get: look });
    };
    const nobody = await start({ operator: () => null });
    const stranger = await listen(parsedBy(nobody.workspace, parse));
    assert.equal(
      (await fetch(`${stranger}/support/theme`, { method: 'POST', headers: form, body: 'a=b' })).status,
      401,
    );
    const somebody = await start();
    const elsewhere = await listen(parsedBy(somebody.workspace, parse));
    const crossSite = { ...form, origin: 'https://evil.example' };
    const answer = await fetch(`${elsewhere}/support/theme`, { method: 'POST', headers: crossSite, body: 'a=b' });
    assert.equal(answer.status, 403);
    assert.equal(looks, 0);
    const own = { ...form, origin: elsewhere };
    assert.equal(
      (await fetch(`${elsewhere}/support/theme`, { method: 'POST', headers: own, body: 'a=b' })).status,
      500,
    );
    assert.ok(looks > 0);
  });

  const fieldsIn = (body: Buffer) => Object.fromEntries(new URLSearchParams(body.toString()));
  const shapes: Record<string, (request: Parsed, body: Buffer) => unknown> = {
    'as bytes': (request, body) => Object.assign(request, { body }),
    'as text': (request, body) => Object.assign(request, { body: body.toString() }),
    'as fields': (request, body) => Object.assign(request, { body: fieldsIn(body) }),
    'as fields without a prototype': (request, body) =>
      Object.assign(request, { body: Object.assign(Object.create(null), fieldsIn(body)) }),
    'as raw bytes beside an empty body': (request, body) => Object.assign(request, { rawBody: body, body: {} }),
    'as raw bytes beside a body that throws': (request, body) => {
      Object.defineProperty(request, 'body', { get: () => assert.fail('not JSON') });
      request.rawBody = body;
    },
  };
  for (const [name, leave] of Object.entries(shapes)) {
    it(`is taken ${name}`, async () => {
      const host = await start();
      const origin = await listen(parsedBy(host.workspace, async (request) => leave(request, await buffer(request))));
      const { post } = client(origin, '/support');
      const content = 'a & b = ä\r\nand more';
      assert.equal((await post(`/c/${host.id}/compose`, { mode: 'note', content })).status, 303);
      assert.deepEqual(await notes(host, host.id), ['a & b = ä\nand more']);
    });

    it(`has the same limit ${name}`, async () => {
      const host = await start();
      const origin = await listen(
        parsedBy(host.workspace, async (request) => {
          const body = await buffer(request);
          const size = 17 * 1024 * 1024;
          leave(request, request.method === 'POST' ? Buffer.concat([body, Buffer.alloc(size, 'x')]) : body);
        }),
      );
      const { post } = client(origin, '/support');
      const answer = await post(`/c/${host.id}/compose`, { mode: 'note', content: 'x' });
      assert.equal(answer.status, 413, answer.text);
      assert.match(answer.text, /too large \(limit 16 MB\)/);
      assert.deepEqual(await notes(host, host.id), []);
    });
  }

  it('keeps every value of a field that occurs more often than the list limit of qs', async () => {
    const { cairnloop } = await startHost({ notifier }, { worker: false });
    const opened = await Promise.all(Array.from({ length: 25 }, () => cairnloop.conversations.open({ actorId: 'c' })));
    const workspace = cairnloop.workspace({ basePath: '/support', operator: () => operator });
    for (const extended of [true, false]) {
      const app = express().use(express.urlencoded({ extended }), workspace.node);
      const { post } = client(await listen(app), '/support');
      const preview = await post('/bulk/preview', { id: opened.map(({ id }) => id), content: 'All of you' });
      assert.equal(preview.status, 200);
      assert.match(preview.text, /\b25\b/);
    }
  });

  /** Every way in which a host's framework can stand in front: the form is taken, or the answer says why not. */
  const frameworks: Record<string, { mount: (workspace: Workspace) => RequestListener; taken: boolean }> = {
    'Express with every parser of its own': {
      taken: true,
      mount: ({ node }) =>
        express().use(express.json(), express.urlencoded({ extended: true }), express.text(), express.raw(), node),
    },
    'Express with a global raw parser': {
      taken: true,
      mount: ({ node }) => express().use(express.raw({ type: () => true, limit: '20mb' }), node),
    },
    'Express with a global text parser': {
      taken: true,
      mount: ({ node }) => express().use(express.text({ type: () => true }), node),
    },
    'Express with a JSON parser, which leaves the stream and an empty body': {
      taken: true,
      mount: ({ node }) =>
        express().use(express.json(), (request, response, next) => {
          request.body ??= {};
          node(request, response, next);
        }),
    },
    'Koa before its body parser': { taken: true, mount: (workspace) => koa(workspace, 'before') },
    'Koa behind its body parser': { taken: false, mount: (workspace) => koa(workspace, 'behind') },
    'Koa behind its body parser that hands the body on': {
      taken: true,
      mount: (workspace) => koa(workspace, 'handed on'),
    },
    'a framework that keeps the body on its own request, as Adonis does': {
      taken: false,
      mount: (workspace) => parsedBy(workspace, (request) => text(request)),
    },
    'a parser that has read half of it': {
      taken: false,
      mount: (workspace) =>
        parsedBy(workspace, async (request) => {
          if (request.method === 'POST') await new Promise((resolve) => request.once('data', resolve));
          request.pause();
        }),
    },
  };
  for (const [name, { mount, taken }] of Object.entries(frameworks)) {
    it(`${taken ? 'is accepted' : 'is reported as already consumed'} from ${name}`, async () => {
      const host = await start();
      const { post } = client(await listen(mount(host.workspace)), '/support');
      const answer = await post(`/c/${host.id}/compose`, { mode: 'note', content: 'From the form' });
      if (taken) {
        assert.equal(answer.status, 303, answer.text);
        assert.deepEqual(await notes(host, host.id), ['From the form']);
        return;
      }
      assert.equal(answer.status, 500);
      assert.match(answer.text, /the form was read before it reached the workspace.*before the body parser/);
      assert.ok(host.log.some(({ level, msg }) => level === 50 && /was read before it reached/.test(String(msg))));
      assert.deepEqual(await notes(host, host.id), []);
    });
  }

  it('is accepted from Fastify, whose hook runs before its parsers', async () => {
    const host = await start();
    const app = fastify();
    app.addHook('onRequest', (request, reply, done) => void host.workspace.node(request.raw, reply.raw, () => done()));
    const { post } = client(await app.listen({ host: '127.0.0.1', port: 0 }), '/support');
    try {
      assert.equal((await post(`/c/${host.id}/compose`, { mode: 'note', content: 'x' })).status, 303);
    } finally {
      await app.close();
    }
  });

  it('is reported as already consumed if a fetch-style host has read it', async () => {
    const host = await start();
    const app = new Hono();
    app.all('*', async (c) => {
      if (c.req.method === 'POST') await c.req.parseBody();
      return host.workspace.fetch(c.req.raw);
    });
    const page = await app.request('https://app.example/support/sla');
    const body = new URLSearchParams({ token: tokenIn(await page.text()) });
    const headers = { origin: 'https://app.example' };
    const answer = await app.request('https://app.example/support/theme', { method: 'POST', body, headers });
    assert.equal(answer.status, 500);
    assert.match(await answer.text(), /was read before it reached the workspace/);
  });

  it('has a limited number of parts, as of fields', async () => {
    const host = await start();
    const origin = await listen((request, response) => void host.workspace.node(request, response));
    const token = tokenIn(await (await fetch(`${origin}/support/sla`)).text());
    const boundary = 'b'.repeat(30);
    const part = (name: string, value: string) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
    for (const [count, status] of [
      [99_000, 303],
      [100_001, 413],
    ] as const) {
      for (const quote of ['', '"']) {
        const answer = await fetch(`${origin}/support/theme`, {
          method: 'POST',
          redirect: 'manual',
          headers: { origin, 'content-type': `multipart/form-data; boundary=${quote}${boundary}${quote}` },
          body: `${part('token', token)}${part('f', '').repeat(count)}--${boundary}--\r\n`,
        });
        assert.equal(answer.status, status, `${count} parts: ${await answer.text()}`);
      }
    }
  });

  it('that is compressed is reported as unreadable, not as the form of somebody else', async () => {
    const host = await start();
    const origin = await listen((request, response) => void host.workspace.node(request, response));
    const token = tokenIn(await (await fetch(`${origin}/support/sla`)).text());
    for (const encoding of ['gzip', 'br', 'x-unknown', 'identity']) {
      const answer = await fetch(`${origin}/support/theme`, {
        method: 'POST',
        redirect: 'manual',
        headers: { ...form, origin, 'content-encoding': encoding },
        body: encoding === 'identity' ? `token=${token}&theme=dark` : gzipSync(`token=${token}&theme=dark`),
      });
      assert.equal(answer.status, encoding === 'identity' ? 303 : 400, encoding);
      if (encoding !== 'identity') assert.match(await answer.text(), /the form could not be read/);
    }
    // A host that decompresses it itself leaves the fields.
    const app = express().use(express.urlencoded({ extended: true }), host.workspace.node);
    const own = await listen(app);
    const answer = await fetch(`${own}/support/theme`, {
      method: 'POST',
      redirect: 'manual',
      headers: { ...form, origin: own, 'content-encoding': 'gzip' },
      body: gzipSync(`token=${token}&theme=dark`),
    });
    assert.equal(answer.status, 303);
  });

  it('that never ends is abandoned', async () => {
    const { readForm } = await import('../../src/http/read-form.js');
    const body = new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode('a=')) });
    const request = new Request('https://app.example/', {
      method: 'POST',
      body,
      headers: form,
      duplex: 'half',
    } as never);
    assert.equal(await readForm(request, undefined, { idleMs: 30 }), 'too slow');
  });
});

function koa({ node }: Workspace, where: 'before' | 'behind' | 'handed on'): RequestListener {
  const app = new Koa();
  const mounted: Koa.Middleware = (context, next) => {
    context.respond = false;
    return node(context.req, context.res, () => {
      context.respond = true;
      return next();
    });
  };
  /** As koa-bodyparser and koa-body do it. */
  const parser: Koa.Middleware = async (context, next) => {
    const fields = Object.fromEntries(new URLSearchParams(await text(context.req)));
    Object.assign(context.request, { body: fields });
    if (where === 'handed on') Object.assign(context.req, { body: fields });
    await next();
  };
  for (const middleware of where === 'before' ? [mounted, parser] : [parser, mounted]) app.use(middleware);
  return app.callback();
}

const notifier = { onConversationResolved() {}, onSlaBreach() {}, onOutboundTriggered() {} };
