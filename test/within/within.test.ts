import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import pg from 'pg';
import type { Cairnloop, Within } from '../../src/cairnloop.js';
import { migrateUp } from '../../src/db/migrate.js';
import type { ProposalInput } from '../../src/domain.js';
import { ok } from '../../src/result.js';
import { eventNames } from '../../src/telemetry/event-names.js';
import { fromKnex } from '../../src/transactions.js';
import type { TransactionExecutor } from '../../src/within/executor.js';
import { createTestDatabase, startOwnCluster, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { migrated, operator, type StartedHost, start, useHosts } from '../support/started-host.js';

const high = { priority: 'high', responseMinutes: 60, breachMinutes: 240 };
const slaPolicyProvider = { getActivePolicies: () => ok([high]), setPolicy: () => ok(high) };

describe('within(executor)', () => {
  const { notifier } = recordingNotifier();
  let host: StartedHost;
  let cairnloop: Cairnloop;
  let client: pg.Client;

  before(async () => {
    const database = await createTestDatabase(migrated);
    await database.query('CREATE TABLE public.shop_order (note text, paid boolean)');
    host = await start({ notifier, slaPolicyProvider, outbound: { maxBatchSize: 3 } }, database);
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

  /** Opens a conversation in a transaction that was begun with `begin`. */
  async function begun(begin = 'BEGIN'): Promise<Within> {
    await client.query(begin);
    return cairnloop.within(client);
  }

  it('LP8 every call returns the same within a transaction as outside of one', async () => {
    const outside = await everyCall(cairnloop);
    const called = new Set<string>();
    const inside = await everyCall(recordingCalls(await begun(), called));
    await client.query('COMMIT');
    assert.deepEqual(inside, outside);
    const within = cairnloop.within(client);
    const all = Object.entries(within).flatMap(([group, calls]) =>
      Object.keys(calls).map((name) => `${group}.${name}`),
    );
    assert.deepEqual(
      all.filter((name) => !called.has(name)),
      ['sla.setPolicy'],
    );
  });

  it('sends no text in which a library would take something in quotes for a parameter', async () => {
    await client.query('BEGIN');
    const sent = new Set<string>();
    const query = (text: string, values: unknown[]) => {
      sent.add(text);
      assert.ok(values.every((value) => value === null || typeof value === 'string'));
      return client.query(text, values);
    };
    await everyCall(cairnloop.within({ query }));
    await client.query('ROLLBACK');
    const quoted = [...sent].flatMap((text) => text.match(/'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*/g) ?? []);
    assert.ok(sent.size > 40 && quoted.length > 100);
    assert.deepEqual(
      quoted.filter((part) => part.includes('$')),
      [],
    );
  });

  it('refuses what a ROLLBACK would not take back', async () => {
    const { sla } = await begun();
    await assert.rejects(sla.setPolicy('high', { responseMinutes: 5 }), { code: 'TRANSACTION_UNSUITABLE' });
    await client.query('COMMIT');
  });

  it('keeps the record of a refusal, as outside of a transaction', async () => {
    const { conversations, outbound, audit } = await begun();
    const { id } = await conversations.open({ actorId: 'a' });
    const sending = outbound.bulkTrigger([id, 'b', 'c', 'd'], { templateId: 't', content: 'x' });
    await assert.rejects(sending, { code: 'BATCH_TOO_LARGE' });
    assert.equal((await audit.list({ action: 'outbound.bulk_refused' })).items.length, 1);
    await client.query('COMMIT');
  });

  it('undoes all of a call that fails half way, and the transaction stays usable', async () => {
    const { conversations, drafts } = await begun();
    const { id } = await conversations.open({ actorId: 'half', message: 'hi' });
    const draft = await drafts.propose(id, {
      type: 'reply',
      content: 'c',
      riskTier: 'low',
      summary: 's',
      evidence: [],
    });
    await conversations.resolve(id, { resolvedBy: operator });
    await assert.rejects(drafts.approve(draft.id, { actor: operator }));
    assert.equal((await conversations.get(id)).status, 'resolved');
    await client.query('COMMIT');
  });

  it('lets calls that are made at once on one transaction wait for each other', async () => {
    await client.query('BEGIN');
    const opened = await Promise.all(
      [1, 2, 3, 4, 5].map((n) => cairnloop.within(client).conversations.open({ actorId: `at-once-${n}` })),
    );
    const results = await Promise.allSettled([
      ...opened.map(({ id }) => cairnloop.within(client).conversations.reply(id, { content: 'x', actor: operator })),
      cairnloop.within(client).conversations.get('none'),
    ]);
    await client.query('COMMIT');
    assert.deepEqual(
      results.map(({ status }) => status),
      [...opened.map(() => 'fulfilled'), 'rejected'],
    );
  });

  it('LP3 a dedupeKey holds within one transaction and across two', async () => {
    const opening = { actorId: 'keyed', dedupeKey: 'once' };
    const other = await connect(host.database);
    try {
      const within = await begun();
      const first = await within.conversations.open(opening);
      assert.equal((await within.conversations.open(opening)).id, first.id);
      await other.query('BEGIN');
      const second = cairnloop.within(other).conversations.open(opening);
      await client.query('COMMIT');
      assert.equal((await second).id, first.id);
      await other.query('COMMIT');
    } finally {
      await other.end();
    }
  });

  it('publishes nothing where the COMMIT itself fails', async () => {
    const events: string[] = [];
    cairnloop.telemetry.attach('failed-commit', eventNames, (event) => events.push(event));
    await host.database.query(
      'CREATE TABLE public.parent (id int PRIMARY KEY); CREATE TABLE public.child (id int REFERENCES public.parent DEFERRABLE INITIALLY DEFERRED)',
    );
    const { conversations } = await begun();
    const { id } = await conversations.open({ actorId: 'lost', message: 'x' });
    await client.query('INSERT INTO public.child VALUES (1)');
    await assert.rejects(client.query('COMMIT'));
    await client.query('BEGIN');
    await cairnloop.within(client).conversations.open({ actorId: 'after' });
    await client.query('COMMIT');
    await eventually(() => assert.ok(events.includes('cairnloop.conversation.opened'), 'not told'));
    cairnloop.telemetry.detach('failed-commit');
    assert.equal(events.filter((event) => event === 'cairnloop.conversation.opened').length, 1);
    await assert.rejects(cairnloop.conversations.get(id), { code: 'CONVERSATION_NOT_FOUND' });
  });

  it('sees what the transaction has written, which nobody else does yet', async () => {
    const { conversations } = await begun();
    const { id } = await conversations.open({ actorId: 'mine', subject: 'uncommitted' });
    assert.equal((await conversations.list({ actorId: 'mine' })).items[0]?.id, id);
    assert.equal((await cairnloop.conversations.list({ actorId: 'mine' })).items.length, 0);
    await client.query('ROLLBACK');
  });

  it('leaves settings of the session as the host has set them, in the transaction and after it', async () => {
    await client.query(`SET DateStyle = 'German'`);
    const { conversations } = await begun();
    await client.query(`SET TimeZone = 'Europe/Berlin'; SET LOCAL IntervalStyle = 'iso_8601'`);
    await conversations.open({ actorId: 'settings' });
    const show = async () =>
      (
        await client.query(
          `SELECT current_setting('DateStyle') d, current_setting('TimeZone') t, current_setting('IntervalStyle') i`,
        )
      ).rows[0];
    assert.deepEqual(await show(), { d: 'German, DMY', t: 'Europe/Berlin', i: 'iso_8601' });
    await client.query('COMMIT');
    assert.deepEqual(await show(), { d: 'German, DMY', t: 'Europe/Berlin', i: 'postgres' });
  });

  it('LP8 tells that Postgres undid a call for another transaction, under stricter isolation levels', async () => {
    for (const level of ['REPEATABLE READ', 'SERIALIZABLE']) {
      const { id } = await cairnloop.conversations.open({ actorId: level });
      const { conversations } = await begun(`BEGIN ISOLATION LEVEL ${level}`);
      await conversations.get(id);
      await cairnloop.conversations.note(id, { content: 'meanwhile', actor: operator });
      await assert.rejects(conversations.resolve(id, { resolvedBy: operator }), { code: 'TRANSACTION_CONFLICT' });
      await client.query('ROLLBACK');
      const again = await begun(`BEGIN ISOLATION LEVEL ${level}`);
      await again.conversations.resolve(id, { resolvedBy: operator });
      await client.query('COMMIT');
      assert.equal((await cairnloop.conversations.get(id)).status, 'resolved');
    }
  });

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
      const pool = new pg.Pool({ connectionString: host.database.url });
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

    it('for a driver that makes something else of a text', async () => {
      await client.query('BEGIN');
      const query = async (text: string, values: unknown[]) => {
        const { rows } = await client.query(text, values);
        return { rows: rows.map(() => ({ rows: { spoiled: true } })) };
      };
      await rejects({ query }, 'INPUT_INVALID', /executor\.query: expected rows as the server sent them/);
      await client.query('ROLLBACK');
    });

    it('for an executor that fails, without what the library says of the statement', async () => {
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

  it('fromKnex leaves question marks of a statement alone', async () => {
    const sent: unknown[] = [];
    const raw = async (...given: unknown[]) => {
      sent.push(given);
      return { rows: [] };
    };
    await fromKnex({ raw }).query(`SELECT '?', $2, $1, $2`, ['a', 'b']);
    assert.deepEqual(sent, [[`SELECT '\\?', ?, ?, ?`, ['b', 'a', 'b']]]);
  });
});

describe('within(executor), and what follows the commit', () => {
  const { startHost } = useHosts();

  async function begin(url: string): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query('BEGIN');
    return client;
  }

  it('wakes the workers once it listens again, where the commit was made while nobody listened', async () => {
    const { notifier } = recordingNotifier();
    const { cairnloop, database } = await startHost({ notifier }, { worker: false });
    const client = await begin(database.url);
    const { conversations } = cairnloop.within(client);
    const { id } = await conversations.open({ actorId: 'a' });
    await conversations.resolve(id, { resolvedBy: operator });
    const { rowCount } = await database.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'cairnloop-commits' AND datname = current_database()`,
    );
    assert.equal(rowCount, 1);
    await client.query('COMMIT');
    await client.end();
    await eventually(async () =>
      assert.equal((await database.query('SELECT FROM cairnloop.agenda_jobs')).rowCount, 1, 'not woken'),
    );
  });

  it('LP8 a process that is killed right after the COMMIT leaves nothing uncalled', async () => {
    const { notifier, calls } = recordingNotifier();
    const { cairnloop, database } = await startHost({ notifier }, { worker: false });
    const script = fileURLToPath(new URL('commit-and-die.ts', import.meta.url));
    const died = await execa(process.execPath, ['--import', 'tsx', script, database.url], { reject: false });
    assert.equal(died.signal, 'SIGKILL', died.stderr);
    await cairnloop.worker.start();
    await eventually(() =>
      assert.deepEqual(
        calls.map(({ conversation }) => conversation.actorId),
        ['dying'],
      ),
    );
  });

  it('asks modules of the host in between, over the connection as the host has set it', async () => {
    const seen: unknown[] = [];
    let client: pg.Client | undefined;
    const automationPolicy = {
      async decide() {
        const { rows } = (await client?.query(`SELECT current_setting('TimeZone') AS zone`)) ?? { rows: [] };
        seen.push(rows[0]?.zone);
        return 'require_approval' as const;
      },
    };
    const { cairnloop, database } = await startHost({ automationPolicy }, { worker: false });
    client = await begin(database.url);
    await client.query(`SET LOCAL TimeZone = 'Asia/Tokyo'`);
    const { conversations, drafts } = cairnloop.within(client);
    const { id } = await conversations.open({ actorId: 'a', message: 'hi' });
    await drafts.propose(id, { type: 'reply', content: 'c', evidence: [] });
    await client.query('COMMIT');
    await client.end();
    assert.deepEqual(seen, ['Asia/Tokyo']);
    assert.equal((await cairnloop.drafts.listForConversation(id)).length, 1);
  });

  it('tells of what was committed just before, and refuses calls', async () => {
    const { cairnloop, database } = await startHost({}, { worker: false });
    const events: string[] = [];
    cairnloop.telemetry.attach('closing', 'cairnloop.conversation.opened', (event) => events.push(event));
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query('BEGIN');
    const within = cairnloop.within(client);
    await within.conversations.open({ actorId: 'a' });
    await client.query('COMMIT');
    await cairnloop.close();
    assert.deepEqual(events, ['cairnloop.conversation.opened']);
    await client.query('BEGIN');
    await assert.rejects(within.conversations.open({ actorId: 'a' }), { code: 'CLOSED' });
    await client.end();
  });

  it('says which migrations are pending', async () => {
    const database = await createTestDatabase();
    await migrateUp({ url: database.url, schema: 'cairnloop' }, '0001-conversations');
    const { cairnloop } = await startHost({}, { worker: false, database });
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query('BEGIN');
    await assert.rejects(cairnloop.within(client).conversations.open({ actorId: 'a' }), { code: 'MIGRATIONS_PENDING' });
    await client.query('SELECT 1');
    await client.end();
  });
});

/** Notes which calls are made. */
function recordingCalls(within: Within, called: Set<string>): Within {
  const groups = Object.entries(within).map(([group, calls]) => [
    group,
    Object.fromEntries(
      Object.entries(calls as object).map(([name, call]) => [
        name,
        (...given: unknown[]) => {
          called.add(`${group}.${name}`);
          return (call as (...given: unknown[]) => unknown)(...given);
        },
      ]),
    ),
  ]);
  return Object.fromEntries(groups);
}

/** Makes every call there is, and returns what they returned without what differs from run to run; kinds stay. */
async function everyCall({ conversations, drafts, outbound, sla, audit }: Within): Promise<unknown> {
  const results: unknown[] = [];
  const keep = async <T>(result: Promise<T>): Promise<T> => {
    results.push(await result);
    return result;
  };
  const actor = operator;
  const customer = `every-${results.length}-${Math.random()}`;
  const { id } = await keep(
    conversations.open({
      actorId: customer,
      priority: 'high',
      subject: 'S',
      message: 'Hello',
      tags: ['a', 'b c'],
      metadata: { n: 1.5, deep: { list: [1, null] } },
      dedupeKey: customer,
    }),
  );
  await keep(conversations.receive(id, { content: 'more', metadata: { x: true }, dedupeKey: 'm1' }));
  await keep(sla.pause(id, { reason: 'waiting', actor }));
  await keep(sla.resume(id, { actor }));
  await keep(sla.forConversation(id));
  await keep(sla.activePolicies());
  const proposal: ProposalInput = { type: 'reply', content: 'c', riskTier: 'low', summary: 's', evidence: [] };
  const propose = () => drafts.propose(id, proposal);
  const first = await keep(propose());
  await keep(drafts.get(first.id));
  await keep(drafts.approve(first.id, { actor }));
  await keep(drafts.edit((await propose()).id, { content: 'edited', actor }));
  await keep(drafts.use((await propose()).id, { content: 'used', actor, dedupeKey: 'u1' }));
  await keep(drafts.discard((await propose()).id, { actor, reason: 'no' }));
  await keep(drafts.listForConversation(id));
  await keep(conversations.reply(id, { content: 'reply', actor, dedupeKey: 'r1' }));
  await keep(conversations.note(id, { content: 'note', actor }));
  await keep(sla.explain(id));
  await keep(conversations.update(id, { priority: 'low', assignee: actor, metadata: { n: null }, actor }));
  await keep(conversations.snooze(id, { until: new Date('2099-01-02T03:04:05.678Z'), actor }));
  await keep(conversations.count({ actorId: customer, snoozed: true, tag: 'a' }));
  await keep(conversations.list({ actorId: customer, search: 'Hello', assignee: actor.id }));
  const { message } = await keep(outbound.trigger(id, { templateId: 't', content: 'o', scheduleInSeconds: 60.5 }));
  await keep(outbound.cancel(message.id, { actor }));
  await keep(outbound.bulkTrigger([id], { templateId: 't', content: 'bulk', dedupeKey: 'b1' }));
  await keep(conversations.resolve(id, { resolvedBy: actor, metadata: { why: 'done' } }));
  await keep(conversations.reopen(id, { actor }));
  await keep(conversations.submitCsat(id, 'positive'));
  await keep(conversations.forCustomer(customer));
  await keep(conversations.getForCustomer(customer, id));
  await keep(conversations.markReadForCustomer(customer, id));
  await keep(conversations.archive(id, { actor }));
  await keep(conversations.get(id));
  await keep(audit.list({ conversationId: id, limit: 200 }));
  return scrubbed(results, customer);
}

function scrubbed(value: unknown, customer: string): unknown {
  if (value instanceof Date) return value.getUTCFullYear() === 2099 ? value : 'a Date';
  if (Array.isArray(value)) return value.map((one) => scrubbed(one, customer));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, scrubbed(one, customer)]));
  if (typeof value !== 'string') return value;
  return value
    .replaceAll(customer, 'the customer')
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'an id')
    .replace(/20(?!99)\d\d-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?/g, 'a time');
}
