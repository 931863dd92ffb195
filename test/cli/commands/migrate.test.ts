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

  it('CL4 status lists applied and pending and writes nothing; up and down go to a migration and no further', async () => {
    assert.deepEqual(await json('status'), { schema: 'support', applied: [], pending: names, unknown: [] });
    assert.deepEqual(await tables(), []);
    const [first = '', second = ''] = names;
    assert.deepEqual((await json('up', '--to', second)).names, [first, second]);
    const status = (await migrate('status')).out;
    for (const name of names) assert.match(status, new RegExp(`(applied|pending)  ${name}\n`));
    assert.equal(status.match(/applied/g)?.length, 2);
    assert.deepEqual((await json('up')).names, names.slice(2));

    assert.deepEqual((await json('down')).names, [last]);
    assert.deepEqual((await json('status')).pending, [last]);
    assert.deepEqual((await json('down', '--to', first)).names, names.slice(0, -1).reverse());
    assert.deepEqual(await tables(), ['migrations']);
    const functions = await database.query(`SELECT 1 FROM pg_proc WHERE pronamespace = 'support'::regnamespace`);
    assert.equal(functions.rowCount, 0);
    assert.deepEqual((await json('up')).names, names);
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

  it('CL4 says what it did in words, and that there was nothing to do', async () => {
    const first = await migrate();
    assert.equal(first.out, `Applied ${names.length}: ${names.join(', ')} in schema "support"\n`);
    assert.equal((await migrate()).out, `Nothing pending (${names.length} applied) in schema "support"\n`);
    const unknown = await migrate('up', '--to', 'nonsense');
    assert.equal(unknown.exitCode, 2);
    assert.match(unknown.err, /There is no migration "nonsense"/);
  });

  it('has nothing to do up to a migration that is applied, and nothing to roll back of one that is pending', async () => {
    const [first = '', second = '', third = ''] = names;
    await migrate('up', '--to', second);
    for (const to of [second, first]) {
      const { exitCode, out } = await migrate('up', '--to', to);
      assert.deepEqual([exitCode, out], [0, `Nothing pending up to ${to} (2 applied) in schema "support"\n`]);
    }
    const { exitCode, out, err } = await migrate('down', '--to', third);
    assert.deepEqual([exitCode, out], [1, '']);
    assert.match(err, new RegExp(`^Migration ${third} is not applied in schema "support".*\\n.*migrate status.*\\n$`));
    assert.deepEqual((await json('status')).applied, [first, second]);
  });

  it('refuses a status --to, which would mean nothing', async () => {
    const { exitCode, err } = await migrate('status', '--to', last);
    assert.equal(exitCode, 2);
    assert.match(err, /^--to expected .*\n.*\n$/);
  });

  it('keeps nothing of a migration that fails, and says which one it was', async () => {
    await database.query('CREATE SCHEMA support; CREATE TABLE support.drafts (id int)');
    const { exitCode, err } = await migrate();
    assert.equal(exitCode, 1);
    assert.match(err, /^Migration 0003-drafts failed and was rolled back: .*"drafts" already exists/);
    assert.deepEqual((await json('status')).applied, names.slice(0, 2));
    await database.query('DROP TABLE support.drafts');
    assert.deepEqual((await json('up')).names, names.slice(2));
  });
});
