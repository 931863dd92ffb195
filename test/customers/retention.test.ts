import assert from 'node:assert/strict';
import pg from 'pg';
import { verifyAudit } from '../../src/audit/verify.js';
import type { RetentionConfig } from '../../src/config/config-types.js';
import { openDatabase } from '../../src/db/connect.js';
import { prometheus } from '../../src/ops/prometheus.js';
import { dumpDatabase } from '../support/dump-database.js';
import { eventually } from '../support/eventually.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { operator, policies, type StartedHost, useHosts } from '../support/started-host.js';

const day = 24 * 60 * 60_000;
const terms = { priority: 'normal', responseMinutes: 60, breachMinutes: 240 };

describe('retention', () => {
  const { startHost } = useHosts();

  const start = (retention: Partial<RetentionConfig>, config = {}) =>
    startHost(
      { retention, slaPolicyProvider: policies(terms), notifier: recordingNotifier().notifier, ...config },
      { worker: false },
    );
  const resolved = async ({ cairnloop }: StartedHost, subject: string) => {
    const { id } = await cairnloop.conversations.open({
      actorId: `of ${subject}`,
      subject,
      message: `word of ${subject}`,
    });
    await cairnloop.conversations.reply(id, { content: `reply to ${subject}`, actor: operator });
    await cairnloop.conversations.resolve(id, { resolvedBy: operator, metadata: { note: subject } });
    return id;
  };
  const subjects = async ({ cairnloop }: StartedHost) =>
    (await cairnloop.conversations.list({ limit: 200 })).items.map(({ subject }) => subject).sort();
  const allDone = (host: StartedHost) =>
    eventually(async () => assert.deepEqual((await host.cairnloop.deliveries.list({ state: 'pending' })).items, []));
  const removed = (host: StartedHost, left: string[]) =>
    eventually(async () => assert.deepEqual(await subjects(host), left));

  it('CD4 removes what was resolved or archived longer ago than configured, and nothing else', async () => {
    const host = await start({ resolvedDays: 30 });
    const { conversations, worker, audit } = host.cairnloop;
    const old = await resolved(host, 'old');
    await conversations.archive(await resolved(host, 'filed'), { actor: operator });
    await conversations.archive((await conversations.open({ subject: 'never resolved' })).id, { actor: operator });
    await conversations.open({ subject: 'open since long' });
    await conversations.reopen(await resolved(host, 'reopened'), { actor: operator });
    await worker.start();
    await allDone(host);
    await worker.stop();
    await host.advance(29 * day);
    await resolved(host, 'young');
    await host.advance(2 * day);
    await worker.start();
    await removed(host, ['open since long', 'reopened', 'young']);
    await worker.stop();
    const dump = await dumpDatabase(host.database);
    assert.deepEqual(
      dump.split('\n').filter((line) => /word of (old|filed)|"of (old|filed)/.test(line)),
      [],
    );
    const lines = (await audit.list({ action: 'conversation.removed' })).items;
    assert.deepEqual([lines.length, lines.at(-1)?.actor.id], [3, 'system:retention']);
    assert.ok(lines.some(({ conversationId }) => conversationId === old));
    assert.equal((await host.database.query('SELECT FROM cairnloop.conversation_shapes')).rowCount, 0);
  });

  it('CD4 removes nothing unless it is configured', async () => {
    const host = await start({});
    await resolved(host, 'old');
    await host.advance(4000 * day);
    await host.cairnloop.worker.start();
    await allDone(host);
    assert.deepEqual(await subjects(host), ['old']);
  });

  it("CD4 keep: 'shape' leaves counts and times and no text", async () => {
    const host = await start({ resolvedDays: 1, keep: 'shape' });
    const id = await resolved(host, 'zanzibar');
    await host.cairnloop.conversations.submitCsat(id, 'positive');
    const before = await host.cairnloop.conversations.get(id);
    await host.cairnloop.worker.start();
    await allDone(host);
    await host.cairnloop.worker.stop();
    await host.advance(2 * day);
    await host.cairnloop.worker.start();
    await removed(host, []);
    await host.cairnloop.worker.stop();
    const { rows } = await host.database.query('SELECT * FROM cairnloop.conversation_shapes');
    const { removed_at, first_reply_at, asked_at, answered_at, changed_at, clocks, ...shape } = rows[0];
    assert.ok(removed_at > before.updatedAt && first_reply_at >= before.createdAt);
    assert.deepEqual(
      [asked_at, answered_at, changed_at],
      [before.messages?.[0]?.createdAt, first_reply_at, before.updatedAt],
    );
    assert.deepEqual(
      clocks.map(({ at, ...clock }: { at: string }) => [new Date(at) >= before.createdAt, clock]),
      [[true, { outcome: 'met' }]],
    );
    assert.deepEqual(shape, {
      conversation_id: id,
      opened_at: before.createdAt,
      resolved_at: before.resolvedAt,
      resolutions: 1,
      customer_messages: 1,
      operator_messages: 1,
      automation_messages: 0,
      outbound_messages: 0,
      notes: 0,
      drafts: 0,
      slas_fulfilled: 1,
      slas_breached: 0,
      csat_rating: 'positive',
      drafts_made: [],
    });
    assert.ok(!(await dumpDatabase(host.database)).includes('zanzibar'));
  });

  it('CD4 keeps a conversation that still owes a callback, and removes it afterwards', async () => {
    const host = await start({ resolvedDays: 1 });
    const id = await resolved(host, 'owing');
    await host.cairnloop.outbound.trigger(id, { templateId: 't', content: 'Later', scheduleInSeconds: 10 * 86_400 });
    await host.cairnloop.worker.start();
    await eventually(async () => assert.equal((await host.deliveries('conversation_resolved'))[0]?.state, 'done'));
    await host.cairnloop.worker.stop();
    await host.advance(3 * day);
    await resolved(host, 'other');
    await host.cairnloop.worker.start();
    await eventually(async () =>
      assert.ok((await host.deliveries('conversation_resolved')).every(({ state }) => state === 'done')),
    );
    await host.cairnloop.worker.stop();
    assert.deepEqual(await subjects(host), ['other', 'owing']);
    await host.advance(8 * day);
    await host.cairnloop.worker.start();
    await eventually(async () => assert.equal((await host.deliveries('outbound'))[0]?.state, 'done'));
    await host.cairnloop.worker.stop();
    await host.cairnloop.worker.start();
    await removed(host, []);
  });

  it('CD4 a conversation that is reopened while it waits to be removed is not removed', async () => {
    const host = await start({ resolvedDays: 1 });
    const ids = [await resolved(host, 'back'), await resolved(host, 'gone')];
    await host.cairnloop.worker.start();
    await allDone(host);
    await host.cairnloop.worker.stop();
    await host.advance(2 * day);
    const client = new pg.Client(host.database.url);
    await client.connect();
    await client.query('BEGIN');
    await host.cairnloop.within(client as never).conversations.receive(ids[0] ?? '', { content: 'One more thing' });
    await host.cairnloop.worker.start();
    await removed(host, ['back']);
    await client.query('COMMIT');
    await client.end();
    await host.cairnloop.worker.stop();
    await host.cairnloop.worker.start();
    const { status, messages } = await host.cairnloop.conversations.get(ids[0] ?? '');
    assert.deepEqual([status, messages?.at(-1)?.content], ['open', 'One more thing']);
  });

  it('CD4 is counted, and the audit record verifies afterwards', async () => {
    const host = await start({ resolvedDays: 1 }, { metrics: prometheus() });
    await Promise.all(Array.from({ length: 60 }, (_, n) => resolved(host, `nr ${n}`)));
    await host.cairnloop.worker.start();
    await allDone(host);
    await host.cairnloop.worker.stop();
    await host.advance(2 * day);
    await host.cairnloop.worker.start();
    await removed(host, []);
    const metrics = await host.cairnloop.operations().fetch(new Request('http://localhost/metrics'));
    assert.match(await metrics.text(), /^cairnloop_conversations_removed_total 60$/m);
    const db = openDatabase({ url: host.database.url, schema: 'cairnloop', poolSize: 1 });
    try {
      await host.cairnloop.worker.stop();
      await host.cairnloop.worker.start();
      await eventually(async () => assert.equal((await verifyAudit(db)).unsealed, 0), 20_000);
      assert.equal((await verifyAudit(db)).broken, null);
    } finally {
      await db.close();
    }
  });
});
