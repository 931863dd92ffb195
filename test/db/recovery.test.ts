import assert from 'node:assert/strict';
import { toKnownDatabaseError } from '../../src/db/database-failure.js';
import { migrateUp } from '../../src/db/migrate.js';
import { isTransientError } from '../../src/db/outage.js';
import { type CairnloopError, isCairnloopError } from '../../src/foundation/errors.js';
import { createCairnloop } from '../../src/instance/cairnloop.js';
import { createTestDatabase, startOwnCluster } from '../support/database.js';
import { losingProxy } from '../support/losing-proxy.js';
import { migrated, operator, policies, useHosts } from '../support/started-host.js';

const proposal = { type: 'reply', content: 'c', riskTier: 'low', summary: 's' } as const;
const notifier = { onConversationResolved() {}, onSlaBreach() {}, onOutboundTriggered() {} };
const slaPolicyProvider = () => policies({ priority: 'normal', responseMinutes: 60, breachMinutes: 240 });

describe('database errors and recovery', () => {
  const { startHost } = useHosts();

  it('after a later migration adds a column, every call works at the first try on every pooled connection', async () => {
    const config = { notifier, slaPolicyProvider: slaPolicyProvider(), database: { poolSize: 4 } };
    const { cairnloop, database } = await startHost(config, { worker: false });
    const { conversations, drafts, sla, outbound, deliveries, audit } = cairnloop;
    const { rows } = await database.query(`SELECT tablename FROM pg_tables WHERE schemaname = 'cairnloop'`);

    /** Everything that a host can ask for, once. */
    async function everything(): Promise<void> {
      const { id } = await conversations.open({ subject: 's', message: 'Hello?' });
      const [first, second, third] = [
        await drafts.propose(id, proposal),
        await drafts.propose(id, proposal),
        await drafts.propose(id, proposal),
      ];
      await drafts.listForConversation(id);
      await drafts.edit(first.id, { content: 'd', actor: operator }).catch(refused);
      await drafts.approve(second.id, { actor: operator }).catch(refused);
      await drafts.discard(third.id, { actor: operator }).catch(refused);
      await conversations.receive(id, { content: 'And?' });
      await sla.pause(id, { reason: 'r', actor: operator });
      await sla.resume(id, { actor: operator });
      await sla.forConversation(id);
      await conversations.reply(id, { content: 'Yes', actor: operator });
      await conversations.note(id, { content: 'n', actor: operator });
      const { message } = await outbound.trigger(id, {
        templateId: 't',
        content: 'c',
        scheduleInSeconds: 60,
        actor: operator,
      });
      await outbound.cancel(message.id, { actor: operator });
      await outbound.bulkTrigger([id], { templateId: 't', content: 'c', actor: operator, dedupeKey: id });
      await conversations.resolve(id, { resolvedBy: operator });
      await Promise.all([conversations.get(id), conversations.list(), conversations.count()]);
      await Promise.all([deliveries.list(), audit.list({ conversationId: id })]);
    }

    /** An expected refusal is as good as success: the statement has run. */
    const refused = (error: unknown) => assert.ok(isCairnloopError(error), String(error));
    await Promise.all(Array.from({ length: 4 }, everything));
    for (const column of ['later', 'later_still']) {
      for (const { tablename } of rows)
        await database.query(`ALTER TABLE cairnloop.${tablename} ADD COLUMN ${column} text`);
      await Promise.all(Array.from({ length: 4 }, everything));
    }
  });

  it('a deadlock and a serialization failure are retried, and the caller gets no error', async () => {
    const { cairnloop, database } = await startHost({}, { worker: false });
    for (const code of ['40P01', '40001']) {
      await database.query(`
        CREATE SEQUENCE cairnloop.tries;
        CREATE OR REPLACE FUNCTION cairnloop.fail_twice() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
          IF nextval('cairnloop.tries') < 3 THEN RAISE EXCEPTION 'undone' USING ERRCODE = '${code}'; END IF;
          RETURN NEW;
        END $$;
        CREATE TRIGGER fail_twice BEFORE INSERT OR UPDATE ON cairnloop.conversations
          FOR EACH ROW EXECUTE FUNCTION cairnloop.fail_twice()`);
      const { id } = await cairnloop.conversations.open({ message: 'in a transaction' });
      await database.query(`ALTER SEQUENCE cairnloop.tries RESTART`);
      await cairnloop.conversations.resolve(id, { resolvedBy: operator });
      const { rows } = await database.query(
        `SELECT count(*)::int AS n FROM cairnloop.messages WHERE content = 'in a transaction'`,
      );
      assert.deepEqual(rows, [{ n: code === '40P01' ? 1 : 2 }]);
      await database.query('DROP FUNCTION cairnloop.fail_twice CASCADE; DROP SEQUENCE cairnloop.tries');
    }
  });

  it('a conflict that persists ends in DATABASE_BUSY after some tries, and nothing is written', async () => {
    const { cairnloop, database } = await startHost({}, { worker: false });
    await database.query(`
      CREATE FUNCTION cairnloop.fail() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'undone' USING ERRCODE = '40001'; END $$;
      CREATE TRIGGER fail BEFORE INSERT ON cairnloop.conversations EXECUTE FUNCTION cairnloop.fail()`);
    await assert.rejects(cairnloop.conversations.open({}), { code: 'DATABASE_BUSY', hint: /Nothing was written/ });
  });

  describe('a commit whose result is lost', () => {
    const lost: Record<
      string,
      [word: string, call: (host: Awaited<ReturnType<typeof createCairnloop>>) => Promise<unknown>]
    > = {
      'a transaction': [
        'COMMIT\0',
        async ({ conversations }) => {
          const { items } = await conversations.list({ status: 'open' });
          return conversations.receive(items[0]?.id as string, { content: 'Hello?', dedupeKey: 'lost' });
        },
      ],
      'an opening': [
        'conversation.open',
        ({ conversations }) => conversations.open({ subject: 'lost', message: 'Hello?' }),
      ],
      'a single statement': [
        'conversation.resolve',
        async ({ conversations }) => {
          const { items } = await conversations.list({ status: 'open' });
          return conversations.resolve(items[0]?.id as string, { resolvedBy: operator });
        },
      ],
    };
    const written: Record<keyof typeof lost, object> = {
      'a transaction': { all: 1, resolved: 0, received: 1 },
      'an opening': { all: 2, resolved: 0, received: 1 },
      'a single statement': { all: 1, resolved: 1, received: 0 },
    };
    for (const [what, [word, call]] of Object.entries(lost))
      it(`LP9 is reported as OUTCOME_UNKNOWN, with what to do: ${what}`, async () => {
        const database = await createTestDatabase(migrated);
        const proxy = await losingProxy(database.url);
        const { cairnloop } = await startHost({}, { worker: false, database: { ...database, url: proxy.url } });
        await cairnloop.conversations.open({ subject: 'first' });
        proxy.loseAnswerTo(word);
        await assert.rejects(call(cairnloop), (error: CairnloopError) => {
          assert.equal(error.code, 'OUTCOME_UNKNOWN', String(error));
          assert.match(error.message, /unknown whether the change was made/);
          assert.match(error.hint, /Read the conversation back.*dedupeKey/);
          return true;
        });
        const { rows } = await database.query(
          `SELECT (SELECT count(*)::int FROM cairnloop.conversations) AS all,
            (SELECT count(*)::int FROM cairnloop.conversations WHERE status = 'resolved') AS resolved,
            (SELECT count(*)::int FROM cairnloop.messages WHERE role = 'customer') AS received`,
        );
        assert.deepEqual(rows, [written[what]]);
        await cairnloop.conversations.list();
        await proxy.close();
      });

    it('of a read-only transaction is reported as a lost connection', async () => {
      const database = await createTestDatabase(migrated);
      const proxy = await losingProxy(database.url);
      const { cairnloop } = await startHost({}, { worker: false, database: { ...database, url: proxy.url } });
      proxy.loseAnswerTo('conversation.');
      await assert.rejects(cairnloop.conversations.list(), { code: 'DATABASE_UNREACHABLE' });
      await proxy.close();
    });
  });

  it('after a failover connections to the old primary are dropped, and calls work at the first try', async () => {
    const [old, next] = await Promise.all([startOwnCluster(), startOwnCluster()]);
    // The password is the cluster's own, so both get one role.
    const urls = await Promise.all(
      [old, next].map(async ({ url }) => {
        await migrateUp({ url, schema: 'cairnloop' });
        await ask(url, `CREATE ROLE host SUPERUSER LOGIN PASSWORD 'secret'`);
        return Object.assign(new URL(url), { username: 'host', password: 'secret' }).href;
      }),
    );
    const [oldUrl = '', nextUrl = ''] = urls;
    const proxy = await losingProxy(oldUrl);
    const cairnloop = await createCairnloop({ database: { url: proxy.url, poolSize: 6 }, log: { level: 'fatal' } });
    const many = () => Promise.all(Array.from({ length: 12 }, () => cairnloop.conversations.open({ message: 'x' })));
    try {
      await many();
      await ask(oldUrl, 'ALTER SYSTEM SET default_transaction_read_only = on');
      await ask(oldUrl, 'SELECT pg_reload_conf()');
      await new Promise((resolve) => setTimeout(resolve, 300));
      await assert.rejects(cairnloop.conversations.open({}), { code: 'DATABASE_READ_ONLY', hint: /primary/ });
      await cairnloop.conversations.list();
      // Those of the pool lead to the old one still.
      await new Promise((resolve) => setTimeout(resolve, 1100));
      proxy.leadTo(nextUrl);
      await many();
      assert.equal(await cairnloop.conversations.count(), 12);
    } finally {
      await cairnloop.close();
      await proxy.close();
      await Promise.all([old.stop(), next.stop()]);
    }
  }).timeout(120_000);

  it('a pool whose connections are all in use is busy, not unreachable', async () => {
    const { cairnloop, database } = await startHost({ database: { poolSize: 1 } }, { worker: false });
    const { rows } = await database.query(`INSERT INTO cairnloop.conversations (created_at, updated_at)
      VALUES (now(), now()) RETURNING id`);
    await database.query(`CREATE FUNCTION cairnloop.slow() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN PERFORM pg_sleep(11); RETURN NEW; END $$`);
    await database.query(`CREATE TRIGGER slow BEFORE UPDATE ON cairnloop.conversations
      FOR EACH ROW EXECUTE FUNCTION cairnloop.slow()`);
    const slow = cairnloop.conversations.resolve(rows[0].id, { resolvedBy: operator });
    await assert.rejects(cairnloop.conversations.list(), {
      code: 'DATABASE_BUSY',
      message: /all 1 connections of database\.poolSize were in use/,
      hint: /Nothing was written/,
    });
    await slow;
  }).timeout(120_000);

  const raised: [sqlState: string, code: string, words: RegExp][] = [
    ['22P05', 'DATABASE_ENCODING', /cannot store a character/],
    ['22021', 'DATABASE_ENCODING', /cannot store a character/],
    ['25006', 'DATABASE_READ_ONLY', /read-only/],
    ['25P03', 'DATABASE_BUSY', /was idle for too long/],
    ['40001', 'DATABASE_BUSY', /changed the same rows/],
    ['40P01', 'DATABASE_BUSY', /locked the same rows/],
    ['42501', 'DATABASE_PERMISSION', /lacks a right/],
    ['53100', 'DATABASE_EXHAUSTED', /disk space/],
    ['53200', 'DATABASE_EXHAUSTED', /memory/],
    ['53300', 'DATABASE_BUSY', /no more connections/],
    ['53400', 'DATABASE_EXHAUSTED', /resource/],
    ['55000', 'DATABASE_UNREACHABLE', /cannot be reached/],
    ['55P03', 'DATABASE_BUSY', /held a lock/],
    ['57014', 'DATABASE_BUSY', /took too long/],
    ['57P01', 'DATABASE_UNREACHABLE', /cannot be reached/],
    ['57P02', 'DATABASE_UNREACHABLE', /cannot be reached/],
    ['57P03', 'DATABASE_UNREACHABLE', /cannot be reached/],
    ['57P05', 'DATABASE_UNREACHABLE', /cannot be reached/],
    ['28P01', 'DATABASE_UNREACHABLE', /cannot be reached/],
    ['28000', 'DATABASE_UNREACHABLE', /cannot be reached/],
    ['3D000', 'DATABASE_UNREACHABLE', /cannot be reached/],
    ['08006', 'DATABASE_UNREACHABLE', /cannot be reached/],
    ['26000', 'DATABASE_POOLER', /pooler in transaction mode/],
    ['42P05', 'DATABASE_POOLER', /pooler in transaction mode/],
  ];
  for (const [sqlState, code, words] of raised)
    it(`${sqlState} gets a sentence of its own, without the code and with what to do`, () => {
      const error = Object.assign(new Error('as the server puts it'), { code: sqlState });
      const told = toKnownDatabaseError(error, 'postgres://host:secret@db.internal:5433/shop') as CairnloopError;
      assert.deepEqual([told.code, told.cause], [code, error]);
      assert.match(told.message, words);
      assert.ok(told.message.includes('db.internal:5433/shop') && told.hint);
      assert.doesNotMatch(`${told.message} ${told.hint}`, new RegExp(`${sqlState}|secret`));
    });

  it('an error of the statement itself is neither reworded nor retried', () => {
    for (const code of ['23505', '42703', '22003', '0A000', 'XX000']) {
      const error = Object.assign(new Error('as the server puts it'), { code });
      assert.deepEqual([toKnownDatabaseError(error, ''), isTransientError(error)], [undefined, false], code);
    }
  });
});

async function ask(url: string, sql: string): Promise<void> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(sql);
  await client.end();
}
