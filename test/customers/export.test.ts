import assert from 'node:assert/strict';
import { exportCustomer, writeCustomerExport } from '../../src/customers/export-customer.js';
import { openDatabase } from '../../src/db/connect.js';
import { operator, useHosts } from '../support/started-host.js';
import { forgetfulNotifier, liveDay, plantedCustomer, seededRandom } from './marked-day.js';

describe('customers.export', () => {
  const { startHost } = useHosts();
  const withDatabase = async <T>(url: string, work: (db: ReturnType<typeof openDatabase>) => Promise<T>) => {
    const db = openDatabase({ url, schema: 'cairnloop', poolSize: 2 });
    try {
      return await work(db);
    } finally {
      await db.close();
    }
  };

  it('CD1 holds everything that is stored about one customer, and nothing of another', async () => {
    const random = seededRandom(7);
    const host = await startHost({ notifier: forgetfulNotifier(random) }, { worker: false });
    const [ada, bob] = [plantedCustomer('ada'), plantedCustomer('bob')];
    for (const who of [ada, bob]) await liveDay(host.cairnloop, who, random, 40);
    const stored = async () => {
      const texts = [];
      for (const table of ['conversations', 'messages', 'drafts', 'slas', 'deliveries', 'audit_events']) {
        const { rows } = await host.database.query(`SELECT to_jsonb(t)::text AS text FROM cairnloop.${table} t`);
        texts.push(...rows.map((row) => row.text));
      }
      return texts.join('\n');
    };
    const all = await stored();
    const exported = JSON.stringify(await host.cairnloop.customers.export(ada.actorId));
    const missing = ada.planted.filter((text) => all.includes(text) && !exported.includes(text));
    assert.deepEqual(
      missing.filter((text) => !isOfBulkLine(all, text)),
      [],
    );
    assert.deepEqual(
      bob.planted.filter((text) => exported.includes(text)),
      [],
    );
  });

  it('CD1 holds a reply that an operator can still take back', async () => {
    const { cairnloop, database } = await startHost({}, { worker: false });
    const { id } = await cairnloop.conversations.open({ actorId: 'ada', message: 'Where is it?' });
    await database.query(
      `INSERT INTO cairnloop.pending_actions (conversation_id, kind, then_resolve, content, actor, dedupe_key, due_at, created_at)
       VALUES ($1, 'reply', false, 'Not sent yet', '{"id": "op-1"}', 'k', now(), now())`,
      [id],
    );
    const [exported] = (await cairnloop.customers.export('ada')).conversations;
    assert.deepEqual(
      exported?.pendingActions.map(({ content }) => content),
      ['Not sent yet'],
    );
  });

  /** The audit line of a bulk send belongs to none of its recipients. */
  const isOfBulkLine = (all: string, text: string) =>
    all
      .split('\n')
      .filter((line) => line.includes(text))
      .every((line) => line.includes('outbound.bulk_triggered'));

  it('CD1 has the documented shape: ids, text, numbers, and times as ISO-8601 text', async () => {
    const { cairnloop } = await startHost({ notifier: forgetfulNotifier(() => 1) }, { worker: false });
    const { id } = await cairnloop.conversations.open({ actorId: 'ada', subject: 'Parcel', message: 'Where is it?' });
    await cairnloop.conversations.reply(id, { content: 'On its way.', actor: operator });
    await cairnloop.drafts.propose(id, { type: 'reply', content: 'c' });
    const document = await cairnloop.customers.export('ada');
    assert.deepEqual(Object.keys(document), [
      'format',
      'version',
      'exportedAt',
      'actorId',
      'conversations',
      'audit',
      'portalWrites',
      'erasures',
      'erasedCallbacks',
    ]);
    assert.deepEqual([document.format, document.version, document.actorId], ['cairnloop.customer', 1, 'ada']);
    const [conversation] = document.conversations;
    assert.equal(conversation?.subject, 'Parcel');
    assert.deepEqual(
      conversation?.messages.map(({ role, content }) => [role, content]),
      [
        ['customer', 'Where is it?'],
        ['operator', 'On its way.'],
      ],
    );
    assert.deepEqual(
      conversation?.deliveries.map(({ topic, state }) => [topic, state]),
      [['reply', 'pending']],
    );
    assert.equal(conversation?.drafts[0]?.content, 'c');
    assert.equal(
      new Date(String(conversation?.messages[0]?.createdAt)).toISOString(),
      conversation?.messages[0]?.createdAt,
    );
    assert.deepEqual(document.audit.map(({ action }) => action).slice(0, 2), [
      'conversation.opened',
      'message.received',
    ]);
  });

  it('CD1 of an unknown customer is an empty document', async () => {
    const { cairnloop } = await startHost({}, { worker: false });
    await cairnloop.conversations.open({ actorId: 'user_10', message: 'x' });
    const { conversations, audit } = await cairnloop.customers.export('user_1');
    assert.deepEqual([conversations, audit], [[], []]);
    await assert.rejects(cairnloop.customers.export(''), { code: 'INPUT_INVALID' });
    await assert.rejects(cairnloop.customers.export(5 as never), { code: 'INPUT_INVALID' });
  });

  it('CD1 is a snapshot: rows written while it is read are not in it', async () => {
    const { cairnloop, database } = await startHost({}, { worker: false });
    const { id } = await cairnloop.conversations.open({ actorId: 'ada', message: 'first' });
    await withDatabase(database.url, async (db) => {
      let text = '';
      const conversations = await writeCustomerExport(db, 'ada', async (piece) => {
        if (text === '') {
          await cairnloop.conversations.receive(id, { content: 'second' });
          await cairnloop.conversations.open({ actorId: 'ada', message: 'third' });
        }
        text += piece;
      });
      assert.equal(conversations, 1);
      assert.doesNotMatch(text, /second|third/);
      assert.equal(JSON.parse(text).conversations[0].messages.length, 1);
    });
  });

  it('CD1 streams a long conversation page by page, in small chunks', async () => {
    const { cairnloop, database } = await startHost({}, { worker: false });
    const { id } = await cairnloop.conversations.open({ actorId: 'ada' });
    await database.query(
      `INSERT INTO cairnloop.messages (conversation_id, role, content, created_at)
       SELECT $1, 'customer', 'text ' || n || repeat('x', 500), now() FROM generate_series(1, 5000) n`,
      [id],
    );
    await withDatabase(database.url, async (db) => {
      let longest = 0;
      let pieces = 0;
      await writeCustomerExport(db, 'ada', (piece) => {
        longest = Math.max(longest, piece.length);
        pieces += 1;
      });
      assert.ok(longest < 5000 && pieces > 5000, `${pieces} pieces, the longest of ${longest}`);
      assert.equal((await exportCustomer(db, 'ada')).conversations[0]?.messages.length, 5000);
    });
  });
});
