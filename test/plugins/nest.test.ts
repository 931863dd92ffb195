/** A real Nest application with the built `cairnloop/nest`; `npm run build` comes before. */
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { type INestApplication, Module, type ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CAIRNLOOP, CairnloopModule, InjectCairnloop } from 'cairnloop/nest';
import type { Cairnloop } from '../../src/contracts/cairnloop.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { migrated } from '../support/started-host.js';
import { client } from '../workspace/served-workspace.js';

const operator = { id: 'op_7', name: 'Maya' };

describe('cairnloop/nest', () => {
  let database: TestDatabase;
  let apps: INestApplication[] = [];
  before(async () => {
    database = await createTestDatabase(migrated);
  });
  afterEach(async () => {
    await Promise.all(apps.map((app) => app.close()));
    apps = [];
  });
  after(() => database.drop());

  const config = () => ({ database: { url: database.url }, log: { level: 'silent' as const } });

  async function start(metadata: ModuleMetadata, prepare: (app: INestApplication) => void = () => {}) {
    class AppModule {}
    Module(metadata)(AppModule);
    const app = await NestFactory.create(AppModule, { logger: false });
    prepare(app);
    await app.listen(0, '127.0.0.1');
    apps.push(app);
    return { app, origin: await app.getUrl() };
  }
  const status = async (url: string) => (await fetch(url)).status;

  it('serves probes and workspace under a global prefix, and accepts a form that a body parser has read', async () => {
    const mounts = { operations: true, workspace: { basePath: '/support', operator: () => operator } };
    const { app, origin } = await start(
      { imports: [CairnloopModule.forRoot({ config: config(), ...mounts })] },
      (made) => made.setGlobalPrefix('api'),
    );
    assert.equal(await status(`${origin}/health/ready`), 200);
    assert.equal(await status(`${origin}/api/health`), 404);
    const { conversations } = app.get<Cairnloop>(CAIRNLOOP);
    const { id } = await conversations.open({ actorId: 'user_1', message: 'Where is it?' });
    const { get, post } = client(origin, '/support');
    assert.equal((await post(`/c/${id}/compose`, { mode: 'note', content: 'noted in Nest' })).status, 303);
    assert.ok((await get(`/c/${id}`)).text.includes('noted in Nest'));
  });

  for (const prefix of ['', 'api']) {
    it(`has mounts that work under forRoutes, with ${prefix ? 'a' : 'no'} global prefix`, async () => {
      const base = prefix && `/${prefix}`;
      class ByHand {
        readonly cairnloop: Cairnloop;
        constructor(cairnloop: Cairnloop) {
          this.cairnloop = cairnloop;
        }
        configure(consumer: Parameters<NonNullable<import('@nestjs/common').NestModule['configure']>>[0]) {
          const paths = { healthPath: `${base}/health`, metricsPath: `${base}/metrics` };
          consumer.apply(this.cairnloop.operations(paths).node).forRoutes('health', 'health/ready', 'metrics');
          const workspace = this.cairnloop.workspace({ basePath: `${base}/support`, operator: () => operator });
          consumer.apply(workspace.node).forRoutes('support', 'support/*path');
        }
      }
      InjectCairnloop()(ByHand, undefined as never, 0);
      Module({})(ByHand);
      const { origin } = await start({ imports: [CairnloopModule.forRoot({ config: config() }), ByHand] }, (app) =>
        app.setGlobalPrefix(prefix),
      );
      assert.equal(await status(`${origin}${base}/health`), 200);
      assert.equal(await status(`${origin}${base}/health/ready`), 200);
      assert.equal(await status(`${origin}${base}/metrics`), 501);
      assert.equal(await status(`${origin}${base}/support`), 200);
      assert.equal(await status(`${origin}${base}/support/sla`), 200);
      assert.equal(await status(`${origin}${base}/elsewhere`), 404);
    });
  }

  it('takes its options from other providers, and exports the instance to every module', async () => {
    class Session {
      operator = () => operator;
    }
    class SessionModule {}
    Module({ providers: [Session], exports: [Session] })(SessionModule);
    class Tickets {
      readonly cairnloop: Cairnloop;
      constructor(cairnloop: Cairnloop) {
        this.cairnloop = cairnloop;
      }
    }
    InjectCairnloop()(Tickets, undefined as never, 0);
    class TicketsModule {}
    Module({ providers: [Tickets], exports: [Tickets] })(TicketsModule);
    const loop = CairnloopModule.forRootAsync({
      imports: [SessionModule],
      inject: [Session],
      useFactory: async ({ operator: asked }: Session) => ({
        config: config(),
        workspace: { basePath: '/support', operator: asked },
      }),
    });
    const { app, origin } = await start({ imports: [loop, TicketsModule] });
    assert.equal(app.get(Tickets).cairnloop, app.get(CAIRNLOOP));
    assert.equal(await status(`${origin}/support`), 200);
  });

  it('runs the worker if configured, and serves nothing without a server', async () => {
    const [withWorker, without] = [{ worker: true }, {}].map((more) =>
      CairnloopModule.forRoot({ config: config(), operations: true, ...more }),
    );
    class AppModule {}
    Module({ imports: [withWorker ?? ''] as never })(AppModule);
    const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
    assert.equal(app.get<Cairnloop>(CAIRNLOOP).worker.state, 'running');
    await app.close();
    const { app: other } = await start({ imports: [without ?? ''] as never });
    assert.equal(other.get<Cairnloop>(CAIRNLOOP).worker.state, 'stopped');
  });

  it('ends open live pages, also of a workspace that was mounted by hand, before Nest closes its server', async () => {
    const mounts = { workspace: { basePath: '/support', operator: () => operator } };
    const { app, origin } = await start(
      { imports: [CairnloopModule.forRoot({ config: config(), ...mounts })] },
      (made) =>
        made.use(made.get<Cairnloop>(CAIRNLOOP).workspace({ basePath: '/desk', operator: () => operator }).node),
    );
    const pages = await Promise.all(['support', 'desk'].map((path) => fetch(`${origin}/${path}/live`)));
    assert.deepEqual(
      pages.map((page) => page.status),
      [200, 200],
    );
    const [, ...ended] = await Promise.all([app.close(), ...pages.map((page) => page.text())]);
    assert.equal(ended.length, 2);
    await assert.rejects(app.get<Cairnloop>(CAIRNLOOP).conversations.count(), { code: 'CLOSED' });
    apps = [];
  });
});
