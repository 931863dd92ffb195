import assert from 'node:assert/strict';
import { type Database, openDatabase } from '../../src/db/connect.js';
import { declareStatement } from '../../src/db/statement.js';
import { deleteDoneDeliveries } from '../../src/deliveries/retention.js';
import type { TestDatabase } from '../support/database.js';
import { causes } from '../support/error-causes.js';
import { eventually } from '../support/eventually.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { operator, type StartedHost, useHosts } from '../support/started-host.js';

const day = 24 * 3_600_000;

describe('retention of done deliveries', () => {
  const { startHost } = useHosts();
  let opened: Database[] = [];
  afterEach(async () => {
    await Promise.all(opened.map((db) => db.close()));
    opened = [];
  });

  const connect = ({ url }: TestDatabase) => {
    const db = openDatabase({ url, schema: 'cairnloop', poolSize: 2 });
    opened.push(db);
    return db;
  };
  const states = async ({ database }: StartedHost) => {
    const { rows } = await database.query(
      'SELECT state, count(*)::int AS count FROM cairnloop.deliveries GROUP BY state',
    );
    return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
  };
  const resolveOne = (host: StartedHost, subject: string) => causes.onConversationResolved.cause(host, subject);

  /** Rows as a long life of the host leaves them. */
  const fill = ({ query }: TestDatabase, count: number) =>
    query(
      `INSERT INTO cairnloop.deliveries (topic, conversation_id, dedupe_key, state, available_at, created_at, settled_at)
       SELECT 'outbound', gen_random_uuid(), n::text, 'done', cairnloop.clock(), cairnloop.clock(), cairnloop.clock()
       FROM generate_series(1, $1::int) n`,
      [count],
    );

  it('a worker deletes deliveries done more than retention.doneDays ago; discarded ones and the audit record stay', async () => {
    const { notifier, calls } = recordingNotifier(({ conversation }) => {
      if (conversation.subject === 'bad') throw new Error('the CRM is down');
    });
    const host = await startHost({ notifier, worker: { maxAttempts: 1 }, retention: { doneDays: 7 } });
    for (const subject of ['old', 'bad']) await resolveOne(host, subject);
    await eventually(async () => assert.deepEqual(await states(host), { done: 1, discarded: 1 }));
    await host.advance(6 * day);
    await resolveOne(host, 'young');
    await eventually(async () => assert.deepEqual(await states(host), { done: 2, discarded: 1 }));
    const record = (await host.cairnloop.audit.list({ limit: 200 })).items;
    assert.ok(record.length >= 3, 'nothing was recorded');

    await host.cairnloop.worker.stop();
    await host.advance(2 * day);
    await resolveOne(host, 'now');
    await host.cairnloop.worker.start();
    await eventually(async () => assert.deepEqual(await states(host), { done: 2, discarded: 1 }));
    await eventually(() => assert.equal(calls.length, 4));
    const left = (await host.cairnloop.deliveries.list({ state: 'done' })).items;
    const subjects = await Promise.all(
      left.map(async ({ conversationId }) => (await host.cairnloop.conversations.get(conversationId)).subject),
    );
    assert.deepEqual(subjects, ['now', 'young']);
    const kept = new Set((await host.cairnloop.audit.list({ limit: 200 })).items.map(({ id }) => id));
    assert.deepEqual(
      record.filter(({ id }) => !kept.has(id)),
      [],
    );
    assert.deepEqual(
      host.log.filter(({ msg }) => msg === 'done deliveries removed').map(({ forgotten }) => forgotten),
      [1],
    );
  });

  it('runs in batches, oldest first, so that no lock is held for long', async () => {
    const host = await startHost({}, { worker: false });
    await fill(host.database, 12_000);
    await host.advance(2 * day);
    const db = connect(host.database);
    const batches: string[][] = [];
    const watched: Pick<Database, 'run'> = {
      run: async (statement, ...params) => {
        const rows = await db.run(statement, ...params);
        batches.push(rows.map((row) => (row as unknown as { id: string }).id));
        return rows;
      },
    };
    assert.equal(await deleteDoneDeliveries(watched, 3), 0);
    assert.equal(await deleteDoneDeliveries(watched, 1), 12_000);
    assert.deepEqual(
      batches.map((ids) => ids.length),
      [0, 5000, 5000, 2000],
    );
    const [first = '', second = ''] = batches.slice(1).map((ids) => [...ids].sort().at(-1));
    assert.ok(first < second, 'a younger batch went first');
    assert.deepEqual(await states(host), {});
  });

  it('runs safely beside workers and beside itself: nothing is lost, repeated or blocked', async () => {
    const { notifier, calls } = recordingNotifier();
    const host = await startHost({ notifier });
    await fill(host.database, 8000);
    await host.advance(2 * day);
    const opened = await Promise.all(Array.from({ length: 150 }, () => host.cairnloop.conversations.open({})));
    const resolving = Promise.all(
      opened.map(({ id }) => host.cairnloop.conversations.resolve(id, { resolvedBy: operator })),
    );
    const forgotten = await Promise.all([1, 2, 3].map(() => deleteDoneDeliveries(connect(host.database), 1)));
    await resolving;
    await eventually(async () => assert.deepEqual(await states(host), { done: 150 }));
    assert.equal(
      forgotten.reduce((sum, count) => sum + count),
      8000,
    );
    assert.equal(new Set(calls.map(({ conversation }) => conversation.id)).size, 150);
    assert.equal(calls.length, 150);
  });

  it('skips a locked row, and deletes it the next time', async () => {
    const host = await startHost({}, { worker: false });
    await fill(host.database, 3);
    await host.advance(2 * day);
    const db = connect(host.database);
    await connect(host.database).transaction(async (tx) => {
      await tx.run(
        declareStatement('test.hold', (s) => `SELECT FROM ${s}.deliveries WHERE dedupe_key = '2' FOR UPDATE`),
      );
      assert.equal(await deleteDoneDeliveries(db, 1), 2);
    });
    assert.equal(await deleteDoneDeliveries(db, 1), 1);
  });
});
