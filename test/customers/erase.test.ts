import assert from 'node:assert/strict';
import pg from 'pg';
import type { CairnloopConfig } from '../../src/config/config-types.js';
import type { ErasedCustomer } from '../../src/contracts/customer-data.js';
import type { Conversation } from '../../src/contracts/domain.js';
import type { CallbackMetadata, Notifier } from '../../src/contracts/notifier.js';
import { ok } from '../../src/contracts/result.js';
import { isCairnloopError } from '../../src/foundation/errors.js';
import { prometheus } from '../../src/ops/prometheus.js';
import { blockedSessions } from '../support/drafting.js';
import { dumpDatabase } from '../support/dump-database.js';
import { eventually } from '../support/eventually.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { operator, type StartedHost, type StartOptions, useHosts } from '../support/started-host.js';

const officer = { id: 'dpo-1', name: 'Officer' };
const reason = 'Request 4711 of 3 March';
const by = { actor: officer, reason };
const ada = 'ada@example.org';

describe('customers.erase', () => {
  const { startHost } = useHosts();

  const start = async (config: Partial<Omit<CairnloopConfig, 'database'>> = {}, options: StartOptions = {}) =>
    startHost({ notifier: recordingNotifier(undefined, { replies: true }).notifier, ...config }, options);
  const converse = async ({ cairnloop }: StartedHost, actorId: string) => {
    const { id } = await cairnloop.conversations.open({ actorId, subject: `Of ${actorId}`, message: 'Where is it?' });
    await cairnloop.conversations.reply(id, { content: 'On its way.', actor: operator });
    await cairnloop.conversations.resolve(id, { resolvedBy: operator });
    return id;
  };
  const settled = (host: StartedHost) =>
    eventually(async () => assert.equal((await host.cairnloop.deliveries.list({ state: 'pending' })).items.length, 0));
  const tombstones = async ({ cairnloop }: StartedHost) =>
    (await cairnloop.audit.list({ action: 'customer.erased' })).items;
  const rows = async ({ database }: StartedHost, table: string) =>
    (await database.query(`SELECT * FROM cairnloop.${table}`)).rows;

  it('CD2 removes all data of the customer, none of others, and leaves a tombstone with time, actor and reason', async () => {
    const host = await start();
    const ids = [await converse(host, ada), await converse(host, ada)];
    const other = await converse(host, 'bob');
    await settled(host);
    const before = await host.cairnloop.conversations.get(other);
    const preview = await host.cairnloop.customers.erase(ada, { dryRun: true });
    const counts = await host.cairnloop.customers.erase(ada, by);
    assert.deepEqual(counts, preview);
    assert.deepEqual([counts.conversations, counts.messages, counts.drafts, counts.deliveries], [2, 6, 0, 4]);
    assert.ok(!(await dumpDatabase(host.database)).includes(ada));
    for (const id of ids)
      await assert.rejects(host.cairnloop.conversations.get(id), { code: 'CONVERSATION_NOT_FOUND' });
    assert.deepEqual(await host.cairnloop.conversations.get(other), before);
    const [tombstone, ...more] = await tombstones(host);
    assert.deepEqual(more, []);
    assert.deepEqual([tombstone?.actor, tombstone?.detail.reason, tombstone?.detail.messages], [officer, reason, 6]);
    assert.deepEqual(await rows(host, 'erasures'), []);
  });

  it('a dry run writes nothing, and needs neither an actor nor a reason', async () => {
    const host = await start();
    await converse(host, ada);
    await settled(host);
    const before = await dumpDatabase(host.database);
    assert.equal((await host.cairnloop.customers.erase(ada, { dryRun: true })).conversations, 1);
    const tables = (dump: string) => dump.slice(0, dump.indexOf('pg_catalog.'));
    assert.equal(tables(await dumpDatabase(host.database)), tables(before));
    const incomplete = [{}, { actor: officer }, { reason }, { dryRun: false }] as never[];
    for (const input of incomplete)
      await assert.rejects(host.cairnloop.customers.erase(ada, input), { code: 'INPUT_INVALID' });
  });

  it('of an unknown customer counts nothing, and is recorded', async () => {
    const host = await start({}, { worker: false });
    const counts = await host.cairnloop.customers.erase('nobody', by);
    assert.deepEqual(counts, { conversations: 0, messages: 0, drafts: 0, auditEvents: 0, deliveries: 0 });
    assert.equal((await tombstones(host)).length, 1);
  });

  it('CD2 the id is removed from reasons and actors that are kept, in any case', async () => {
    const host = await start({}, { worker: false });
    await converse(host, ada);
    const actor = { id: ada, name: `Ada <${ada}>` };
    await host.cairnloop.customers.erase(ada, { actor, reason: `Mail of ADA@example.ORG: "erase ${ada}!"` });
    const [tombstone] = await tombstones(host);
    assert.deepEqual(tombstone?.actor, { id: 'system:customer' });
    assert.equal(tombstone?.detail.reason, 'Mail of [erased]: "erase [erased]!"');
    assert.ok(!(await dumpDatabase(host.database)).toLowerCase().includes(ada));
    await host.cairnloop.customers.erase('7', { actor: officer, reason: 'Ticket 771 of customer 7, (7)' });
    const [last] = await tombstones(host);
    assert.equal(last?.detail.reason, 'Ticket 771 of customer [erased], ([erased])');
  });

  it('CD2 a customer who acted under the second id of the host is erased as who acted, and only there', async () => {
    const host = await start({}, { worker: false });
    const { conversations, customers } = host.cairnloop;
    const second = { id: 'host-user-81', name: 'Ada Lovelace' };
    const { id } = await conversations.open({ actorId: ada, hostUserId: second.id, message: 'Where is it?' });
    await conversations.resolve(id, { resolvedBy: second });
    const other = await conversations.open({ actorId: 'bob' });
    await conversations.resolve(other.id, { resolvedBy: { id: second.id } });
    const preview = await customers.erase(ada, { dryRun: true });
    assert.deepEqual(await customers.erase(ada, by), preview);
    assert.ok(!(await dumpDatabase(host.database)).includes(second.name));
    const acted = (await rows(host, 'audit_events')).filter((row) => row.actor.id === second.id);
    assert.deepEqual(new Set(acted.map((row) => row.conversation_id)), new Set([other.id]));
  });

  it('erases exactly one customer: an id with the same beginning or end, or another case, is another customer', async () => {
    const host = await start({}, { worker: false });
    const others = ['user_10', 'user_', 'USER_1', ' user_1', 'user_1 ', 'user_1%', 'us_r_1'];
    for (const actorId of ['user_1', ...others]) await converse(host, actorId);
    assert.equal((await host.cairnloop.customers.erase('user_1', by)).conversations, 1);
    const left = await rows(host, 'conversations');
    assert.deepEqual(left.map((row) => row.actor_id).sort(), others.sort());
  });

  it('removes a bulk send with its last recipient', async () => {
    const host = await start({}, { worker: false });
    const { conversations, customers, outbound } = host.cairnloop;
    const ids = [];
    for (const actorId of [ada, 'bob']) ids.push((await conversations.open({ actorId })).id);
    await outbound.bulkTrigger(ids, { templateId: 't', content: 'To both' });
    await outbound.bulkTrigger(ids.slice(0, 1), { templateId: 't', content: 'To one' });
    await customers.erase(ada, by);
    assert.deepEqual(
      (await rows(host, 'bulk_envelopes')).map((row) => row.content),
      ['To both'],
    );
    await customers.erase('bob', by);
    assert.deepEqual(await rows(host, 'bulk_envelopes'), []);
  });

  it('CD2 a callback that runs at that moment is settled without a failure, and leaves no data', async () => {
    let letGo = () => {};
    const gate = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const called: Conversation[] = [];
    const { notifier } = recordingNotifier(
      async ({ conversation, method }) => {
        called.push(conversation);
        await gate;
        if (method !== 'onReply') throw new Error(`no mailbox for ${conversation.actorId}`);
      },
      { replies: true },
    );
    const host = await startHost({ notifier });
    await converse(host, ada);
    await host.cairnloop.outbound.trigger((await converse(host, ada)) ?? '', {
      templateId: 't',
      content: `Dear ${ada}`,
    });
    await eventually(() => assert.equal(called.length, 5));
    await host.cairnloop.customers.erase(ada, by);
    letGo();
    const { id } = await host.cairnloop.conversations.open({ actorId: 'bob' });
    await host.cairnloop.conversations.reply(id, { content: 'Hi', actor: operator });
    await eventually(async () => assert.equal((await host.deliveries('reply'))[0]?.state, 'done'));
    await host.cairnloop.worker.stop();
    assert.ok(!(await dumpDatabase(host.database)).includes(ada));
    assert.deepEqual(
      host.log.filter(({ level }) => Number(level) >= 50),
      [],
    );
  });

  it('CD2 an outcome that was kept because its delivery was locked is removed with the delivery', async () => {
    const { notifier } = recordingNotifier(() => {
      throw new Error(`no mailbox for ${ada}`);
    });
    const host = await startHost({ notifier }, { worker: false });
    await converse(host, ada);
    const client = new pg.Client(host.database.url);
    await client.connect();
    await host.cairnloop.worker.start();
    await eventually(async () => assert.equal((await host.deliveries('conversation_resolved'))[0]?.attempts, 1));
    await client.query('BEGIN');
    await client.query('SELECT FROM cairnloop.deliveries FOR UPDATE');
    await host.cairnloop.worker.stop();
    const [delivery] = await host.deliveries('conversation_resolved');
    await host.database.query(
      `INSERT INTO cairnloop.delivery_outcomes VALUES ($1, 1, 1, 'retry', 0, $2, 0, now()), ($3, 1, 1, 'retry', 0, $2, 0, now())
       ON CONFLICT (delivery_id) DO UPDATE SET error = excluded.error`,
      [delivery?.id, `late word of ${ada}`, '0196f0c2-0000-7000-8000-000000000000'],
    );
    const erased = host.cairnloop.customers.erase(ada, by);
    await blockedSessions(host.database, 1);
    await client.query('COMMIT');
    await client.end();
    await erased;
    assert.deepEqual(await rows(host, 'delivery_outcomes'), []);
    assert.ok(!(await dumpDatabase(host.database)).includes(ada));
  });

  it('CD3 open and receive that race an erasure are erased completely, or leave a complete conversation', async () => {
    const host = await start();
    const { conversations, customers } = host.cairnloop;
    for (let n = 0; n < 5; n += 1) await converse(host, ada);
    const known = (await conversations.list({ actorId: ada })).items.map(({ id }) => id);
    let stopped = false;
    const written = new Map<string, number>();
    const write = async (nth: number) => {
      let id = known[nth % known.length] ?? '';
      while (!stopped) {
        try {
          await conversations.receive(id, { content: 'And another thing' });
          written.set(id, (written.get(id) ?? 0) + 1);
        } catch (error) {
          assert.ok(isCairnloopError(error) && error.code === 'CONVERSATION_NOT_FOUND', String(error));
          ({ id } = await conversations.open({ actorId: ada, message: 'I start anew' }));
          written.set(id, 1);
        }
      }
    };
    const writers = Array.from({ length: 4 }, (_, nth) => write(nth));
    const counts = [];
    for (let n = 0; n < 3; n += 1) counts.push(await customers.erase(ada, by));
    stopped = true;
    await Promise.all(writers);
    assert.ok(counts.every(({ conversations }, nth) => nth > 0 || conversations >= 5));
    const left = (await conversations.list({ actorId: ada, limit: 200 })).items;
    assert.ok(left.every(({ id }) => !known.includes(id)));
    for (const { id } of left) {
      const { messages = [] } = await conversations.get(id);
      assert.equal(messages.filter(({ role }) => role === 'customer').length, written.get(id));
      const opened = await host.cairnloop.audit.list({ conversationId: id, action: 'conversation.opened' });
      assert.equal(opened.items[0]?.actor.id, ada);
    }
    await customers.erase(ada, by);
    await host.cairnloop.worker.stop();
    assert.ok(!(await dumpDatabase(host.database)).includes(ada));
    assert.equal((await tombstones(host)).length, 4);
  });

  it('CD3 an open that is not committed yet is repeated, and its conversation is complete', async () => {
    const host = await start({}, { worker: false });
    await converse(host, ada);
    const client = new pg.Client(host.database.url);
    await client.connect();
    await client.query('BEGIN');
    const within = host.cairnloop.within(client as never);
    const { id } = await within.conversations.open({ actorId: ada, subject: 'Anew', message: 'Hello again' });
    await host.cairnloop.customers.erase(ada, by);
    await client.query('COMMIT');
    await client.end();
    const { messages, subject } = await host.cairnloop.conversations.get(id);
    assert.deepEqual([subject, messages?.[0]?.content], ['Anew', 'Hello again']);
    const lines = (await host.cairnloop.audit.list({ conversationId: id })).items;
    assert.ok(lines.every(({ actor }) => actor.id === ada || actor.id.startsWith('system:')));
  });

  it('CD3 the erasure waits for a message that is not committed yet, and erases it', async () => {
    const host = await start({}, { worker: false });
    const { id } = await host.cairnloop.conversations.open({ actorId: ada });
    const client = new pg.Client(host.database.url);
    await client.connect();
    await client.query('BEGIN');
    await host.cairnloop.within(client as never).conversations.receive(id, { content: `It is ${ada}` });
    const erased = host.cairnloop.customers.erase(ada, by);
    await blockedSessions(host.database, 1);
    await client.query('COMMIT');
    await client.end();
    assert.equal((await erased).messages, 1);
    assert.ok(!(await dumpDatabase(host.database)).includes(ada));
  });

  it('two concurrent erasures of one customer both end, with one tombstone for each that began', async () => {
    const host = await start({}, { worker: false });
    for (let n = 0; n < 20; n += 1) await converse(host, ada);
    await Promise.all([1, 2, 3].map(() => host.cairnloop.customers.erase(ada, by)));
    assert.ok(!(await dumpDatabase(host.database)).includes(ada));
    const lines = await tombstones(host);
    assert.equal(
      lines.reduce((sum, { detail }) => sum + Number(detail.conversations), 0),
      20,
    );
  });

  it('erases the audit events of conversations that a host had deleted from the tables', async () => {
    const host = await start({}, { worker: false });
    const id = await converse(host, ada);
    await host.database.query('DELETE FROM cairnloop.conversations WHERE id = $1', [id]);
    await host.database.query('DELETE FROM cairnloop.deliveries');
    const counts = await host.cairnloop.customers.erase(ada, by);
    assert.equal(counts.conversations, 0);
    assert.ok(counts.auditEvents > 0);
    assert.ok(!(await dumpDatabase(host.database)).includes(ada));
  });

  it('is published by telemetry and a metric, without the id', async () => {
    const host = await start({ metrics: prometheus() }, { worker: false });
    const seen: unknown[] = [];
    host.cairnloop.telemetry.attach('t', 'cairnloop.customer.erased', (...given) => void seen.push(given));
    await converse(host, ada);
    const counts = await host.cairnloop.customers.erase(ada, by);
    await eventually(() => assert.deepEqual(seen, [['cairnloop.customer.erased', counts, { actor: officer }]]));
    const metrics = await host.cairnloop.operations().fetch(new Request('http://localhost/metrics'));
    assert.match(await metrics.text(), /^cairnloop_customers_erased_total 1$/m);
  });

  it('pages of the workspace and the portal say that an erased conversation is not found', async () => {
    const host = await start({}, { worker: false });
    const id = await converse(host, ada);
    await host.cairnloop.customers.erase(ada, by);
    const workspace = host.cairnloop.workspace({ basePath: '/support', operator: () => operator });
    const portal = host.cairnloop.portal({ basePath: '/help', customer: () => ({ id: ada }) });
    const page = await workspace.fetch(new Request(`http://localhost/support/c/${id}`));
    assert.equal(page.status, 404);
    const api = await portal.fetch(new Request(`http://localhost/help/api/conversations/${id}`));
    assert.equal(api.status, 404);
  });

  describe('onCustomerErased', () => {
    const erasedNotifier = (answer: (attempt: number) => unknown = () => ok(null)) => {
      const calls: [ErasedCustomer, CallbackMetadata][] = [];
      const notifier: Notifier = {
        ...recordingNotifier().notifier,
        onCustomerErased: (erased, metadata) => {
          calls.push([erased, metadata]);
          return answer(metadata.attempt);
        },
      };
      return { notifier, calls };
    };

    it('is called once per erasure with the id, the counts and who erased, and then the id is gone', async () => {
      const { notifier, calls } = erasedNotifier();
      const host = await startHost({ notifier }, { worker: false });
      await converse(host, ada);
      const counts = await host.cairnloop.customers.erase(ada, by);
      const [delivery] = await host.deliveries('customer_erased');
      assert.equal(delivery?.state, 'pending');
      await host.cairnloop.worker.start();
      await eventually(async () => assert.equal((await host.deliveries('customer_erased'))[0]?.state, 'done'));
      const erasedAt = calls[0]?.[0].erasedAt as Date;
      assert.ok(erasedAt instanceof Date);
      assert.deepEqual(calls, [
        [
          { actorId: ada, reason, erasedAt, ...counts },
          { actor: officer, deliveryId: delivery?.id, attempt: 1 },
        ],
      ]);
      await host.cairnloop.worker.stop();
      assert.ok(!(await dumpDatabase(host.database)).includes(ada));
    });

    it('is called again after err and after a throw; error text and id are removed at the success', async () => {
      const { notifier, calls } = erasedNotifier((attempt) => {
        if (attempt === 1) throw new Error(`no contact ${ada}`);
        return attempt === 2 ? { ok: false, error: `busy with ${ada}` } : ok(null);
      });
      const host = await startHost({ notifier });
      await host.cairnloop.customers.erase(ada, by);
      for (const attempt of [1, 2]) {
        await eventually(async () => {
          const [delivery] = await host.deliveries('customer_erased');
          assert.deepEqual([delivery?.attempts, delivery?.leaseUntil], [attempt, null]);
          assert.match(String(delivery?.lastError), new RegExp(ada));
        });
        await host.advance(60_000);
      }
      await eventually(async () => assert.equal((await host.deliveries('customer_erased'))[0]?.state, 'done'));
      assert.deepEqual(
        calls.map(([{ actorId }, { attempt }]) => [actorId, attempt]),
        [1, 2, 3].map((attempt) => [ada, attempt]),
      );
      await host.cairnloop.worker.stop();
      assert.ok(!(await dumpDatabase(host.database)).includes(ada));
    });

    it('without it in the notifier nothing is owed and no id is kept', async () => {
      const host = await start({}, { worker: false });
      await host.cairnloop.customers.erase(ada, by);
      assert.deepEqual(await host.deliveries('customer_erased'), []);
    });

    it('a call that has used up its attempts keeps the id for a retry, until it is discarded by hand or the customer is erased again', async () => {
      const { notifier, calls } = erasedNotifier(() => ({ ok: false, error: 'no CRM' }));
      const host = await startHost({ notifier, worker: { maxAttempts: 1 } });
      const { customers, deliveries, worker } = host.cairnloop;
      await customers.erase(ada, by);
      const givenUp = () =>
        eventually(async () => {
          const [delivery, ...more] = await host.deliveries('customer_erased');
          assert.deepEqual([delivery?.state, more.length], ['discarded', 0]);
          return delivery?.id ?? '';
        });
      const first = await givenUp();
      await customers.erase(ada, by);
      assert.notEqual(await givenUp(), first);
      await worker.stop();
      const id = (await host.deliveries('customer_erased'))[0]?.id ?? '';
      await deliveries.retry(id, { actor: operator });
      await deliveries.discard(id, { actor: operator });
      assert.ok(!(await dumpDatabase(host.database)).includes(ada));
      const called = calls.length;
      await deliveries.retry(id, { actor: operator });
      await worker.start();
      await eventually(async () => assert.equal((await host.deliveries('customer_erased'))[0]?.state, 'done'));
      assert.equal(calls.length, called);
    });
  });
});
