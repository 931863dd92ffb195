import assert from 'node:assert/strict';
import pg from 'pg';
import type { Message } from '../../src/contracts/domain.js';
import { err } from '../../src/contracts/result.js';
import { openDatabase } from '../../src/db/connect.js';
import { readWorkloadFacts } from '../../src/doctor/read-work.js';
import { prometheus } from '../../src/ops/prometheus.js';
import { selectDueTopics } from '../../src/worker/sweep.js';
import { findWorkerHealth } from '../../src/workspace/queries/delivery-lines.js';
import { answer, atOnce, recordingGenerator, recordingPolicy } from '../support/drafting.js';
import { minute } from '../support/error-causes.js';
import { eventually } from '../support/eventually.js';
import { type NotifierCall, recordingNotifier } from '../support/recording-notifier.js';
import { operator, type StartedHost, useHosts } from '../support/started-host.js';

const day = 24 * 60 * minute;

describe('onReply', () => {
  const { startHost } = useHosts();

  const start = async (respond?: (call: NotifierCall) => unknown, config = {}, options = {}) => {
    const recorded = recordingNotifier(respond, { replies: true });
    return { ...recorded, host: await startHost({ notifier: recorded.notifier, ...config }, options) };
  };
  const open = async ({ cairnloop }: StartedHost) =>
    (await cairnloop.conversations.open({ actorId: 'ada@example.org', message: 'I forgot my password' })).id;
  const say = ({ cairnloop }: StartedHost, id: string, content: string) =>
    cairnloop.conversations.reply(id, { content, actor: operator });
  const stored = async ({ cairnloop }: StartedHost, { conversationId, id }: Message) => {
    const found = (await cairnloop.conversations.get(conversationId)).messages?.find((message) => message.id === id);
    return found ?? assert.fail('no such message');
  };
  const hasStatus = (host: StartedHost, message: Message, status: Message['status']) =>
    eventually(async () => {
      const found = await stored(host, message);
      assert.equal(found.status, status);
      return found;
    });
  const told = (calls: NotifierCall[]) => calls.map(({ message }) => message?.content);

  it('LP1 an operator reply owes one call, with the stored message and who answered', async () => {
    const { host, calls } = await start();
    const id = await open(host);
    const message = await say(host, id, ' Hi\n<b>');
    assert.deepEqual([message.status, message.sentAt], ['pending', null]);
    const sent = await hasStatus(host, message, 'sent');
    assert.ok(sent.sentAt && sent.sentAt >= message.createdAt);
    const [delivery, ...others] = await host.deliveries('reply');
    assert.deepEqual(others, []);
    assert.deepEqual([delivery?.subjectId, delivery?.state], [message.id, 'done']);
    const [call, ...again] = calls;
    assert.deepEqual(again, []);
    assert.deepEqual(call?.message, message);
    assert.deepEqual(call?.metadata, { actor: operator, deliveryId: delivery?.id, attempt: 1 });
    assert.deepEqual([call?.conversation.id, call?.conversation.actorId], [id, 'ada@example.org']);
  });

  it('LP1 a second call of reply with the same dedupeKey owes nothing more', async () => {
    const { host } = await start(undefined, {}, { worker: false });
    const id = await open(host);
    for (let n = 0; n < 3; n += 1)
      await host.cairnloop.conversations.reply(id, { content: 'Once.', actor: operator, dedupeKey: 'k' });
    assert.equal((await host.deliveries('reply')).length, 1);
  });

  it('LP1 an approved, an edited and a used draft each owe one call, by the operator who sent it', async () => {
    const { host, calls } = await start();
    const { drafts } = host.cairnloop;
    const sends = {
      approved: (id: string) => drafts.approve(id, { actor: operator }),
      edited: (id: string) => drafts.edit(id, { content: 'In my words.', actor: operator }),
      used: (id: string) => drafts.use(id, { content: 'Made of it.', actor: operator }),
    };
    for (const [how, send] of Object.entries(sends)) {
      const id = await open(host);
      const draft = await drafts.propose(id, answer);
      assert.equal(calls.length, 0, 'nothing is called before somebody sends it');
      const sent = await send(draft.id);
      await eventually(() => assert.equal(calls.length, 1, how));
      const [call] = calls.splice(0);
      assert.deepEqual([call?.message?.id, call?.message?.content], [sent.messageId, sent.content]);
      assert.equal(call?.message?.role, 'operator');
      assert.deepEqual(call?.metadata.actor, operator);
    }
    assert.equal((await host.deliveries('reply')).length, 3);
  });

  it('LP1 an allowed draft owes one call, with the policy as author', async () => {
    const { automationPolicy } = recordingPolicy(() => 'allow');
    const { draftGenerator } = recordingGenerator();
    const { host, calls } = await start(undefined, { automationPolicy, draftGenerator, ...atOnce });
    await open(host);
    const proposed = await open(host);
    await eventually(() => assert.equal(calls.length, 2));
    for (const { message, metadata } of calls) {
      assert.deepEqual([message?.role, message?.content], ['automation', answer.content]);
      assert.deepEqual(metadata.actor, { id: 'system:policy' });
    }
    const { messages = [] } = await host.cairnloop.conversations.get(proposed);
    const automation = messages.find(({ role }) => role === 'automation') ?? assert.fail('no automation message');
    await hasStatus(host, automation, 'sent');
  });

  it('LP1 drafts that only wait, notes and customer messages owe nothing', async () => {
    const { automationPolicy } = recordingPolicy(({ content }) => content);
    const { host } = await start(undefined, { automationPolicy }, { worker: false });
    for (const decision of ['draft_only', 'require_approval', 'deny']) {
      const id = await open(host);
      await host.cairnloop.drafts.propose(id, { ...answer, content: decision });
      await host.cairnloop.conversations.note(id, { content: 'Odd.', actor: operator });
      const { messages = [] } = await host.cairnloop.conversations.get(id);
      assert.ok(messages.every(({ status }) => status === null));
    }
    assert.deepEqual(await host.deliveries('reply'), []);
  });

  it('LP1 a reply that is rolled back owes nothing', async () => {
    const { host, calls } = await start();
    const id = await open(host);
    await host.database.query(`
      CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$;
      CREATE TRIGGER refuse BEFORE INSERT ON cairnloop.audit_events FOR EACH ROW
        WHEN (NEW.action IN ('conversation.replied', 'draft.sent')) EXECUTE FUNCTION refuse();`);
    const draft = await host.cairnloop.drafts.propose(id, answer);
    await assert.rejects(say(host, id, 'Never.'));
    await assert.rejects(host.cairnloop.drafts.approve(draft.id, { actor: operator }));
    await host.database.query('DROP TRIGGER refuse ON cairnloop.audit_events');
    await say(host, id, 'After all.');
    await eventually(() => assert.deepEqual(told(calls), ['After all.']));
    assert.equal((await host.deliveries('reply')).length, 1);
  });

  it('LP1 replies of one conversation are delivered in order, also by two workers', async () => {
    const { host, calls } = await start(() => new Promise((resolve) => setTimeout(resolve, 5)));
    const second = await startHost({ notifier: recordsInto(calls) }, { database: host.database });
    const ids = await Promise.all(Array.from({ length: 5 }, () => open(host)));
    for (let n = 0; n < 8; n += 1)
      await Promise.all(ids.map((id, at) => say([host, second][(n + at) % 2] as StartedHost, id, String(n))));
    await eventually(() => assert.equal(calls.length, 40));
    for (const id of ids)
      assert.deepEqual(told(calls.filter(({ conversation }) => conversation.id === id)), [
        '0',
        '1',
        '2',
        '3',
        '4',
        '5',
        '6',
        '7',
      ]);
  });

  it('LP1 a failing reply holds back the later ones of its conversation until it is sent, and no other', async () => {
    let broken = true;
    const { host, calls } = await start(({ message }) => {
      if (broken && message?.content === 'first') throw new Error('mailbox full');
    });
    await host.stopClock();
    const id = await open(host);
    const first = await say(host, id, 'first');
    await eventually(async () => assert.equal((await host.deliveries('reply'))[0]?.lastError, 'mailbox full'));
    await say(host, id, 'second');
    await host.advance(100);
    await say(host, id, 'third');
    const elsewhere = await say(host, await open(host), 'elsewhere');
    await hasStatus(host, elsewhere, 'sent');
    assert.deepEqual(told(calls), ['first', 'elsewhere']);
    for (let attempt = 2; attempt < 5; attempt += 1) {
      await host.advance(day);
      // The next attempt is due from when the failure is written: a clock that is advanced before that never reaches
      // it.
      await eventually(async () => {
        const [failing] = await host.deliveries('reply');
        assert.deepEqual([failing?.attempts, failing?.leaseUntil], [attempt, null]);
      });
      assert.equal(calls.length, attempt + 1);
    }
    assert.deepEqual(told(calls.slice(2)), ['first', 'first', 'first']);
    broken = false;
    await host.advance(day);
    await hasStatus(host, first, 'sent');
    await eventually(() => assert.deepEqual(told(calls.slice(5)), ['first', 'second', 'third']));
  });

  it('LP1 a later reply follows once the failing one is discarded, by its last attempt or by hand', async () => {
    const { host, calls } = await start(
      ({ message }) => (message?.content.startsWith('bad') ? err('mailbox full') : undefined),
      { worker: { maxAttempts: 2 } },
    );
    await host.stopClock();
    const id = await open(host);
    const last = await say(host, id, 'bad');
    await say(host, id, 'after the last attempt');
    await eventually(async () => assert.equal((await host.deliveries('reply'))[0]?.lastError, 'mailbox full'));
    await host.advance(day);
    await hasStatus(host, last, 'failed');
    await eventually(() => assert.deepEqual(told(calls), ['bad', 'bad', 'after the last attempt']));

    const byHand = await say(host, id, 'bad too');
    const next = await say(host, id, 'after a discard');
    const waiting = await eventually(async () => {
      const [delivery] = (await host.deliveries('reply')).filter(({ subjectId }) => subjectId === byHand.id);
      assert.ok(delivery?.lastError && delivery.leaseUntil === null, 'not failed yet');
      return delivery;
    });
    assert.equal((await stored(host, next)).status, 'pending');
    await host.cairnloop.deliveries.discard(waiting.id, { actor: operator });
    await hasStatus(host, next, 'sent');
    assert.deepEqual((await stored(host, byHand)).metadata.failure, {
      reason: 'discarded by hand; it had failed with: mailbox full',
      attempts: 1,
    });
  });

  it('LP1 a discarded reply that is retried is delivered before the later ones that still wait', async () => {
    let broken = true;
    const { host, calls } = await start(() => (broken ? err('down') : undefined), { worker: { maxAttempts: 1 } });
    const id = await open(host);
    const first = await say(host, id, 'first');
    await hasStatus(host, first, 'failed');
    await host.cairnloop.worker.stop();
    await say(host, id, 'second');
    const [delivery] = await host.deliveries('reply');
    await host.cairnloop.deliveries.retry(delivery?.id ?? '', { actor: operator });
    broken = false;
    await host.cairnloop.worker.start();
    await eventually(() => assert.deepEqual(told(calls), ['first', 'first', 'second']));
    assert.deepEqual(
      calls.map(({ metadata }) => metadata.attempt),
      [1, 1, 1],
    );
    assert.equal(calls[0]?.metadata.deliveryId, calls[1]?.metadata.deliveryId);
  });

  it('LP1 a reply that is held back does not count as overdue', async () => {
    const { host } = await start(() => err('mailbox full'));
    await host.stopClock();
    const id = await open(host);
    await say(host, id, 'first');
    await eventually(async () => assert.equal((await host.deliveries('reply'))[0]?.lastError, 'mailbox full'));
    await host.cairnloop.worker.stop();
    await say(host, id, 'second');
    const db = openDatabase({ url: host.database.url, schema: 'cairnloop', poolSize: 1 });
    const { oldestDueAt, pending } = await findWorkerHealth({ db });
    const [due] = await db.run(selectDueTopics, { lookAheadMs: 1000, open: ['reply'], topics: ['reply'] });
    await db.close();
    const client = new pg.Client(host.database.url);
    await client.connect();
    const { oldestDueMs } = await readWorkloadFacts(client, 'cairnloop');
    await client.end();
    assert.deepEqual([oldestDueAt, oldestDueMs, due?.due, pending.value], [null, null, false, 2]);
  });

  it('LP1 a reply that may have killed its worker also waits for an earlier one that is retried', async () => {
    let broken = true;
    const { host, calls } = await start(
      ({ message }) => (broken && message?.content === 'first' ? err('down') : undefined),
      {
        worker: { maxAttempts: 2 },
      },
    );
    await host.stopClock();
    const id = await open(host);
    const first = await say(host, id, 'first');
    await eventually(async () => assert.equal((await host.deliveries('reply'))[0]?.lastError, 'down'));
    const second = await say(host, id, 'second');
    await host.database.query(
      `UPDATE cairnloop.deliveries SET leases_lost = 2, lease_until = cairnloop.clock() - interval '1 s', claims = 2
       WHERE topic = 'reply' AND subject_id = $1`,
      [second.id],
    );
    const elsewhere = await say(host, await open(host), 'elsewhere');
    await hasStatus(host, elsewhere, 'sent');
    assert.deepEqual(told(calls), ['first', 'elsewhere']);
    broken = false;
    await host.advance(day);
    await hasStatus(host, first, 'sent');
    await hasStatus(host, second, 'sent');
    assert.deepEqual(told(calls), ['first', 'elsewhere', 'first', 'second']);
  });

  it('LP1 a callback that hangs is cut off, retried, and holds back the later ones', async () => {
    let hangs = true;
    const { host, calls } = await start(
      ({ message }) => (hangs && message?.content === 'first' ? new Promise(() => {}) : undefined),
      {
        worker: { callbackTimeoutMs: 200 },
      },
    );
    const id = await open(host);
    const first = await say(host, id, 'first');
    const second = await say(host, id, 'second');
    await eventually(async () =>
      assert.match(
        (await host.deliveries('reply'))[0]?.lastError ?? '',
        /notifier\.onReply did not settle within 200 ms/,
      ),
    );
    assert.equal((await stored(host, second)).status, 'pending');
    hangs = false;
    await hasStatus(host, first, 'sent');
    await hasStatus(host, second, 'sent');
    assert.deepEqual([...new Set(told(calls))], ['first', 'second']);
  });

  it('LP2 a failure leaves it pending, the last one makes it failed with the reason, a retry makes it sent', async () => {
    let full = true;
    const { host } = await start(() => (full ? err('mailbox full') : undefined), { worker: { maxAttempts: 2 } });
    await host.stopClock();
    const message = await say(host, await open(host), 'Hello');
    await eventually(async () => {
      const [delivery] = await host.deliveries('reply');
      assert.deepEqual([delivery?.state, delivery?.attempts, delivery?.lastError], ['pending', 1, 'mailbox full']);
    });
    assert.equal((await stored(host, message)).status, 'pending');
    await host.advance(minute);
    const failed = await hasStatus(host, message, 'failed');
    assert.deepEqual([failed.metadata.failure, failed.sentAt], [{ reason: 'mailbox full', attempts: 2 }, null]);

    full = false;
    const [delivery] = await host.deliveries('reply');
    await host.cairnloop.deliveries.retry(delivery?.id ?? '', { actor: operator });
    const sent = await hasStatus(host, message, 'sent');
    assert.deepEqual(sent.metadata, {});
    assert.notEqual(sent.sentAt, null);
  });

  it('LP2 is never called for a reply that is sent already', async () => {
    const { host, calls } = await start();
    await hasStatus(host, await say(host, await open(host), 'Hello'), 'sent');
    await host.database.query(
      `UPDATE cairnloop.deliveries SET state = 'pending', settled_at = NULL WHERE topic = 'reply'`,
    );
    await eventually(async () => assert.equal((await host.deliveries('reply'))[0]?.state, 'done'));
    assert.equal(calls.length, 1);
  });

  it('LP2 without onReply the status stays null and nothing is owed', async () => {
    const { notifier } = recordingNotifier();
    const host = await startHost({ notifier });
    const message = await say(host, await open(host), 'Hello');
    assert.deepEqual([message.status, message.sentAt], [null, null]);
    assert.deepEqual(await host.deliveries('reply'), []);
  });

  it('LP2 telemetry, metrics and the audit record have the outcome of a reply', async () => {
    const { host } = await start(({ message }) => (message?.content === 'bad' ? err('no') : undefined), {
      worker: { maxAttempts: 1 },
      metrics: prometheus(),
    });
    const events: [string, unknown][] = [];
    host.cairnloop.telemetry.attach(
      'replies',
      ['cairnloop.reply.sent', 'cairnloop.reply.failed'],
      (event, _, metadata) => {
        events.push([event, (metadata as { messageId: string }).messageId]);
      },
    );
    const id = await open(host);
    const bad = await say(host, id, 'bad');
    const good = await say(host, id, 'good');
    await hasStatus(host, good, 'sent');
    await eventually(() =>
      assert.deepEqual(events, [
        ['cairnloop.reply.failed', bad.id],
        ['cairnloop.reply.sent', good.id],
      ]),
    );
    const scraped = await host.cairnloop.operations().fetch(new Request('http://localhost/metrics'));
    const exposition = await scraped.text();
    for (const outcome of ['done', 'discarded'])
      assert.ok(exposition.includes(`cairnloop_deliveries_total{topic="reply",outcome="${outcome}"} 1`), exposition);
    const { items } = await host.cairnloop.audit.list({ conversationId: id });
    const actions = items.map(({ action, subjectId }) => [action, subjectId]);
    assert.ok(actions.some(([action, subject]) => action === 'reply.sent' && subject === good.id));
    assert.ok(actions.some(([action, subject]) => action === 'reply.failed' && subject === bad.id));
  });

  it('LP1 a reply in a conversation that is deleted meanwhile settles without an error', async () => {
    const { host, calls } = await start(undefined, {}, { worker: false });
    const id = await open(host);
    await say(host, id, 'Hello');
    await host.database.query('DELETE FROM cairnloop.conversations WHERE id = $1', [id]);
    await host.cairnloop.worker.start();
    await eventually(async () => assert.equal((await host.deliveries('reply'))[0]?.state, 'done'));
    assert.equal(calls.length, 0);
  });
});

/** A second worker's notifier, whose calls stand in the same list. */
function recordsInto(calls: NotifierCall[]) {
  const recorded = recordingNotifier(
    (call) => {
      calls.push(call);
      return new Promise((resolve) => setTimeout(resolve, 5));
    },
    { replies: true },
  );
  return recorded.notifier;
}
