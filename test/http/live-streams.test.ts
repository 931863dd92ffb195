import { strict as assert } from 'node:assert';
import { get, type IncomingMessage } from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';
import { createLiveStreams, type StreamViewer } from '../../src/http/live-streams.js';
import { createRateLimit } from '../../src/http/rate-limit.js';
import { eventually } from '../support/eventually.js';
import { operator, type StartedHost, useHosts } from '../support/started-host.js';
import { useWorkspaces } from '../workspace/served-workspace.js';

describe('live updates', () => {
  const { startHost } = useHosts();
  const serve = useWorkspaces();

  /** A stream over a real connection, which reads only when it is told to. */
  function openStream(url: string, headers: Record<string, string> = {}): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      get(url, { headers, agent: false }, resolve).on('error', reject);
    });
  }

  const textOf = async (response: IncomingMessage) => {
    let text = '';
    for await (const chunk of response) text += chunk;
    return text;
  };

  const change = async ({ cairnloop }: StartedHost, id: string) =>
    cairnloop.conversations.receive(id, { content: 'news' });

  it('are capped for each operator: the next stream is refused with the reason, other operators are not', async () => {
    const host = await startHost({}, { worker: false });
    const workspace = await serve(host, { live: { perPerson: 3 } });
    const url = workspace.url('/live');
    const open = await Promise.all([1, 2, 3].map(() => openStream(url)));
    assert.deepEqual(
      open.map(({ statusCode }) => statusCode),
      [200, 200, 200],
    );
    const refused = await openStream(url);
    assert.equal(refused.statusCode, 429);
    assert.ok(Number(refused.headers['retry-after']) > 0);
    assert.match(await textOf(refused), /You have 3 pages open.*Close some of these pages/);
    const other = await openStream(url, { 'x-test-operator': 'op-2' });
    assert.equal(other.statusCode, 200);
    open[0]?.destroy();
    await eventually(async () => {
      const again = await openStream(url);
      assert.equal(again.statusCode, 200);
      again.destroy();
    });
  });

  it('of four thousand attempts by one operator open no more than the limit', async () => {
    const host = await startHost({}, { worker: false });
    const workspace = host.cairnloop.workspace({ basePath: '/support', operator: () => operator });
    let open = 0;
    for (let n = 0; n < 4000; n += 1) {
      const { status } = await workspace.fetch(new Request('https://app.example/support/live'));
      if (status === 200) open += 1;
      else assert.equal(status, 429);
    }
    assert.equal(open, 20);
  });

  const endings: Record<string, () => unknown> = {
    'is signed out': () => null,
    'becomes somebody else': () => ({ id: 'op-2' }),
    'has a session that can no longer be read': () => {
      throw new Error('session store is away');
    },
  };
  for (const [name, after] of Object.entries(endings)) {
    it(`end when the operator ${name}`, async () => {
      const host = await startHost({}, { worker: false });
      let session: () => unknown = () => operator;
      const workspace = await serve(host, { operator: (() => session()) as never, live: { recheckMs: 30 } });
      const stream = await openStream(workspace.url('/live'));
      session = after;
      assert.match(await textOf(stream), /^retry: 2000/);
    });
  }

  it('continue as long as the session is valid', async () => {
    const host = await startHost({}, { worker: false });
    let asked = 0;
    const { id } = await host.cairnloop.conversations.open({ actorId: 'c' });
    const workspace = await serve(host, {
      live: { recheckMs: 20 },
      operator: () => {
        asked += 1;
        return operator;
      },
    });
    const stream = await openStream(workspace.url('/live'));
    let told = '';
    stream.on('data', (chunk) => {
      told += chunk;
    });
    await eventually(() => assert.ok(asked > 5, `${asked}`));
    await eventually(async () => {
      await change(host, id);
      assert.match(told, /event: changed/);
    });
    assert.equal(stream.readableEnded, false);
    stream.destroy();
  });

  it('refuse settings under which an ended session would be noticed after more than a minute', async () => {
    const { cairnloop } = await startHost({}, { worker: false });
    const wrong: unknown[] = [
      { recheckMs: 60_001 },
      { recheckMs: 0 },
      { perPerson: 0 },
      { perPerson: 1.5 },
      { toString: 1 },
      7,
      null,
    ];
    for (const live of wrong) {
      assert.throws(() => cairnloop.workspace({ basePath: '/', live } as never), { code: 'MOUNT_OPTION_INVALID' });
    }
  });

  /** A hub on news of a test's own. */
  function hub(settings: { lifeMs?: number } = {}) {
    let publish: (news: string) => void = () => {};
    const streams = createLiveStreams<string>({
      ...settings,
      subscribe(listener) {
        publish = listener;
        return () => {};
      },
      log: { warn() {} } as never,
    });
    const viewer = (change: Partial<StreamViewer<string>> = {}): StreamViewer<string> => ({
      personId: 'p',
      signal: new AbortController().signal,
      isStillSignedIn: async () => true,
      tell: (news) => `data: ${news}\n\n`,
      caughtUp: 'data: everything\n\n',
      ...change,
    });
    return { streams, viewer, publish: (news: string) => publish(news) };
  }

  it('buffer little for a slow reader, and tell it that it missed changes', async () => {
    const { streams, viewer, publish } = hub();
    const slow = streams.open(viewer()).body?.pipeThrough(new TextDecoderStream()).getReader();
    const news = 'x'.repeat(1000);
    for (let n = 0; n < 1000; n += 1) publish(news);
    let read = '';
    while (!read.includes('everything')) read += (await slow?.read())?.value;
    assert.ok(read.length < 50_000, `${read.length} characters were held`);
    streams.close();
  });

  it('reach the others if one fails, is slow or is filtered out', async () => {
    const { streams, viewer, publish } = hub();
    const failing = streams.open(viewer({ tell: () => assert.fail('broken') }));
    streams.open(viewer());
    const unconcerned = streams.open(viewer({ tell: () => null }));
    const reader = streams.open(viewer()).body?.pipeThrough(new TextDecoderStream()).getReader();
    publish('hello');
    let read = '';
    while (!read.includes('hello')) read += (await reader?.read())?.value;
    assert.doesNotMatch(await failing.text(), /data/);
    streams.close();
    assert.doesNotMatch(await unconcerned.text(), /data/);
  });

  it('yield to the event loop while thousands are notified', async () => {
    const { streams, viewer, publish } = hub();
    let told = 0;
    const tell = () => {
      told += 1;
      return null;
    };
    for (let n = 0; n < 2000; n += 1) streams.open(viewer({ personId: `p-${n}`, tell }));
    publish('hello');
    assert.ok(told < 500, `${told} were told at once`);
    for (let turns = 0; turns < 20; turns += 1) await turn();
    assert.equal(told, 2000);
    streams.close();
  });

  it('are refused once the mount is closed, and all that are open end', async () => {
    const { streams, viewer } = hub();
    const open = streams.open(viewer());
    streams.close();
    assert.match(await open.text(), /^retry/);
    assert.equal(streams.open(viewer()).status, 503);
  });

  it('end after a while, so that the browser reconnects through the host’s session check', async () => {
    const { streams, viewer } = hub({ lifeMs: 20 });
    // A session that middleware put on the first request never seems to end.
    const open = streams.open(viewer({ isStillSignedIn: async () => true }));
    assert.match(await open.text(), /^retry: 2000/);
    streams.close();
  });

  it('end with their connection, also if it was closed before', async () => {
    const { streams, viewer } = hub();
    const connection = new AbortController();
    const open = streams.open(viewer({ signal: connection.signal }));
    connection.abort();
    await open.text();
    const gone = streams.open(viewer({ signal: AbortSignal.abort() }));
    await gone.text();
    streams.close();
  });
});

describe('a rate limit', () => {
  it('allows a burst, then a steady rate, and returns when to retry', () => {
    let now = 0;
    const limit = createRateLimit({ burst: 3, perMinute: 6, now: () => now });
    assert.deepEqual(
      [1, 2, 3].map(() => limit.take('a')),
      [0, 0, 0],
    );
    assert.equal(limit.take('a'), 10);
    assert.equal(limit.take('b'), 0);
    now += 4000;
    assert.equal(limit.take('a'), 6);
    now += 6000;
    assert.equal(limit.take('a'), 0);
    now += 3_600_000;
    assert.deepEqual(
      [1, 2, 3].map(() => limit.take('a')),
      [0, 0, 0],
    );
    assert.ok(limit.take('a') > 0);
  });

  it('keeps a limited number of keys and drops the least recently used', () => {
    const limit = createRateLimit({ burst: 1, perMinute: 1, maxKeys: 2, now: () => 0 });
    assert.equal(limit.take('a'), 0);
    assert.equal(limit.take('b'), 0);
    assert.ok(limit.take('a') > 0);
    assert.equal(limit.take('c'), 0);
    assert.ok(limit.take('a') > 0);
    assert.equal(limit.take('b'), 0);
  });
});
