/** A real Fastify application with the built `cairnloop/fastify`; `npm run build` comes before. */
import assert from 'node:assert/strict';
import { type CairnloopFastifyOptions, cairnloop, fastifyRequest } from 'cairnloop/fastify';
import fastify, { type FastifyInstance } from 'fastify';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { migrated } from '../support/started-host.js';
import { client } from '../workspace/served-workspace.js';

describe('cairnloop/fastify', () => {
  let database: TestDatabase;
  let app: FastifyInstance;
  before(async () => {
    database = await createTestDatabase(migrated);
  });
  afterEach(() => app.close());
  after(() => database.drop());

  async function start(options: Omit<CairnloopFastifyOptions, 'config'>) {
    app = fastify();
    app.addHook('onRequest', async (request) => {
      const who = request.headers['x-operator'];
      if (who) Object.assign(request, { operator: { id: who, name: who } });
    });
    await app.register(cairnloop, {
      config: { database: { url: database.url }, log: { level: 'silent' } },
      ...options,
    });
    app.get('/', async () => ({ open: await app.cairnloop.conversations.count() }));
    return app.listen({ port: 0, host: '127.0.0.1' });
  }
  const operator: NonNullable<CairnloopFastifyOptions['workspace']>['operator'] = (_request, { incoming }) =>
    (fastifyRequest(incoming) as unknown as { operator?: { id: string } } | undefined)?.operator ?? null;

  it('serves its routes beside those of the host, for signed-in users, and accepts a form', async () => {
    const origin = await start({ operations: true, workspace: { basePath: '/support', operator } });
    assert.equal((await fetch(`${origin}/health/ready`)).status, 200);
    assert.equal((await fetch(`${origin}/support`)).status, 401);
    const { id } = await app.cairnloop.conversations.open({ actorId: 'user_1', message: 'Where is it?' });
    const { post } = client(origin, '/support');
    const signedIn = { 'x-operator': 'op_7' };
    assert.equal((await post(`/c/${id}/compose`, { mode: 'note', content: 'noted' }, signedIn)).status, 303);
    assert.deepEqual(await (await fetch(origin)).json(), { open: 1 });
    assert.equal((await fetch(`${origin}/elsewhere`)).status, 404);
  });

  it('ends open live pages before the server closes, and releases the instance', async () => {
    const origin = await start({ workspace: { basePath: '/support', operator } });
    const page = await fetch(`${origin}/support/live`, { headers: { 'x-operator': 'op_7' } });
    assert.equal(page.status, 200);
    await Promise.all([app.close(), page.text()]);
    await assert.rejects(app.cairnloop.conversations.count(), { code: 'CLOSED' });
  });
});
