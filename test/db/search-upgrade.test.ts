import assert from 'node:assert/strict';
import pg from 'pg';
import { migrateUp } from '../../src/db/migrate.js';
import { migrations } from '../../src/db/migrations/index.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { start } from '../support/started-host.js';

const schema = 'cairnloop';

describe('the search migration', () => {
  const dropped: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const drop of dropped.splice(0).reverse()) await drop();
  });

  const emptyDatabase = async (): Promise<TestDatabase> => {
    const database = await createTestDatabase();
    dropped.push(database.drop);
    return database;
  };

  /** A database of 0.1 with conversations in it. */
  const oldDatabase = async (): Promise<TestDatabase> => {
    const database = await emptyDatabase();
    await migrateUp({ url: database.url, schema }, '0008-search');
    await database.query(`
      with opened as (
        insert into cairnloop.conversations (subject, tags, created_at, updated_at)
        select 'Rechnungsempfänger ' || n, '{wichtig}', now(), now() from generate_series(1, 12000) n returning *
      )
      insert into cairnloop.messages (conversation_id, role, content, created_at)
      select id, 'customer', '导出的 CSV 文件乱码 ' || subject, now() from opened`);
    return database;
  };

  const connect = async (url: string): Promise<pg.Client> => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    dropped.push(() => client.end());
    return client;
  };

  const counts = async (database: TestDatabase, searches: string[]): Promise<number[]> => {
    const { cairnloop } = await start({}, database);
    try {
      return await Promise.all(searches.map((search) => cairnloop.conversations.count({ search })));
    } finally {
      await cairnloop.close();
    }
  };

  it('makes messages written before it searchable', async () => {
    const database = await oldDatabase();
    await migrateUp({ url: database.url, schema });
    assert.deepEqual(await counts(database, ['empfanger 11999', '乱码', 'wichtig']), [1, 12_000, 12_000]);
  });

  it('lets messages be written while it builds the index, and makes them searchable', async () => {
    const database = await oldDatabase();
    const [longest, writer] = [await connect(database.url), await connect(database.url)];
    const insert = `insert into cairnloop.messages (conversation_id, role, content, created_at)
      select id, 'customer', $1, now() from cairnloop.conversations limit 1`;
    await longest.query('begin');
    await longest.query(insert, ['begun before the index']);
    const migrating = migrateUp({ url: database.url, schema });
    await eventually(async () => {
      const { rowCount } = await database.query(
        'select from pg_stat_progress_create_index where datname = current_database()',
      );
      assert.equal(rowCount, 1, 'the index is being built');
    });
    await writer.query(`set lock_timeout = '10s'`);
    await writer.query(insert, ['written meanwhile']);
    await longest.query('commit');
    await migrating;
    assert.deepEqual(await counts(database, ['egun befor', 'eanwhil']), [1, 1]);
  });

  it('is applied once by processes that migrate at the same time', async () => {
    const database = await oldDatabase();
    const applied = await Promise.all([1, 2, 3].map(() => migrateUp({ url: database.url, schema })));
    assert.equal(applied.flat().filter((name) => name === '0011-search-parts').length, 1);
  });

  it('is not cut off by a statement_timeout of the server', async () => {
    const database = await oldDatabase();
    await database.query(`alter database ${new URL(database.url).pathname.slice(1)} set statement_timeout = '400ms'`);
    await migrateUp({ url: database.url, schema });
    assert.deepEqual(await counts(database, ['empfänger 7777']), [1]);
  });

  it('continues after an interrupted run', async () => {
    const database = await oldDatabase();
    const search = migrations.find(({ name }) => name === '0011-search-parts');
    const statements = search?.prepare?.('"cairnloop"') ?? [];
    await database.query(statements[0] ?? '');
    await database.query(statements[1] ?? '');
    await database.query('create index messages_parts on cairnloop.messages (id)');
    await migrateUp({ url: database.url, schema });
    assert.deepEqual(await counts(database, ['empfänger 7777', '文件乱 7777']), [1, 1]);
  });

  it('needs no extension, and no right to create one', async () => {
    const database = await emptyDatabase();
    const role = `searcher_${process.pid}`;
    const name = new URL(database.url).pathname.slice(1);
    await database.query(`create role ${role} login password 'secret'`);
    dropped.push(async () => {
      await database.query(`drop owned by ${role} cascade`);
      await database.query(`drop role ${role}`);
    });
    await database.query(`create schema cairnloop authorization ${role}`);
    await database.query(`revoke create on database ${name} from public`);
    const url = new URL(database.url);
    [url.username, url.password] = [role, 'secret'];
    await migrateUp({ url: url.href, schema });
    const { cairnloop } = await start({}, { ...database, url: url.href });
    await cairnloop.conversations.open({ message: '導出した金額が違います' });
    assert.equal(await cairnloop.conversations.count({ search: '金額' }), 1);
    await cairnloop.close();
    const { rows } = await database.query('select extname from pg_extension');
    assert.deepEqual(rows, [{ extname: 'plpgsql' }]);
  });

  const locales = {
    C: `lc_collate 'C' lc_ctype 'C'`,
    Turkish: `locale_provider icu icu_locale 'tr' lc_collate 'C' lc_ctype 'C'`,
  };
  for (const [locale, options] of Object.entries(locales)) {
    it(`gives the same results in a database whose locale is ${locale}`, async () => {
      const server = await emptyDatabase();
      const name = `${new URL(server.url).pathname.slice(1)}_${locale.toLowerCase()}`;
      await server.query(`create database ${name} template template0 encoding 'UTF8' ${options}`);
      dropped.push(() => server.query(`drop database ${name} with (force)`));
      const url = new URL(server.url);
      url.pathname = `/${name}`;
      await migrateUp({ url: url.href, schema });
      const { cairnloop } = await start({}, { ...server, url: url.href });
      await cairnloop.conversations.open({ subject: 'ISPARTA ΟΔΌΣ ЁЖИК İÇEL', message: '导出的文件乱码 STRASSE' });
      for (const search of ['isparta', 'sparta', 'οδός', 'ёжик', 'içel', 'ıçel', '乱码', 'straße'])
        assert.equal(await cairnloop.conversations.count({ search }), 1, search);
      await cairnloop.close();
    });
  }
});
