import assert from 'node:assert/strict';
import pg from 'pg';
import type { Cairnloop } from '../../src/contracts/cairnloop.js';
import type { TransactionExecutor } from '../../src/within/executor.js';
import { createTestDatabase, startOwnCluster, type TestDatabase } from '../support/database.js';
import { migrated, operator, type StartedHost, start } from '../support/started-host.js';

describe('within(executor)', () => {
  let host: StartedHost;
  let cairnloop: Cairnloop;
  let client: pg.Client;

  before(async () => {
    host = await start({}, await createTestDatabase(migrated));
    cairnloop = host.cairnloop;
  });
  beforeEach(async () => {
    client = await connect(host.database);
  });
  afterEach(() => client.end().catch(() => {}));
  after(async () => {
    await cairnloop.close();
    await host.database.drop();
  });

  async function connect({ url }: TestDatabase): Promise<pg.Client> {
    const connected = new pg.Client({ connectionString: url });
    connected.on('error', () => {});
    await connected.connect();
    return connected;
  }

  describe('is refused with a clear sentence', () => {
    const open = (executor: TransactionExecutor) => cairnloop.within(executor).conversations.open({ actorId: 'a' });
    const rejects = (executor: TransactionExecutor, code: string, message: RegExp) =>
      assert.rejects(open(executor), (error: Error & { code: string }) => {
        assert.equal(error.code, code);
        assert.match(error.message, message);
        return true;
      });

    it('on a client without a transaction, and on one whose transaction is over', async () => {
      await rejects(client, 'TRANSACTION_REQUIRED', /without an open transaction/);
      await client.query('BEGIN');
      await client.query('COMMIT');
      await rejects(client, 'TRANSACTION_REQUIRED', /without an open transaction/);
    });

    it('on a pool', async () => {
      const pool = new pg.Pool({ connectionString: host.database.url }).on('error', () => {});
      await rejects(pool, 'TRANSACTION_REQUIRED', /without an open transaction/);
      await pool.end();
    });

    it('in another database, though its schema is the same, and on another server', async () => {
      const other = await createTestDatabase(migrated);
      const elsewhere = await connect(other);
      await elsewhere.query('BEGIN');
      await rejects(elsewhere, 'TRANSACTION_ELSEWHERE', /not in the database of database\.url/);
      await elsewhere.query('SELECT 1');
      await elsewhere.end();
      await other.drop();
      const server = await startOwnCluster();
      const far = new pg.Client({ connectionString: server.url });
      await far.connect();
      await far.query('BEGIN');
      await rejects(far, 'TRANSACTION_ELSEWHERE', /not in the database of database\.url/);
      await far.end();
      await server.stop();
    });

    it('on a closed client, and on one whose connection breaks', async () => {
      await client.query('BEGIN');
      const { rows } = await client.query('SELECT pg_backend_pid() AS pid');
      await host.database.query('SELECT pg_terminate_backend($1)', [rows[0].pid]);
      await rejects(client, 'TRANSACTION_LOST', /executor that was passed to within\(\) failed/);
      await client.end().catch(() => {});
      await rejects(client, 'TRANSACTION_LOST', /executor that was passed to within\(\) failed/);
    });

    it('in a read-only transaction, for a role without rights, and for a lock that is held for too long', async () => {
      const { id } = await cairnloop.conversations.open({ actorId: 'locked' });
      await client.query('BEGIN READ ONLY');
      await rejects(client, 'DATABASE_READ_ONLY', /passed to within\(\) is read-only/);
      assert.equal((await cairnloop.within(client).conversations.get(id)).id, id);
      await client.query('ROLLBACK');

      await host.database.query('CREATE ROLE within_nobody');
      await client.query('BEGIN');
      await client.query('SET LOCAL ROLE within_nobody');
      await rejects(client, 'DATABASE_PERMISSION', /passed to within\(\) runs as lacks a right/);
      await client.query('ROLLBACK');
      await host.database.query('DROP ROLE within_nobody');

      const holder = await connect(host.database);
      await holder.query('BEGIN');
      await holder.query('SELECT FROM cairnloop.conversations WHERE id = $1 FOR UPDATE', [id]);
      await client.query('BEGIN');
      await client.query('SET LOCAL lock_timeout = 50');
      const { conversations } = cairnloop.within(client);
      await assert.rejects(conversations.resolve(id, { resolvedBy: operator }), { code: 'DATABASE_BUSY' });
      await conversations.open({ actorId: 'still usable' });
      await client.query('COMMIT');
      await holder.end();
    });

    const wrong: [what: string, executor: unknown, words: RegExp][] = [
      [
        'nothing',
        undefined,
        /executor: expected an object with query\(text, values\), such as a client of pg, found nothing/,
      ],
      ['null', null, /expected an object with query/],
      ['a text', 'postgres://', /expected an object with query/],
      [
        'a transaction of Kysely',
        { executeQuery() {} },
        /such as fromKysely\(trx\) of cairnloop\/transactions returns/,
      ],
      ['a transaction of Knex', { raw() {} }, /fromKnex\(trx\)/],
      ['a transaction of Prisma', { $queryRawUnsafe() {} }, /fromPrisma\(tx\)/],
      ['a transaction of Drizzle', { execute() {} }, /fromDrizzle\(tx\)/],
      ['a transaction of Sequelize', { afterCommit() {} }, /fromSequelize\(sequelize, transaction\)/],
    ];
    for (const [what, executor, words] of wrong)
      it(`for ${what}`, () => {
        assert.throws(
          () => cairnloop.within(executor as TransactionExecutor),
          (error: Error & { code: string }) => error.code === 'INPUT_INVALID' && words.test(error.message),
        );
      });

    const notRows: [what: string, result: unknown][] = [
      ['nothing', undefined],
      ['a list of rows', []],
      ['rows that are no list', { rows: 1 }],
    ];
    for (const [what, result] of notRows)
      it(`for an executor whose query returns ${what}`, async () => {
        const executor = { query: async () => result, getRepository() {} } as unknown as TransactionExecutor;
        await rejects(
          executor,
          'INPUT_INVALID',
          /executor\.query: expected a promise of \{ rows \}, such as fromTypeOrm/,
        );
      });

    it('for a driver that changes a text value', async () => {
      await client.query('BEGIN');
      const query = async (text: string, values: unknown[]) => {
        const { rows } = await client.query(text, values);
        return { rows: rows.map(() => ({ rows: { spoiled: true } })) };
      };
      await rejects({ query }, 'INPUT_INVALID', /executor\.query: expected rows as Postgres returned them/);
      await client.query('ROLLBACK');
    });

    it('for an executor that fails, without the library’s text about the statement', async () => {
      const cause = new Error('Connection terminated');
      const query = async () => {
        throw new Error('Failed query: INSERT … params: secret', { cause });
      };
      await rejects({ query }, 'TRANSACTION_LOST', /failed: Connection terminated\.$/);
    });

    it('for an executor that throws', async () => {
      const executor: TransactionExecutor = {
        query() {
          throw new TypeError('no such thing');
        },
      };
      await rejects(executor, 'TRANSACTION_LOST', /no such thing/);
    });
  });
});
