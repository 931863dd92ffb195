import { strict as assert } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadCsrfTokens } from '../../src/http/csrf-tokens.js';
import type { PortalOptions } from '../../src/portal/portal.js';
import { portalRoutes } from '../../src/portal/routes.js';
import { eventually } from '../support/eventually.js';
import { operator, type StartedHost, useHosts } from '../support/started-host.js';
import { customer, type ServedPortal, usePortals } from './served-portal.js';

describe('access to the portal', () => {
  const { startHost } = useHosts();
  const serve = usePortals();

  /** A conversation of the usual customer's, and one of a customer with a similar id. */
  async function start() {
    const host = await startHost({}, { worker: false });
    const { conversations } = host.cairnloop;
    const own = await conversations.open({ actorId: customer.id, subject: 'Secret subject', message: 'Secret words' });
    await conversations.note(own.id, { content: 'Secret note', actor: operator });
    const foreign = await conversations.open({
      actorId: 'user_10',
      subject: 'Foreign subject',
      message: 'Foreign words',
    });
    return { ...host, own: own.id, foreign: foreign.id };
  }

  const pathOf = (path: string, id: string) => path.replace(':id', id).replace(':version/:name', 'v/portal.js');

  /** Everything that a request could have changed. */
  const stateOf = async ({ database }: StartedHost) => {
    const tables = ['conversations', 'messages', 'drafts', 'deliveries', 'audit_events', 'slas'];
    const rows = await Promise.all(
      tables.map((table) => database.query(`select * from cairnloop.${table} order by id`)),
    );
    return JSON.stringify(rows.map((result) => result.rows));
  };

  /** A request that would be taken if the customer were the right one. */
  const send = async (
    portal: ServedPortal,
    route: { method: string; path: string },
    id: string,
    headers: Record<string, string>,
    token: string,
  ) => {
    const api = route.path.startsWith('/api/');
    const fields = { token, message: 'x', rating: 'positive' };
    const { message, rating } = fields;
    const body = route.path.endsWith('/csat') ? { rating } : route.path.endsWith('/read') ? {} : { message };
    const abort = new AbortController();
    const response = await fetch(portal.url(pathOf(route.path, id)), {
      method: route.method,
      redirect: 'manual',
      signal: abort.signal,
      headers: {
        origin: portal.origin,
        'x-cairnloop-token': token,
        ...(route.method === 'POST' && {
          'content-type': api ? 'application/json' : 'application/x-www-form-urlencoded',
        }),
        ...headers,
      },
      ...(route.method === 'POST' && { body: api ? JSON.stringify(body) : new URLSearchParams(fields).toString() }),
    });
    if (response.headers.get('content-type')?.startsWith('text/event-stream')) {
      abort.abort();
      return { status: response.status, text: '', headers: response.headers };
    }
    return { status: response.status, text: await response.text(), headers: response.headers };
  };

  for (const given of [undefined, null, 'customer', {}]) {
    it(`PT1 refuses to be mounted with ${JSON.stringify(given)} as customer`, async () => {
      const host = await startHost({}, { worker: false });
      assert.throws(() => host.cairnloop.portal({ basePath: '/help', customer: given } as never), {
        code: 'MOUNT_OPTION_INVALID',
        message: /customer/,
      });
    });
  }

  const strangers: Record<string, unknown> = {
    'returns null': () => null,
    'returns undefined': () => undefined,
    throws() {
      throw new Error('Secret reason');
    },
    rejects: () => Promise.reject(new Error('Secret reason')),
    'returns {}': () => ({}),
    'returns an empty id': () => ({ id: '' }),
    'returns a blank id': () => ({ id: ' \u200b' }),
    'returns an id with a control character': () => ({ id: `${customer.id}\u0000` }),
    'returns an id that is no text': () => ({ id: [customer.id] }),
    'returns a text': () => customer.id,
    'returns with a getter that throws': () => ({
      get id() {
        throw new Error('Secret reason');
      },
    }),
  };

  it('PT1 responds with 401 on every route to whoever the host does not know, renders nothing and changes nothing', async () => {
    const host = await start();
    const token = (await loadCsrfTokens({ db: runtimeDb(host) }, { purpose: 'portal' })).issue(customer.id);
    const before = await stateOf(host);
    for (const [name, ask] of Object.entries(strangers)) {
      const portal = await serve(host, { customer: ask } as Partial<PortalOptions>);
      for (const route of [...portalRoutes, { method: 'GET', path: '/nowhere' }, { method: 'DELETE', path: '/' }]) {
        const answer = await send(portal, route, host.own, {}, token);
        assert.equal(answer.status, 401, `${name}: ${route.method} ${route.path}`);
        assert.doesNotMatch(answer.text, /<|Secret|conversation/i, route.path);
        assert.match(answer.headers.get('content-security-policy') ?? '', /default-src 'none'/);
      }
    }
    assert.equal(await stateOf(host), before);
  });

  it('PT1 responds to a customer on every route with a foreign id as to one that does not exist', async () => {
    const host = await start();
    const portal = await serve(host);
    const tokens = await loadCsrfTokens({ db: runtimeDb(host) }, { purpose: 'portal' });
    const before = await stateOf(host);
    const missing = '00000000-0000-4000-8000-000000000000';
    const withId = portalRoutes.filter(({ path }) => path.includes(':id'));
    assert.equal(withId.length, 7);
    for (const id of [customer.id, 'user_', 'USER_1', 'user_%', 'user_100']) {
      for (const route of withId) {
        const headers = { 'x-test-customer': id };
        const foreign = await send(portal, route, host.foreign, headers, tokens.issue(id));
        const absent = await send(portal, route, missing, headers, tokens.issue(id));
        const malformed = await send(portal, route, "'or 1=1", headers, tokens.issue(id));
        assert.deepEqual([foreign.status, absent.status, malformed.status], [404, 404, 404], `${id} ${route.path}`);
        assert.equal(foreign.text.replaceAll(host.foreign, missing), absent.text);
        assert.doesNotMatch(foreign.text, /Foreign/);
      }
      const list = await portal.get('/', { 'x-test-customer': id });
      assert.doesNotMatch(list.text, /Foreign/);
    }
    assert.equal(await stateOf(host), before);
  });

  it('PT1 an anonymous or foreign live stream gets no id of anybody else', async () => {
    const host = await start();
    const portal = await serve(host);
    const response = await fetch(portal.url('/api/live'));
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    let heard = '';
    const listening = (async () => {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        heard += Buffer.from(value);
        if (heard.includes(host.own)) return;
      }
    })();
    // Until the connection is up that listens for changes, a stream names no conversation.
    await eventually(async () => {
      await host.cairnloop.conversations.receive(host.foreign, { content: 'x' });
      await host.cairnloop.conversations.reply(host.own, { content: 'x', actor: operator });
      await sleep(100);
      assert.ok(heard.includes(host.own), 'nothing heard');
    });
    await listening;
    await reader.cancel();
    assert.match(heard, new RegExp(`event: changed\\ndata: ${host.own}`));
    assert.doesNotMatch(heard, new RegExp(host.foreign));
  });

  it('PT3 refuses a write from another origin, without a token, or with the token of another customer or an operator', async () => {
    const host = await start();
    const portal = await serve(host);
    const db = { db: runtimeDb(host) };
    const own = (await loadCsrfTokens(db, { purpose: 'portal' })).issue(customer.id);
    const before = await stateOf(host);
    const refused: [name: string, token: string, headers: Record<string, string>][] = [
      ['another site', own, { origin: 'https://evil.example' }],
      ['another site by Sec-Fetch-Site', own, { 'sec-fetch-site': 'cross-site' }],
      ['a neighbouring site', own, { 'sec-fetch-site': 'same-site' }],
      ['an opaque origin', own, { origin: 'null' }],
      ['no token', '', {}],
      ['a made-up token', 'x'.repeat(43), {}],
      ['the token of another customer', (await loadCsrfTokens(db, { purpose: 'portal' })).issue('user_10'), {}],
      ['the token of an operator of that id', (await loadCsrfTokens(db)).issue(customer.id), {}],
      [
        'a token of the day before yesterday',
        (await loadCsrfTokens(db, { purpose: 'portal', now: () => Date.now() - 2 * 24 * 3600 * 1000 })).issue(
          customer.id,
        ),
        {},
      ],
    ];
    for (const [name, token, headers] of refused) {
      for (const route of portalRoutes.filter(({ method }) => method === 'POST')) {
        const answer = await send(portal, route, host.own, headers, token);
        assert.equal(answer.status, 403, `${name}: ${route.path}`);
      }
    }
    assert.equal(await stateOf(host), before);
  });

  it('PT3 accepts only JSON below /api, and only forms elsewhere', async () => {
    const host = await start();
    const portal = await serve(host);
    const before = await stateOf(host);
    const asForm = await portal.api('/conversations', { message: 'x' }, { 'content-type': 'text/plain' });
    assert.equal(asForm.status, 415);
    const asJson = await portal.post('/new', {}, { 'content-type': 'application/json' });
    assert.equal(asJson.status, 403);
    const slip = await portal.api('/conversations', { mesage: 'x', message: 'y' });
    assert.equal(slip.status, 422);
    assert.match(slip.text, /"code":"INPUT_INVALID","message":"mesage: unknown field/);
    for (const body of [{}, [], 5, null, { message: 7 }, { message: ['x', 'y'] }, { __proto__: null, message: '' }])
      assert.equal((await portal.api('/conversations', body)).status, 422, JSON.stringify(body));
    assert.equal(await stateOf(host), before);
  });

  it('PT1 responds to an unknown method or path itself, not with a page of the host', async () => {
    const host = await start();
    const portal = await serve(host);
    const gone = await portal.get('/api/nowhere');
    assert.equal(gone.status, 404);
    assert.match(gone.text, /"code":"NOT_FOUND"/);
    const put = await fetch(portal.url('/api/conversations'), { method: 'PUT' });
    assert.deepEqual([put.status, put.headers.get('allow')], [405, 'GET, POST']);
  });
});

/** A database handle as the tokens want it. */
function runtimeDb({ database }: StartedHost) {
  return {
    run: async (statement: { text: (schema: string) => string }, values: readonly unknown[] = []) =>
      (await database.query(statement.text('cairnloop'), [...values])).rows,
  } as never;
}
