import assert from 'node:assert/strict';
import { migrateDown, migrateUp, readMigrationStatus } from '../../src/db/migrate.js';
import { migrations } from '../../src/db/migrations/index.js';
import { openSession } from '../../src/db/session.js';
import { createCairnloop } from '../../src/instance/cairnloop.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { readDatabase } from '../support/read-database.js';
import { runMain } from '../support/run-main.js';
import { migrated } from '../support/started-host.js';
import { tempHost } from '../support/temp-host.js';

const schema = 'cairnloop';
const names = migrations.map(({ name }) => name);
const last = names.at(-1) as string;

describe('what migrate requires', () => {
  let undo: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const step of undo.reverse()) await step();
    undo = [];
  });

  async function database(template?: typeof migrated): Promise<TestDatabase> {
    const made = await createTestDatabase(template);
    undo.push(() => made.drop());
    return made;
  }

  /** A role that may connect and no more; returns the URL that connects as it. */
  async function roleOf({ url, query }: TestDatabase, grants: (role: string, name: string) => string[] = () => []) {
    const role = `app_${process.pid}_${undo.length}`;
    const name = new URL(url).pathname.slice(1);
    await query(`CREATE ROLE ${role} LOGIN PASSWORD 'secret'`);
    for (const grant of grants(role, name)) await query(grant);
    undo.push(async () => {
      await query(`DROP OWNED BY ${role}`);
      await query(`DROP ROLE ${role}`);
    });
    const asRole = new URL(url);
    asRole.username = role;
    asRole.password = 'secret';
    return { role, name, url: asRole.href };
  }

  const tables = (role: string) => [
    `GRANT USAGE ON SCHEMA cairnloop TO ${role}`,
    `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA cairnloop TO ${role}`,
  ];

  describe('of its role', () => {
    it('CREATE on the database if the schema is missing; the error has the GRANT statement', async () => {
      const made = await database();
      const { url, role, name } = await roleOf(made);
      const refused = {
        code: 'DATABASE_PERMISSION',
        message: new RegExp(`role "${role}" needs CREATE on database "${name}"`),
        hint: new RegExp(`GRANT CREATE ON DATABASE "${name}" TO "${role}"`),
      };
      await assert.rejects(migrateUp({ url, schema }), refused);
      await made.query(`GRANT CREATE ON DATABASE ${name} TO ${role}`);
      assert.deepEqual(await migrateUp({ url, schema }), names);
    });

    it('CREATE on a schema that an administrator created', async () => {
      const made = await database();
      await made.query('CREATE SCHEMA cairnloop');
      const { url, role } = await roleOf(made, (role) => [`GRANT USAGE ON SCHEMA cairnloop TO ${role}`]);
      const refused = {
        code: 'DATABASE_PERMISSION',
        hint: new RegExp(`GRANT CREATE ON SCHEMA "cairnloop" TO "${role}"`),
      };
      await assert.rejects(migrateUp({ url, schema }), refused);
      await made.query(`GRANT CREATE ON SCHEMA cairnloop TO ${role}`);
      assert.deepEqual(await migrateUp({ url, schema }), names);
    });

    it('to own the tables that a migration changes', async () => {
      const made = await database(migrated);
      const { url } = await roleOf(made, (role) => [...tables(role), `GRANT CREATE ON SCHEMA cairnloop TO ${role}`]);
      await assert.rejects(migrateDown({ url, schema }), { code: 'DATABASE_PERMISSION', message: /must be owner of/ });
      assert.deepEqual((await readMigrationStatus({ url, schema })).pending, []);
    });

    it('only the right to read if nothing is pending, and the library works with no other right', async () => {
      const made = await database(migrated);
      const { url } = await roleOf(made, tables);
      assert.deepEqual(await migrateUp({ url, schema }), []);
      assert.deepEqual(await migrateUp({ url, schema }, names[2]), []);
      const cairnloop = await createCairnloop({ database: { url }, log: { level: 'fatal' } });
      await cairnloop.worker.start();
      await cairnloop.conversations.open({ message: 'Hello?' });
      await cairnloop.close();
    });

    it('the right to read the applied migrations; the error says so', async () => {
      const made = await database(migrated);
      const { url } = await roleOf(made);
      const refused = { code: 'DATABASE_PERMISSION', message: /permission denied for schema cairnloop/ };
      await assert.rejects(migrateUp({ url, schema }), refused);
      await assert.rejects(readMigrationStatus({ url, schema }), refused);
      const cairnloop = await createCairnloop({ database: { url }, log: { level: 'fatal' } });
      await assert.rejects(cairnloop.conversations.open({}), refused);
      await cairnloop.close();
    });

    it('a missing right is reported on the command line without a stack, with exit code 1', async () => {
      const { url } = await roleOf(await database());
      const host = tempHost({
        'package.json': { type: 'module' },
        'cairnloop.config.mjs': `export default { database: { url: '${url}' } };`,
      });
      const { exitCode, err } = await runMain(host.folder, ['migrate']);
      host.remove();
      assert.equal(exitCode, 1);
      assert.match(err, /needs CREATE on database[\s\S]*GRANT CREATE/);
      assert.doesNotMatch(err, /report it|\n\s+at /);
    });
  });

  describe('of its database', () => {
    async function inEncoding(encoding: string): Promise<string> {
      const { url, query } = await database();
      const name = `cairnloop_test_${process.pid}_${encoding.toLowerCase()}`;
      await query(`CREATE DATABASE ${name} ENCODING ${encoding} LOCALE 'C' TEMPLATE template0`);
      undo.push(() => query(`DROP DATABASE ${name} WITH (FORCE)`));
      return Object.assign(new URL(url), { pathname: `/${name}` }).href;
    }

    for (const encoding of ['LATIN1', 'SQL_ASCII', 'EUC_JP'])
      it(`UTF-8: ${encoding} is refused before anything is written, and doctor reports it`, async () => {
        const url = await inEncoding(encoding);
        const refused = {
          code: 'DATABASE_UNSUITABLE',
          message: new RegExp(`expected the encoding UTF8, found ${encoding}`),
        };
        await assert.rejects(migrateUp({ url, schema }), refused);
        const session = await openSession({ url, schema, name: 'test' });
        const { rows } = await session.query(`SELECT nspname FROM pg_namespace WHERE nspname = 'cairnloop'`);
        await session.end();
        assert.deepEqual(rows, []);
        const { database } = await readDatabase(url, schema, 5000);
        assert.equal(database.state === 'known' && database.value.encoding, encoding);
      });

    it('no particular locale: LC_CTYPE C works', async () => {
      const url = await inEncoding('UTF8');
      assert.deepEqual(await migrateUp({ url, schema }), names);
      const { database } = await readDatabase(url, schema, 5000);
      assert.equal(database.state === 'known' && database.value.encoding, 'UTF8');
    });

    it('that it accepts writes, but only if a migration is pending', async () => {
      for (const [template, pending] of [
        [undefined, true],
        [migrated, false],
      ] as const) {
        const made = await database(template);
        await made.query(
          `ALTER DATABASE ${new URL(made.url).pathname.slice(1)} SET default_transaction_read_only = on`,
        );
        const run = migrateUp({ url: made.url, schema });
        if (pending) await assert.rejects(run, { code: 'DATABASE_READ_ONLY' });
        else assert.deepEqual(await run, []);
      }
    });

    it('that it exists, and that the password is right', async () => {
      const made = await database();
      const { url } = await roleOf(made);
      const missing = Object.assign(new URL(url), { pathname: '/no_such_database' }).href;
      await assert.rejects(migrateUp({ url: missing, schema }), {
        code: 'DATABASE_UNREACHABLE',
        hint: /Create that database/,
      });
      const wrong = Object.assign(new URL(url), { password: 'wrong' }).href;
      await assert.rejects(migrateUp({ url: wrong, schema }), {
        code: 'DATABASE_UNREACHABLE',
        hint: /user and password/,
      });
    });
  });

  it('that no other process is migrating: it waits, and says so', async () => {
    const { url } = await database();
    const holder = await openSession({ url, schema, name: 'test' });
    await holder.query('SELECT pg_advisory_lock(hashtext($1))', ['cairnloop.migrate.cairnloop']);
    const told: string[] = [];
    const running = migrateUp({ url, schema }, undefined, (sentence) => told.push(sentence));
    await eventually(() =>
      assert.deepEqual(told, ['Another migration of schema "cairnloop" is running; waiting until it has ended.']),
    );
    await holder.end();
    assert.deepEqual(await running, names);
    assert.equal(told.length, 1);
    assert.deepEqual(await migrateDown({ url, schema }), [last]);
  });
});
