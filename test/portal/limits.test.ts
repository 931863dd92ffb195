import { strict as assert } from 'node:assert';
import { type StartedHost, start as startHostOn, useHosts } from '../support/started-host.js';
import { customer, usePortals } from './served-portal.js';

describe('limits of the portal', () => {
  const { startHost } = useHosts();
  const serve = usePortals();

  const messages = async ({ database }: StartedHost) =>
    (await database.query('SELECT id FROM cairnloop.messages')).rows.length;

  it('PT4 of fifty concurrent posts with one Idempotency-Key one writes, and all return its result', async () => {
    const host = await startHost({}, { worker: false });
    const portal = await serve(host, { rateLimit: { perMinute: 2 } });
    const opened = await Promise.all(
      Array.from({ length: 50 }, () => portal.api('/conversations', { message: 'x' }, { 'idempotency-key': 'k' })),
    );
    assert.deepEqual([...new Set(opened.map(({ status }) => status))], [201]);
    const ids = new Set(opened.map(({ json }) => (json as { id: string }).id));
    assert.equal(ids.size, 1);
    const [id] = ids;
    const written = await Promise.all(
      Array.from({ length: 50 }, () =>
        portal.api(`/conversations/${id}/messages`, { message: 'y' }, { 'idempotency-key': 'k' }),
      ),
    );
    assert.deepEqual([...new Set(written.map(({ status }) => status))], [201]);
    assert.equal(new Set(written.map(({ json }) => (json as { id: string }).id)).size, 1);
    assert.equal(await messages(host), 2);
    const third = await portal.api(`/conversations/${id}/messages`, { message: 'y' }, { 'idempotency-key': 'k2' });
    assert.equal(third.status, 429);
  });

  it('PT4 a form that is sent twice writes once', async () => {
    const host = await startHost({}, { worker: false });
    const portal = await serve(host);
    const sent = await Promise.all(
      Array.from({ length: 5 }, () => portal.post('/new', { subject: 's', message: 'm', nonce: 'n' })),
    );
    assert.deepEqual([...new Set(sent.map(({ status }) => status))], [303]);
    assert.equal(new Set(sent.map(({ headers }) => headers.get('location'))).size, 1);
    const location = sent[0]?.headers.get('location')?.replace('/help', '') ?? '';
    for (const message of ['again', 'again', 'changed after Back'])
      assert.equal((await portal.post(`${location}/messages`, { message, nonce: 'n' })).status, 303);
    assert.equal(await messages(host), 3);
  });

  it('PT4 limits the writes of a customer over all processes, responds with 429 with Retry-After and keeps the text', async () => {
    const host = await startHost({}, { worker: false });
    await host.stopClock();
    // As another process of the same application would.
    const other = await startHostOn({}, host.database);
    try {
      const portals = [
        await serve(host, { rateLimit: { perMinute: 6 } }),
        await serve(other, { rateLimit: { perMinute: 6 } }),
      ];
      const sent = await Promise.all(
        Array.from({ length: 20 }, (_, index) => portals[index % 2]?.api('/conversations', { message: `m${index}` })),
      );
      const statuses = sent.map((answer) => answer?.status);
      assert.equal(statuses.filter((status) => status === 201).length, 6);
      assert.equal(statuses.filter((status) => status === 429).length, 14);
      assert.equal(await messages(host), 6);
      const refused = sent.find((answer) => answer?.status === 429);
      assert.equal(refused?.headers.get('retry-after'), '60');
      assert.match(refused?.text ?? '', /"code":"RATE_LIMITED"/);

      const [portal] = portals;
      const form = await portal?.post('/new', { subject: 'Kept subject', message: 'Kept <words>', nonce: 'n-1' });
      assert.equal(form?.status, 429);
      assert.match(form?.text ?? '', /Kept &lt;words&gt;/);
      assert.match(form?.text ?? '', /value="Kept subject"/);
      assert.match(form?.text ?? '', /Try again in 60 seconds/);
      assert.match(form?.text ?? '', /name="nonce" value="n-1"/);

      const neighbour = await portal?.api('/conversations', { message: 'x' }, { 'x-test-customer': 'user_10' });
      assert.equal(neighbour?.status, 201);
      await host.advance(61_000);
      assert.equal((await portal?.api('/conversations', { message: 'later' }))?.status, 201);
    } finally {
      await other.cairnloop.close();
    }
  });

  it('PT4 does not count refused requests', async () => {
    const host = await startHost({}, { worker: false });
    const { id } = await host.cairnloop.conversations.open({ actorId: customer.id });
    const foreign = await host.cairnloop.conversations.open({ actorId: 'user_10' });
    const portal = await serve(host, { rateLimit: { perMinute: 1 } });
    for (let times = 0; times < 3; times += 1) {
      assert.equal((await portal.api(`/conversations/${foreign.id}/messages`, { message: 'x' })).status, 404);
      assert.equal((await portal.api(`/conversations/${id}/messages`, { message: ' ' })).status, 422);
      assert.equal((await portal.api(`/conversations/${id}/csat`, { rating: 'great' })).status, 422);
    }
    assert.equal((await portal.api(`/conversations/${id}/messages`, { message: 'x' })).status, 201);
    assert.equal((await portal.api(`/conversations/${id}/csat`, { rating: 'negative' })).status, 429);
  });

  it('PT4 a repeated rating writes nothing, and one that changes back and forth under one key is counted', async () => {
    const host = await startHost({}, { worker: false });
    const { id } = await host.cairnloop.conversations.open({ actorId: customer.id });
    const portal = await serve(host, { rateLimit: { perMinute: 5 } });
    const rate = (rating: string, key: string) =>
      portal.api(`/conversations/${id}/csat`, { rating }, { 'idempotency-key': key });
    const rated = async () =>
      (await host.database.query("SELECT id FROM cairnloop.audit_events WHERE action = 'conversation.rated'")).rows
        .length;
    const racing = await Promise.all(Array.from({ length: 20 }, () => rate('positive', 'k')));
    assert.deepEqual([...new Set(racing.map(({ status }) => status))], [200]);
    assert.equal(await rated(), 1);
    const updatedAt = async () => (await host.cairnloop.conversations.get(id)).updatedAt;
    const before = await updatedAt();
    for (let times = 0; times < 10; times += 1) assert.equal((await rate('positive', `k${times}`)).status, 200);
    await host.cairnloop.conversations.submitCsat(id, 'positive');
    assert.deepEqual([await rated(), await updatedAt()], [1, before]);
    const statuses: number[] = [];
    for (let times = 0; times < 10; times += 1)
      statuses.push((await rate(times % 2 ? 'positive' : 'negative', times % 2 ? 'k' : 'n')).status);
    assert.equal(statuses.filter((status) => status === 429).length > 0, true);
    assert.ok((await rated()) <= 5, `${await rated()} ratings written`);
    await assert.rejects(host.cairnloop.conversations.submitCsat('nobody', 'positive'), {
      code: 'CONVERSATION_NOT_FOUND',
    });
  });

  it('PT4 limits the reads of a customer, responds with 429 with Retry-After in pages and JSON, and writes nothing', async () => {
    const host = await startHost({}, { worker: false });
    const { id } = await host.cairnloop.conversations.open({ actorId: customer.id, message: 'Hello?' });
    const portal = await serve(host, { rateLimit: { readsPerMinute: 4 } });
    const script = /assets\/[^"]+\/portal\.js/.exec((await portal.get('/')).text)?.[0] ?? assert.fail('no script');
    await portal.get(`/c/${id}`);
    await portal.get('/api/conversations');
    const { headers } = await portal.get('/api/conversations?limit=1');
    const writes = () => host.database.query('SELECT * FROM cairnloop.portal_writes');
    const before = await writes();
    const paths = ['/', '/new', `/c/${id}`, '/api/conversations', `/api/conversations/${id}`];
    for (const path of paths) {
      const refused = await portal.get(path);
      assert.equal(refused.status, 429, path);
      assert.match(refused.headers.get('retry-after') ?? '', /^1[0-5]$/);
      assert.match(
        refused.text,
        path.startsWith('/api') ? /"code":"RATE_LIMITED"/ : /Too many requests.*Try again in 1\d seconds/,
      );
      assert.doesNotMatch(refused.text, /Hello/);
    }
    assert.deepEqual((await writes()).rows, before.rows, 'nothing was written');
    // A write reads as well, and keeps what was written; a form that is refused is counted no less.
    const token = headers.get('x-cairnloop-token') ?? '';
    const form = await portal.post('/new', { token, message: 'Kept <words>' });
    assert.equal(form.status, 429);
    assert.match(form.text, /Kept &lt;words&gt;/);
    // What asks the database for nothing is served, and another customer is not concerned.
    for (const path of [`/${script}`, '/widget.js']) assert.equal((await portal.get(path)).status, 200, path);
    assert.equal((await portal.get('/', { 'x-test-customer': 'user_10' })).status, 200);
  });

  it('PT4 refuses a body that is too large, in a page and in JSON', async () => {
    const host = await startHost({}, { worker: false });
    const portal = await serve(host);
    const long = await portal.api('/conversations', { message: 'ä'.repeat(20_001) });
    assert.equal(long.status, 422);
    assert.match(long.text, /limit 20000 characters/);
    assert.equal((await portal.api('/conversations', { message: '漢'.repeat(20_000) })).status, 201);
    assert.equal((await portal.post('/new', { message: '漢'.repeat(20_000) })).status, 303);
    assert.equal((await portal.api('/conversations', { message: 'x'.repeat(300_000) })).status, 413);
    assert.equal((await portal.post('/new', { message: 'x'.repeat(300_000) })).status, 413);
    for (const key of [' ', 'k'.repeat(501)])
      assert.equal((await portal.api('/conversations', { message: 'x' }, { 'idempotency-key': key })).status, 422);
    assert.equal(await messages(host), 2);
  });

  for (const rateLimit of [
    { perMinute: 0 },
    { perMinute: 1.5 },
    { perHour: 3 },
    5,
    { perMinute: '20' },
    { perMinute: 1001 },
    { readsPerMinute: 0 },
    { readsPerMinute: 60_001 },
    { perMinute: 20, readsPerMinute: '600' },
    { perminute: 20 },
    [],
  ]) {
    it(`PT4 refuses ${JSON.stringify(rateLimit)} as rate limit`, async () => {
      const host = await startHost({}, { worker: false });
      assert.throws(() => host.cairnloop.portal({ basePath: '/help', customer: () => null, rateLimit } as never), {
        code: 'MOUNT_OPTION_INVALID',
        message: /rateLimit/,
      });
    });
  }
});
