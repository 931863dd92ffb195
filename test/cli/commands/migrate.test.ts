import assert from 'node:assert/strict';
import { migrations } from '../../../src/db/migrations/index.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { runCli } from '../../support/run-cli.js';
import { runMain } from '../../support/run-main.js';
import { type TempHost, tempHost } from '../../support/temp-host.js';

const names = migrations.map((migration) => migration.name);
const last = names.at(-1) ?? '';

describe('cairnloop migrate', () => {
  let database: TestDatabase;
  let host: TempHost;
  beforeEach(async () => {
    database = await createTestDatabase();
    host = tempHost({
      'package.json': { type: 'module' },
      'cairnloop.config.mjs': `export default { database: { url: '${database.url}', schema: 'support' } };`,
    });
  });
  afterEach(async () => {
    host.remove();
    await database.drop();
  });

  const migrate = (...args: string[]) => runMain(host.folder, ['migrate', ...args]);
  const json = async (...args: string[]) => (await migrate(...args, '--json')).json();
  const tables = async () => {
    const { rows } = await database.query(
      `SELECT tablename FROM pg_tables WHERE schemaname = 'support' ORDER BY tablename`,
    );
    return rows.map(({ tablename }) => tablename);
  };

  it('CL4 eight processes at once apply each migration once', async () => {
    const runs = await Promise.all(
      Array.from({ length: 8 }, () => runCli(['migrate', 'up', '--json'], { cwd: host.folder })),
    );
    for (const run of runs) assert.equal(run.exitCode, 0, run.stderr);
    const applied = runs.flatMap(({ stdout }) => JSON.parse(stdout).names);
    assert.deepEqual(applied, names);
    const { rows } = await database.query('SELECT name FROM support.migrations ORDER BY name');
    assert.deepEqual(
      rows.map(({ name }) => name),
      names,
    );
  }).timeout(120_000);

  it('CL4 status lists applied and pending migrations and writes nothing; up and down stop at --to', async () => {
    assert.deepEqual(await json('status'), { schema: 'support', applied: [], pending: names, unknown: [] });
    assert.deepEqual(await tables(), []);
    const [first = '', second = ''] = names;
    assert.deepEqual((await json('up', '--to', second)).names, [first, second]);
    const status = (await migrate('status')).out;
    for (const name of names) assert.match(status, new RegExp(`(applied|pending)  ${name}\n`));
    assert.equal(status.match(/applied/g)?.length, 2);
    assert.deepEqual((await json('up')).names, names.slice(2));

    assert.deepEqual((await json('down', '--yes')).names, [last]);
    assert.deepEqual((await json('status')).pending, [last]);
    assert.deepEqual((await json('down', '--to', first, '--yes')).names, names.slice(0, -1).reverse());
    assert.deepEqual(await tables(), ['migrations']);
    const functions = await database.query(`SELECT 1 FROM pg_proc WHERE pronamespace = 'support'::regnamespace`);
    assert.equal(functions.rowCount, 0);
    assert.deepEqual((await json('up')).names, names);
  });

  it('CL4 down says what it deletes, and without a terminal it needs --yes', async () => {
    await migrate();
    await database.query(
      `INSERT INTO support.conversations (status, created_at, updated_at) SELECT 'open', now(), now() FROM generate_series(1, 3)`,
    );
    const before = await tables();
    const [first = ''] = names;
    const refused = await migrate('down', '--to', first);
    assert.deepEqual([refused.exitCode, refused.out], [2, '']);
    assert.match(refused.err, /table conversations \(3 rows\)[\s\S]*expected --yes.*\nNothing was changed/);
    const asJson = await migrate('down', '--to', first, '--json');
    assert.deepEqual([asJson.exitCode, asJson.json().error.code, asJson.err], [2, 'USAGE', '']);
    assert.deepEqual(await tables(), before);
    const run = await runCli(['migrate', 'down', '--to', first], { cwd: host.folder });
    assert.deepEqual([run.exitCode, run.stdout], [2, '']);

    const done = await json('down', '--to', first, '--yes');
    assert.deepEqual(done.names, names.toReversed());
    assert.deepEqual(
      done.dropped.find(({ table }: { table: string }) => table === 'conversations'),
      { table: 'conversations', column: null, rows: 3 },
    );
    const nothing = await migrate('down');
    assert.deepEqual([nothing.exitCode, nothing.out], [0, 'No migration to roll back in schema "support"\n']);
  });

  it('CL4 down asks in a terminal, and a no changes nothing', async () => {
    await migrate();
    const asked = await runMain(host.folder, ['migrate', 'down'], { 'Roll back': false });
    assert.deepEqual([asked.exitCode, asked.asked.length], [130, 1]);
    assert.match(asked.err, new RegExp(`Rolls back 1 migration\\(s\\) in schema "support": ${last}`));
    assert.deepEqual((await json('status')).pending, []);
    assert.equal((await runMain(host.folder, ['migrate', 'down'], { 'Roll back': true })).exitCode, 0);
    assert.equal((await runMain(host.folder, ['migrate', 'down', '--yes'], {})).exitCode, 0);
    assert.deepEqual((await json('status')).pending, names.slice(-2));
  });

  it('CL4 down deletes exactly what it announces, migration by migration', async () => {
    await migrate();
    const columns = async () => {
      const { rows } = await database.query(`SELECT c.relname AS table, a.attname AS column
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE c.relnamespace = 'support'::regnamespace AND c.relkind = 'r'`);
      return rows as { table: string; column: string }[];
    };
    for (const name of names.toReversed()) {
      const before = await columns();
      const { dropped } = await json('down', '--yes');
      const after = await columns();
      const hasTable = (table: string) => after.some((one) => one.table === table);
      const gone = before.filter((one) => !after.some((it) => it.table === one.table && it.column === one.column));
      const expected = gone.map(({ table, column }) => (hasTable(table) ? `${table}.${column}` : table));
      const said = (dropped as { table: string; column: string | null }[]).map(({ table, column }) =>
        column === null ? table : `${table}.${column}`,
      );
      assert.deepEqual(said.sort(), [...new Set(expected)].sort(), name);
    }
  });

  it('CL4 refuses a schema that is newer than the package, and changes nothing', async () => {
    await migrate();
    const before = await tables();
    await database.query(`INSERT INTO support.migrations (name) VALUES ('9999-from-the-future')`);
    for (const direction of ['up', 'down']) {
      const { exitCode, err, out } = await migrate(direction);
      assert.deepEqual([exitCode, out], [1, '']);
      assert.match(err, /^Schema "support" is newer than this package: it has 9999-from-the-future.*\n.+\n$/);
    }
    assert.deepEqual(await tables(), before);
    assert.match((await migrate('status')).out, /unknown {2}9999-from-the-future/);
  });

  it('CL4 says what it did, or that there was nothing to do', async () => {
    const first = await migrate();
    assert.equal(first.out, `Applied ${names.length}: ${names.join(', ')} in schema "support"\n`);
    assert.equal((await migrate()).out, `No migration is pending (${names.length} applied) in schema "support"\n`);
    const unknown = await migrate('up', '--to', 'nonsense');
    assert.equal(unknown.exitCode, 2);
    assert.match(unknown.err, /There is no migration "nonsense"/);
  });

  it('has nothing to do up to a migration that is applied, and nothing to roll back of one that is pending', async () => {
    const [first = '', second = '', third = ''] = names;
    await migrate('up', '--to', second);
    for (const to of [second, first]) {
      const { exitCode, out } = await migrate('up', '--to', to);
      assert.deepEqual([exitCode, out], [0, `No migration is pending up to ${to} (2 applied) in schema "support"\n`]);
    }
    const { exitCode, out, err } = await migrate('down', '--to', third);
    assert.deepEqual([exitCode, out], [1, '']);
    assert.match(err, new RegExp(`^Migration ${third} is not applied in schema "support".*\\n.*migrate status.*\\n$`));
    assert.deepEqual((await json('status')).applied, [first, second]);
  });

  it('refuses status --to', async () => {
    const { exitCode, err } = await migrate('status', '--to', last);
    assert.equal(exitCode, 2);
    assert.match(err, /^--to expected .*\n.*\n$/);
  });

  it('rolls a failing migration back completely, and names it', async () => {
    await database.query('CREATE SCHEMA support; CREATE TABLE support.drafts (id int)');
    const { exitCode, err } = await migrate();
    assert.equal(exitCode, 1);
    assert.match(err, /^Migration 0003-drafts failed and was rolled back: .*"drafts" already exists/);
    assert.deepEqual((await json('status')).applied, names.slice(0, 2));
    await database.query('DROP TABLE support.drafts');
    assert.deepEqual((await json('up')).names, names.slice(2));
  });
});
