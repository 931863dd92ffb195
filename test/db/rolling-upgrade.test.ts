import assert from 'node:assert/strict';
import type { Cairnloop } from '../../src/contracts/cairnloop.js';
import { migrateDown, migrateUp, readMigrationStatus, requireMigratedSchema } from '../../src/db/migrate.js';
import { compareMigrations } from '../../src/db/migrations/compare-schema.js';
import { migrations } from '../../src/db/migrations/index.js';
import { openSession } from '../../src/db/session.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { migrated, operator, useHosts } from '../support/started-host.js';

const schema = 'cairnloop';
const newest = migrations.at(-1)?.name as string;
const later = '9001-of-a-later-version';

/** Records a migration of a later version, as that version would. */
const record = ({ query }: TestDatabase, name: string, worksWithCodeOf: string | null) =>
  query('INSERT INTO cairnloop.migrations (name, works_with_code_of) VALUES ($1, $2)', [name, worksWithCodeOf]);

describe('compareMigrations', () => {
  const code = ['1-a', '2-b'].map((name) => ({ name }));
  const row = (name: string, worksWithCodeOf: string | null = null) => ({ name, worksWithCodeOf });
  const both = [row('1-a'), row('2-b')];

  for (const [title, recorded, expected] of [
    ['a schema that was never made', [], { pending: ['1-a', '2-b'] }],
    ['one of the same version', both, { applied: ['1-a', '2-b'] }],
    ['an older one', [row('1-a')], { applied: ['1-a'], pending: ['2-b'] }],
    [
      'a newer one that works with this code',
      [...both, row('3-c', '2-b'), row('4-d', '1-a')],
      { applied: ['1-a', '2-b'], unknown: ['3-c', '4-d'] },
    ],
    [
      'a newer one that says nothing',
      [...both, row('3-c')],
      { applied: ['1-a', '2-b'], unknown: ['3-c'], incompatible: ['3-c'] },
    ],
    [
      'a newer one of two steps, the second of which works with code of the first',
      [...both, row('3-c', '2-b'), row('4-d', '3-c')],
      { applied: ['1-a', '2-b'], unknown: ['3-c', '4-d'], incompatible: ['4-d'] },
    ],
  ] as const)
    it(`${title}`, () => {
      const nothing = { applied: [], pending: [], unknown: [], incompatible: [] };
      assert.deepEqual(compareMigrations(recorded, code), { ...nothing, ...expected });
    });
});

describe('the migrations of this package', () => {
  /** The first release: it runs beside no older one. */
  const released = '0022';

  it('declare the oldest code that they work with, from the first one after the first release on', () => {
    const silent = migrations.filter(({ name, worksWithCodeOf }) => name > `${released}~` && !worksWithCodeOf);
    assert.deepEqual(
      silent.map(({ name }) => name),
      [],
    );
  });

  it('name an earlier migration, or themselves if no older code works', () => {
    const order = migrations.map(({ name }) => name);
    for (const { name, worksWithCodeOf } of migrations)
      if (worksWithCodeOf) assert.ok(order.slice(0, order.indexOf(name) + 1).includes(worksWithCodeOf), name);
  });
});

describe('a schema migrated by a later version that is compatible with this one', () => {
  const { startHost } = useHosts();
  const migratedLater = async () => {
    const database = await createTestDatabase(migrated);
    await record(database, later, newest);
    return database;
  };

  it('works with hosts of this version, running or starting, and its worker delivers', async () => {
    const told: string[] = [];
    const notifier = { onConversationResolved: ({ id }: { id: string }) => void told.push(id) };
    const host = await startHost({ notifier: { ...notifier, onSlaBreach() {}, onOutboundTriggered() {} } });
    const resolve = async ({ conversations }: Cairnloop) => {
      const { id } = await conversations.open({ message: 'Hello?' });
      await conversations.resolve(id, { resolvedBy: operator });
      await eventually(() => assert.ok(told.includes(id), `not told of ${id}: ${JSON.stringify(host.log)}`));
    };
    await resolve(host.cairnloop);
    await record(host.database, later, newest);
    const second = await startHost({}, { database: host.database, worker: false });
    await resolve(host.cairnloop);
    await second.cairnloop.conversations.open({ message: 'Hello?' });
    const ready = await host.cairnloop.operations().fetch(new Request('http://localhost/health/ready'));
    assert.equal(ready.status, 200);
  });

  it('is up to date for `migrate` of this version, so that a deploy can go back to it', async () => {
    const { url, drop } = await migratedLater();
    assert.deepEqual(await migrateUp({ url, schema }), []);
    await requireMigratedSchema({ url, schema });
    const { pending, unknown, incompatible } = await readMigrationStatus({ url, schema });
    assert.deepEqual({ pending, unknown, incompatible }, { pending: [], unknown: [later], incompatible: [] });
    await drop();
  });

  it('is neither rolled back nor migrated further', async () => {
    const database = await migratedLater();
    const { url } = database;
    await assert.rejects(migrateDown({ url, schema }), { code: 'SCHEMA_NEWER', message: new RegExp(later) });
    await database.query('DELETE FROM cairnloop.migrations WHERE name = $1', ['0015-portal-writes']);
    await assert.rejects(migrateUp({ url, schema }), { code: 'SCHEMA_NEWER', message: new RegExp(later) });
    await database.drop();
  });

  it('refuses an incompatible version, and names the migrations', async () => {
    const database = await migratedLater();
    await record(database, '9002-contract', later);
    const host = await startHost({}, { database, worker: false });
    const refused = { code: 'SCHEMA_NEWER', message: /it has 9002-contract, which/ };
    await assert.rejects(host.cairnloop.conversations.open({}), refused);
    await assert.rejects(requireMigratedSchema({ url: database.url, schema }), refused);
    await assert.rejects(migrateUp({ url: database.url, schema }), refused);
  });
});

describe('a migration under traffic', () => {
  it('lets other statements through while it waits for a locked table, and says that it waits', async () => {
    const database = await createTestDatabase(migrated);
    const { url } = database;
    const holder = await openSession({ url, schema, name: 'test' });
    await holder.query('BEGIN');
    await holder.query('SELECT name FROM cairnloop.migrations');
    const said: string[] = [];
    let done = false;
    const down = migrateDown({ url, schema }, '0021-rolling-upgrades', (sentence) => said.push(sentence));
    const rolledBack = down.finally(() => {
      done = true;
    });
    await eventually(() => assert.match(said[0] ?? '', /0021-rolling-upgrades waits for a table .* pg_stat_activity/));
    for (let reads = 0; reads < 5; reads += 1) await database.query('SELECT name FROM cairnloop.migrations');
    assert.equal(done, false);
    await holder.query('COMMIT');
    await rolledBack;
    assert.equal(said.length, 1);
    await holder.end();
    assert.deepEqual((await migrateUp({ url, schema }))[0], '0021-rolling-upgrades');
    await database.drop();
  });
});
