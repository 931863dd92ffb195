import assert from 'node:assert/strict';
import { migrateUp } from '../../src/db/migrate.js';
import { migrations } from '../../src/db/migrations/index.js';
import { type CairnloopError, isCairnloopError } from '../../src/foundation/errors.js';
import { createTestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { migrated, operator, useHosts } from '../support/started-host.js';
import { switchedProxy } from '../support/switched-proxy.js';

describe('database failures as a host sees them', () => {
  const { startHost } = useHosts();
  const id = '00000000-0000-7000-8000-000000000000';
  const names = migrations.map(({ name }) => name);

  it('on a schema that was never created every call fails with MIGRATIONS_PENDING', async () => {
    const { cairnloop } = await startHost({}, { worker: false, database: await createTestDatabase() });
    const { conversations, drafts, deliveries, audit, sla } = cairnloop;
    const calls: Record<string, () => Promise<unknown>> = {
      open: () => conversations.open({}),
      openWithMessage: () => conversations.open({ message: 'Hello?' }),
      list: () => conversations.list(),
      search: () => conversations.list({ search: 'x' }),
      get: () => conversations.get(id),
      resolve: () => conversations.resolve(id, { resolvedBy: operator }),
      drafts: () => drafts.listForConversation(id),
      deliveries: () => deliveries.list(),
      audit: () => audit.list(),
      sla: () => sla.forConversation(id),
      worker: () => cairnloop.worker.start(),
    };
    for (const [name, call] of Object.entries(calls)) {
      await assert.rejects(call(), (error: CairnloopError) => {
        assert.ok(isCairnloopError(error), `${name}: ${error}`);
        assert.deepEqual([error.code, error.details], ['MIGRATIONS_PENDING', { schema: 'cairnloop', pending: names }]);
        assert.equal(error.hint, 'Run `cairnloop migrate`.');
        return true;
      });
    }
    assert.equal(cairnloop.worker.state, 'stopped');
  });

  it('on a partly migrated schema a call names the missing migrations', async () => {
    const database = await createTestDatabase();
    await migrateUp({ url: database.url, schema: 'cairnloop' }, names[0]);
    const { cairnloop } = await startHost({}, { worker: false, database });
    const lacks = { code: 'MIGRATIONS_PENDING', details: { schema: 'cairnloop', pending: names.slice(1) } };
    await assert.rejects(cairnloop.conversations.open({}), lacks);
    await assert.rejects(cairnloop.worker.start(), lacks);
  });

  it('a faulty statement on a migrated schema keeps its own error', async () => {
    const { cairnloop, database } = await startHost({}, { worker: false });
    await database.query('ALTER TABLE cairnloop.conversations RENAME subject TO topic');
    await assert.rejects(cairnloop.conversations.open({ subject: 'x' }), { code: '42703' });
  });

  it('an unreachable database is reported with the cause and without the password', async () => {
    const database = await createTestDatabase(migrated);
    const proxy = await switchedProxy(database.url);
    const url = new URL(proxy.url);
    url.search = '';
    try {
      const { cairnloop, log } = await startHost({}, { worker: false, database: { ...database, url: url.href } });
      const { conversations } = cairnloop;
      const { id } = await conversations.open({});
      proxy.off();
      // Idle or announcing: either way the pool has noticed by then.
      await eventually(() => assert.ok(log.some(({ msg }) => /connection lost|not be announced/.test(String(msg)))));
      const calls = {
        open: () => conversations.open({}),
        receive: () => conversations.receive(id, { content: 'Hello?' }),
        list: () => conversations.list(),
        audit: () => cairnloop.audit.list(),
        worker: () => cairnloop.worker.start(),
      };
      for (const [name, call] of Object.entries(calls)) {
        await assert.rejects(call(), (error: CairnloopError) => {
          assert.equal(error.code, 'DATABASE_UNREACHABLE', `${name}: ${error}`);
          assert.ok(error.message.includes(`${url.host}${url.pathname}`) && error.hint, error.message);
          assert.ok(error.cause instanceof Error && !isCairnloopError(error.cause));
          if (url.password) assert.ok(!`${error.message}${JSON.stringify(error.details)}`.includes(url.password));
          return true;
        });
      }
      proxy.on();
      await conversations.open({});
    } finally {
      await proxy.close();
    }
  });
});
