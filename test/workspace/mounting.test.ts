import { strict as assert } from 'node:assert';
import { once } from 'node:events';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import express from 'express';
import type { Workspace } from '../../src/workspace/workspace.js';
import { operator, useHosts } from '../support/started-host.js';
import { client } from './served-workspace.js';

describe('a mounted workspace', () => {
  const { startHost } = useHosts();
  const servers: Server[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  async function listen(handler: RequestListener): Promise<string> {
    const server = createServer(handler).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async function mount(basePath: string): Promise<{ workspace: Workspace; id: string }> {
    const { cairnloop } = await startHost({}, { worker: false });
    const { id } = await cairnloop.conversations.open({ actorId: 'c', subject: 'Mounted', message: 'Hello' });
    return { workspace: cairnloop.workspace({ basePath, operator: () => operator }), id };
  }

  const ways: [name: string, use: (app: express.Express, workspace: Workspace) => void][] = [
    ['at the top', (app, { node }) => app.use(node)],
    ['under its path, which Express cuts off', (app, { node }) => app.use('/support', node)],
    ['behind a body parser', (app, { node }) => app.use(express.urlencoded({ extended: false }), node)],
    ['behind one that builds objects', (app, { node }) => app.use(express.urlencoded({ extended: true }), node)],
  ];
  for (const [name, use] of ways) {
    it(`serves pages and forms in Express ${name}, and leaves the rest to the application`, async () => {
      const { workspace, id } = await mount('/support');
      const app = express();
      use(app, workspace);
      app.use((_request, response) => void response.send('the application'));
      const origin = await listen(app);
      const { get, post } = client(origin, '/support');
      assert.match((await get(`/c/${id}`)).text, /Mounted/);
      assert.equal((await post(`/c/${id}/compose`, { mode: 'note', content: 'a & b = ä' })).status, 303);
      assert.match((await get(`/c/${id}`)).text, /a &amp; b = ä/);
      const bulk = await post('/bulk/preview', { id: [id, 'other'], content: 'x' });
      assert.equal(bulk.status, 409, 'without a notifier, but with both ids');
      for (const path of ['/', '/supportive', '/other/support/']) {
        assert.equal(await (await fetch(origin + path)).text(), 'the application', path);
      }
    });
  }

  it('can be mounted at the root, and responds with 404 if there is no next handler', async () => {
    const { workspace, id } = await mount('/');
    const { get, post } = client(await listen((request, response) => void workspace.node(request, response)), '/');
    assert.match((await get('/')).text, new RegExp(`href="/c/${id}"`));
    assert.equal((await post(`/c/${id}/resolve`)).headers.get('location'), `/c/${id}?done=resolved`);
    assert.equal((await get('/nowhere')).status, 404);
  });

  it('OA4 lets an action be taken back for 5 seconds, and finds saved replies in cairnloop/replies, without any option', async () => {
    const { cairnloop, database } = await startHost({}, { worker: false });
    const { id } = await cairnloop.conversations.open({ actorId: 'c', subject: 'Mounted', message: 'Hello' });
    const workspace = cairnloop.workspace({ basePath: '/support', operator: () => operator });
    const { get, post } = client(
      await listen((request, response) => void workspace.node(request, response)),
      '/support',
    );
    const project = await mkdtemp(path.join(tmpdir(), 'cairnloop-host-'));
    await mkdir(path.join(project, 'cairnloop', 'replies'), { recursive: true });
    await writeFile(path.join(project, 'cairnloop', 'replies', 'late.md'), '# It is late\n\nSorry');
    const before = process.cwd();
    process.chdir(project);
    try {
      assert.match((await get(`/c/${id}/replies`)).text, /It is late/);
    } finally {
      process.chdir(before);
    }
    assert.equal((await post(`/c/${id}/resolve`, { later: '1' })).status, 303);
    const { rows } = await database.query<{ seconds: number }>(
      'SELECT extract(epoch FROM due_at - created_at)::float8 AS seconds FROM cairnloop.pending_actions',
    );
    assert.deepEqual(rows, [{ seconds: 5 }]);
  });

  it('is the same page with and without a slash at the end', async () => {
    const { workspace } = await mount('/deep/support');
    const { get } = client(
      await listen((request, response) => void workspace.node(request, response)),
      '/deep/support',
    );
    for (const path of ['', '/', '/audit', '/audit/']) assert.equal((await get(path)).status, 200, path);
  });

  it('responds to a Request with a Response, and a path outside of it with 404', async () => {
    const { workspace } = await mount('/support');
    assert.equal((await workspace.fetch(new Request('https://app.example/support/'))).status, 200);
    assert.equal((await workspace.fetch(new Request('https://app.example/support'))).status, 200);
    assert.equal((await workspace.fetch(new Request('https://app.example/elsewhere'))).status, 404);
    const head = await workspace.fetch(new Request('https://app.example/support/', { method: 'HEAD' }));
    assert.deepEqual([head.status, await head.text()], [200, '']);
    const put = await workspace.fetch(new Request('https://app.example/support/', { method: 'PUT' }));
    assert.equal(put.status, 405);
  });

  it('passes the operator function the Request, and Node’s request with properties that the host added', async () => {
    const { cairnloop } = await startHost({}, { worker: false });
    const app = express();
    app.use((request, _response, next) => {
      Object.assign(request, { user: { id: 'from-session', name: 'Session' } });
      next();
    });
    const workspace = cairnloop.workspace({
      basePath: '/',
      operator: (request, { incoming }) => {
        assert.ok(request instanceof Request);
        return (incoming as { user?: { id: string } } | undefined)?.user ?? null;
      },
    });
    app.use(workspace.node);
    assert.match(await (await fetch(await listen(app))).text(), /Session/);
  });

  it('recovers by itself if the database was unreachable at its first request', async () => {
    const { cairnloop, database } = await startHost({}, { worker: false });
    const workspace = cairnloop.workspace({ basePath: '/', operator: () => operator });
    await database.query('alter table cairnloop.workspace_secret rename to gone');
    const away = await workspace.fetch(new Request('https://app.example/'));
    assert.equal(away.status, 503);
    assert.doesNotMatch(await away.text(), /relation|secret/);
    const origin = await listen((request, response) => void workspace.node(request, response));
    assert.equal((await fetch(origin)).status, 503);
    await database.query('alter table cairnloop.gone rename to workspace_secret');
    assert.equal((await workspace.fetch(new Request('https://app.example/'))).status, 200);
  });
});
