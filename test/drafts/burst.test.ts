import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Conversation } from '../../src/contracts/domain.js';
import { err, ok } from '../../src/contracts/result.js';
import { answer, atOnce, recordingGenerator, requestsDone } from '../support/drafting.js';
import { eventually } from '../support/eventually.js';
import { operator, type StartedHost, useHosts } from '../support/started-host.js';

describe('drafts: one pending request per conversation', function () {
  this.timeout(180_000);
  const { startHost } = useHosts();
  const newest = ({ messages = [] }: Conversation) => messages.at(-1)?.content;
  const receive = async ({ cairnloop }: StartedHost, id: string, count: number, atATime = 20) => {
    let next = 0;
    const write = async () => {
      for (next += 1; next <= count; next += 1) await cairnloop.conversations.receive(id, { content: `Line ${next}` });
    };
    await Promise.all(Array.from({ length: atATime }, write));
  };
  const waiting = async (host: StartedHost) =>
    (await host.deliveries('draft')).filter(({ state }) => state === 'pending');

  it('AP10 a burst of 2000 messages gets a draft for the newest soon after', async () => {
    const { draftGenerator, calls } = recordingGenerator();
    const host = await startHost({ draftGenerator });
    const { id } = await host.cairnloop.conversations.open({});
    await receive(host, id, 2000);
    const { messages = [] } = await host.cairnloop.conversations.get(id);
    await eventually(async () => {
      const drafts = await host.cairnloop.drafts.listForConversation(id);
      assert.equal(drafts.find(({ status }) => status === 'pending')?.basedOnMessageId, messages.at(-1)?.id);
    });
    assert.equal(newest(calls.at(-1)?.conversation as Conversation), messages.at(-1)?.content);
    await requestsDone(host);
  });

  it('AP10 a new message replaces the pending request, in the same transaction', async () => {
    const { draftGenerator } = recordingGenerator();
    const host = await startHost({ draftGenerator }, { worker: false });
    await host.stopClock();
    const { id } = await host.cairnloop.conversations.open({ message: 'One' });
    const [first] = await waiting(host);
    await host.advance(1000);
    const { id: second } = await host.cairnloop.conversations.receive(id, { content: 'Two' });
    const [moved, ...others] = await waiting(host);
    assert.deepEqual([moved?.id, moved?.subjectId, others], [first?.id, second, []]);
    assert.equal(Number(moved?.availableAt) - Number(first?.availableAt), 1000);
  });

  it('AP10 an endless stream of messages delays the draft by at most ten times the debounce', async () => {
    const debounceMs = 1000;
    const { draftGenerator, calls } = recordingGenerator();
    const host = await startHost({ draftGenerator, drafts: { debounceMs } }, { worker: false });
    await host.stopClock();
    const { id } = await host.cairnloop.conversations.open({ message: 'Line 0' });
    const asked = Number((await waiting(host))[0]?.createdAt);
    for (let n = 1; n <= 11; n += 1) {
      await host.advance(debounceMs - 100);
      await host.cairnloop.conversations.receive(id, { content: `Line ${n}` });
    }
    const [request] = await waiting(host);
    assert.equal(Number(request?.availableAt) - asked, 10 * debounceMs);
    await host.advance(debounceMs);
    await host.cairnloop.worker.start();
    await eventually(() => assert.equal(calls.length, 1));
    assert.equal(newest(calls[0]?.conversation as Conversation), 'Line 11');
  });

  it('AP10 messages that arrive while the generator runs owe one more request, however many', async () => {
    let go: (() => void) | undefined;
    const going = new Promise<void>((resolve) => {
      go = resolve;
    });
    const { draftGenerator, calls } = recordingGenerator(async () => {
      await going;
      return ok(answer);
    });
    const host = await startHost({ ...atOnce, draftGenerator });
    const { id } = await host.cairnloop.conversations.open({ message: 'One' });
    await eventually(() => assert.equal(calls.length, 1));
    for (const content of ['Two', 'Three']) await host.cairnloop.conversations.receive(id, { content });
    assert.equal((await waiting(host)).length, 2);
    go?.();
    await requestsDone(host);
    assert.deepEqual(
      calls.map(({ conversation }) => newest(conversation)),
      ['One', 'Three'],
    );
    const drafts = await host.cairnloop.drafts.listForConversation(id);
    assert.deepEqual(drafts.map(({ status }) => status).sort(), ['pending', 'superseded']);
  });

  it('AP10 a new message resets a request that waits for a retry', async () => {
    const { draftGenerator, calls } = recordingGenerator(({ messages = [] }) =>
      messages.length === 1 ? err('model overloaded') : ok(answer),
    );
    const host = await startHost({ ...atOnce, draftGenerator });
    await host.stopClock();
    const { id } = await host.cairnloop.conversations.open({ message: 'One' });
    await eventually(async () => assert.match((await waiting(host))[0]?.lastError ?? '', /overloaded/));
    await host.cairnloop.conversations.receive(id, { content: 'Two' });
    await requestsDone(host);
    const [request, ...others] = await host.deliveries('draft');
    assert.deepEqual([calls.length, request?.attempts, request?.lastError, others], [2, 1, null, []]);
  });

  it('AP10 requests per message of an older version become one with the next message', async () => {
    const { draftGenerator, calls } = recordingGenerator();
    const host = await startHost({ ...atOnce, draftGenerator }, { worker: false });
    const { id } = await host.cairnloop.conversations.open({});
    await host.database.query(
      `INSERT INTO cairnloop.deliveries (topic, conversation_id, subject_id, dedupe_key, available_at, created_at)
       SELECT 'draft', $1, gen_random_uuid(), n, now(), now() FROM generate_series(1, 300) n`,
      [id],
    );
    await host.cairnloop.conversations.receive(id, { content: 'Hello?' });
    assert.equal((await waiting(host)).length, 1);
    await host.cairnloop.worker.start();
    await requestsDone(host);
    assert.equal(calls.length, 1);
  });

  it('AP10 a locked request does not keep customers from writing', async () => {
    const { draftGenerator } = recordingGenerator();
    const host = await startHost({ draftGenerator }, { worker: false });
    const { id } = await host.cairnloop.conversations.open({ message: 'One' });
    const client = new pg.Client(host.database.url);
    await client.connect();
    await client.query('BEGIN');
    await client.query(`SELECT FROM cairnloop.deliveries WHERE topic = 'draft' FOR UPDATE`);
    await host.cairnloop.conversations.receive(id, { content: 'Two' });
    assert.equal((await waiting(host)).length, 2);
    await client.end();
    await host.cairnloop.conversations.receive(id, { content: 'Three' });
    assert.equal((await waiting(host)).length, 1);
  });

  it('AP10 a worker whose lease ran out does not settle the request of a newer message', async () => {
    const { draftGenerator, calls } = recordingGenerator(async () => {
      if (calls.length === 1) await sleep(1500);
      return ok(answer);
    });
    const worker = { leaseMs: 60_000 };
    const host = await startHost({ ...atOnce, draftGenerator, worker });
    const { id } = await host.cairnloop.conversations.open({ message: 'One' });
    await eventually(() => assert.equal(calls.length, 1));
    await host.database.query(`UPDATE cairnloop.deliveries SET lease_until = now() - interval '1 second'`);
    const { id: second } = await host.cairnloop.conversations.receive(id, { content: 'Two' });
    await requestsDone(host);
    const drafts = await host.cairnloop.drafts.listForConversation(id);
    assert.ok(
      drafts.some(({ basedOnMessageId }) => basedOnMessageId === second),
      'the newer message has its draft',
    );
    await host.cairnloop.conversations.resolve(id, { resolvedBy: operator });
  });
});
