import { strict as assert } from 'node:assert';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { prometheus } from '../../src/index.js';
import { parseExposition } from '../support/exposition.js';
import { operator, type StartedHost, useHosts } from '../support/started-host.js';
import { customer, usePortals } from './served-portal.js';

describe('mounting the portal', () => {
  const { startHost } = useHosts();
  const serve = usePortals();
  let server: Server | undefined;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  it('PT2 works beside the workspace and other routes, behind the body parsers of Express', async () => {
    const host = await startHost({}, { worker: false });
    const app = express();
    app.use(express.json(), express.urlencoded({ extended: true }));
    app.use(host.cairnloop.portal({ basePath: '/help', customer: (_, { incoming }) => sessionOf(incoming) }).node);
    app.use(host.cairnloop.workspace({ basePath: '/support', operator: () => operator }).node);
    app.get('/own', (_, response) => void response.send('own'));
    server = app.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const cookie = `customer=${customer.id}`;
    const list = await fetch(`${origin}/help/api/conversations`, { headers: { cookie } });
    const headers = { cookie, origin, 'x-cairnloop-token': list.headers.get('x-cairnloop-token') ?? '' };
    const json = await fetch(`${origin}/help/api/conversations`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ message: 'Parsed before' }),
    });
    assert.equal(json.status, 201);
    const form = await fetch(`${origin}/help/new`, {
      method: 'POST',
      redirect: 'manual',
      headers,
      body: new URLSearchParams({ token: headers['x-cairnloop-token'], subject: 'Form', message: 'Parsed as well' }),
    });
    assert.equal(form.status, 303);
    assert.equal((await host.cairnloop.conversations.forCustomer(customer.id)).items.length, 2);
    assert.equal((await fetch(`${origin}/help`)).status, 401);
    assert.equal(await (await fetch(`${origin}/own`)).text(), 'own');
    assert.match(await (await fetch(`${origin}/support`)).text(), /Parsed as well/);
  });

  const sessionOf = (incoming: { headers: { cookie?: string } } | undefined) => {
    const [, id] = /customer=(\w+)/.exec(incoming?.headers.cookie ?? '') ?? [];
    return id ? { id, hostUserId: 'u-7' } : null;
  };

  it('PT1 stores the hostUserId of the session with a new conversation, and omits one that is no usable text', async () => {
    const host = await startHost({}, { worker: false });
    for (const [hostUserId, stored] of [
      ['u-7', 'u-7'],
      [7, null],
      ['', null],
      ['a\u0000b', null],
      [undefined, null],
    ]) {
      const portal = await serve(host, { customer: () => ({ ...customer, hostUserId }) as never });
      const { json } = await portal.api('/conversations', { message: 'x' });
      const found = await host.cairnloop.conversations.get((json as { id: string }).id);
      assert.equal(found.hostUserId, stored);
    }
  });

  it('PT4 counts requests by route and outcome, with a fixed set of labels', async () => {
    const host = await startHost({ metrics: prometheus() }, { worker: false });
    const portal = await serve(host, { rateLimit: { perMinute: 1 } });
    await portal.get('/');
    await portal.api('/conversations', { message: 'x' });
    await portal.api('/conversations', { message: 'x' });
    for (const path of ['/nowhere-1', '/nowhere-2', '/c/not-an-id', '/c/00000000-0000-4000-8000-000000000000'])
      await portal.get(path);
    const stranger = await serve(host, { customer: () => null });
    await stranger.get('/');
    assert.deepEqual(await counted(host), {
      'api_list ok': 2,
      'api_open limited': 1,
      'api_open ok': 1,
      'list ok': 1,
      'list unauthenticated': 1,
      'other refused': 2,
      'thread refused': 2,
    });
  });

  async function counted({ cairnloop }: StartedHost): Promise<Record<string, number>> {
    const response = await cairnloop.operations().fetch(new Request('http://localhost/metrics'));
    const samples = parseExposition(await response.text()).get('cairnloop_portal_requests_total')?.samples ?? [];
    const rows = samples.map(({ labels, value }) => [`${labels.route} ${labels.outcome}`, value] as const);
    return Object.fromEntries(rows.sort(([one], [other]) => (one < other ? -1 : 1)));
  }

  it('PT1 a page and a call that fail say so without the reason', async () => {
    const host = await startHost({}, { worker: false });
    const portal = await serve(host);
    await portal.get('/');
    await host.database.query('ALTER TABLE cairnloop.conversations RENAME TO away');
    const [page, call] = [await portal.get('/'), await portal.get('/api/conversations')];
    await host.database.query('ALTER TABLE cairnloop.away RENAME TO conversations');
    assert.deepEqual([page.status, call.status], [500, 500]);
    assert.match(page.text, /Something went wrong/);
    assert.deepEqual(JSON.parse(call.text).error.code, 'INTERNAL');
    for (const { text } of [page, call]) assert.doesNotMatch(text, /relation|away|select/i);
    assert.ok(host.log.some(({ msg }) => msg === 'a request to the portal failed'));
  });
});
