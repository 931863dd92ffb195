import assert from 'node:assert/strict';
import pg from 'pg';
import type { Cairnloop, Within } from '../../src/contracts/cairnloop.js';
import { ok } from '../../src/contracts/result.js';
import { eventNames } from '../../src/telemetry/event-names.js';
import { fromKnex } from '../../src/transactions.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { migrated, operator, type StartedHost, start } from '../support/started-host.js';
import { everyCall, recordingCalls } from './every-call.js';

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
      Object.keys(calls as object).map((name) => `${group}.${name}`),
    );
    assert.deepEqual(
      all.filter((name) => !called.has(name)),
      ['sla.setPolicy'],
    );
  });

  it('sends no statement in which a library would mistake quoted text for a parameter', async () => {
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

  it('refuses calls that a ROLLBACK would not undo', async () => {
    const { sla } = await begun();
    await assert.rejects(sla.setPolicy('high', { responseMinutes: 5 }), { code: 'TRANSACTION_UNSUITABLE' });
    await client.query('COMMIT');
  });

  it('keeps the audit event of a refusal, as outside of a transaction', async () => {
    const { conversations, outbound, audit } = await begun();
    const { id } = await conversations.open({ actorId: 'a' });
    const sending = outbound.bulkTrigger([id, 'b', 'c', 'd'], { templateId: 't', content: 'x' });
    await assert.rejects(sending, { code: 'BATCH_TOO_LARGE' });
    assert.equal((await audit.list({ action: 'outbound.bulk_refused' })).items.length, 1);
    await client.query('COMMIT');
  });

  it('undoes a call that fails half way completely, and the transaction stays usable', async () => {
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

  it('runs concurrent calls on one transaction one after the other', async () => {
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

  it('LP8 writes tags, search texts and audit receipts where the host has switched triggers and views off', async () => {
    const traces = async (id: string) =>
      (
        await client.query(
          `SELECT (SELECT count(*)::int FROM cairnloop.conversation_tags WHERE conversation_id = $1::uuid) AS tags,
             (SELECT count(*)::int FROM cairnloop.audit_receipts r JOIN cairnloop.audit_events e ON e.id = r.event_id
              WHERE e.conversation_id = $1::uuid) AS receipts,
             current_setting('session_replication_role') AS role`,
          [id],
        )
      ).rows[0];
    for (const setting of [
      'session_replication_role = replica',
      "restrict_nonsystem_relation_kind = 'view, foreign-table'",
    ]) {
      const { conversations } = await begun('BEGIN');
      await client.query(`SET LOCAL ${setting}`);
      const { id } = await conversations.open({ actorId: 'i', subject: 'Importiert', tags: ['old'] });
      assert.equal(await conversations.count({ tag: 'old' }), 1, setting);
      assert.equal(await conversations.count({ search: 'importiert' }), 1, setting);
      const { tags, receipts, role } = await traces(id);
      assert.equal(tags, 1, setting);
      assert.ok(receipts > 0, setting);
      assert.equal(role, setting.includes('replica') ? 'replica' : 'origin');
      await client.query('ROLLBACK');
    }
  });

  it('LP8 reports a serialization failure under stricter isolation levels', async () => {
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

  it('fromKnex does not change question marks of a statement', async () => {
    const sent: unknown[] = [];
    const raw = async (...given: unknown[]) => {
      sent.push(given);
      return { rows: [] };
    };
    await fromKnex({ raw }).query(`SELECT '?', $2, $1, $2`, ['a', 'b']);
    assert.deepEqual(sent, [[`SELECT '\\?', ?, ?, ?`, ['b', 'a', 'b']]]);
  });
});
