import assert from 'node:assert/strict';
import { err } from '../../src/contracts/result.js';
import { eventually } from '../support/eventually.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { operator, type StartedHost, useHosts } from '../support/started-host.js';

const notice = { templateId: 'maintenance', content: ' We are down on Sunday.\n', actor: operator };
const unknownId = '01890000-0000-7000-8000-00000000abcd';

describe('outbound.bulkTrigger', () => {
  const { startHost } = useHosts();

  const openMany = (count: number, { cairnloop }: StartedHost) =>
    Promise.all(
      Array.from(
        { length: count },
        async (_, index) => (await cairnloop.conversations.open({ actorId: `cus_${index}` })).id,
      ),
    );

  const settled = (host: StartedHost, count: number) =>
    eventually(async () => {
      const deliveries = await host.deliveries('outbound');
      assert.equal(deliveries.length, count);
      assert.ok(
        deliveries.every(({ state }) => state !== 'pending'),
        'some pending',
      );
      return deliveries;
    });

  const envelopes = async ({ database }: StartedHost) =>
    (await database.query('SELECT * FROM cairnloop.bulk_envelopes ORDER BY id')).rows;

  it('NT11 is one envelope, a message and a callback for each recipient, with exactly the content', async () => {
    const { notifier, calls } = recordingNotifier();
    const host = await startHost({ notifier });
    const ids = await openMany(25, host);
    const { envelope, results } = await host.cairnloop.outbound.bulkTrigger(ids, notice);
    assert.deepEqual([envelope.requested, envelope.accepted, envelope.content], [25, 25, notice.content]);
    assert.deepEqual(
      results.map(({ conversationId, ok }) => [conversationId, ok]),
      ids.map((id) => [id, true]),
    );
    await settled(host, 25);
    assert.deepEqual(calls.map(({ conversation }) => conversation.id).sort(), [...ids].sort());
    for (const { message } of calls) {
      assert.equal(message?.content, notice.content);
      assert.equal(message?.metadata.envelopeId, envelope.id);
      assert.equal(message?.metadata.templateId, 'maintenance');
    }
    assert.deepEqual(
      results.map((result) => result.ok && result.messageId).sort(),
      calls.map(({ message }) => message?.id).sort(),
    );
    assert.equal((await envelopes(host)).length, 1);
  });

  it('NT11 a recipient that fails stops none of the others', async () => {
    const { notifier } = recordingNotifier(({ conversation }) =>
      conversation.actorId === 'cus_1' ? err('no such mailbox') : undefined,
    );
    const host = await startHost({ notifier, worker: { maxAttempts: 1 } });
    const ids = await openMany(4, host);
    await host.cairnloop.outbound.bulkTrigger(ids, notice);
    const deliveries = await settled(host, 4);
    const stateOf = (id: string | undefined) => deliveries.find(({ conversationId }) => conversationId === id)?.state;
    assert.deepEqual(ids.map(stateOf), ['done', 'discarded', 'done', 'done']);
  });

  it('NT11 with a dedupeKey skips recipients that had it already, and a repeated call returns the first result', async () => {
    const { notifier } = recordingNotifier();
    const host = await startHost({ notifier }, { worker: false });
    const ids = await openMany(3, host);
    const keyed = { ...notice, dedupeKey: 'maintenance-7' };
    const send = (to: string[]) => host.cairnloop.outbound.bulkTrigger(to, keyed);
    const [first, ...others] = await Promise.all([1, 2, 3, 4].map(() => send([...ids.slice(0, 2), unknownId])));
    for (const other of others) assert.deepEqual(other, first);
    assert.deepEqual(
      first?.results.map(({ ok }) => ok),
      [true, true, false],
    );
    assert.equal((await host.deliveries('outbound')).length, 2);
    assert.equal((await envelopes(host)).length, 1);
    const { items } = await host.cairnloop.audit.list({ action: 'outbound.bulk_triggered' });
    assert.equal(items.length, 1);
    const grown = await send(ids);
    assert.deepEqual([grown.envelope.requested, grown.envelope.accepted], [3, 1]);
    assert.ok(grown.results.every(({ ok }) => ok));
    assert.deepEqual(grown.results.slice(0, 2), first?.results.slice(0, 2));
    await host.cairnloop.outbound.bulkTrigger(ids, { ...notice, dedupeKey: 'maintenance-8' });
    assert.equal((await host.deliveries('outbound')).length, 6);
  });

  it('NT11 merges duplicate ids, in any case, and reports an unknown id as that recipient’s error', async () => {
    const { notifier, calls } = recordingNotifier();
    const host = await startHost({ notifier });
    const [id = ''] = await openMany(1, host);
    const given = [id, unknownId, id.toUpperCase(), 'no-such-conversation', id];
    const { envelope, results } = await host.cairnloop.outbound.bulkTrigger(given, notice);
    assert.deepEqual([envelope.requested, envelope.accepted], [3, 1]);
    assert.deepEqual(
      results.map((result) => [result.conversationId, result.ok || result.error.code]),
      [
        [id, true],
        [unknownId, 'CONVERSATION_NOT_FOUND'],
        ['no-such-conversation', 'CONVERSATION_NOT_FOUND'],
      ],
    );
    await settled(host, 1);
    assert.equal(calls.length, 1);
  });

  it('NT11 an empty list is an error, and wrong input too', async () => {
    const host = await startHost({ notifier: recordingNotifier().notifier }, { worker: false });
    const { outbound } = host.cairnloop;
    const [id = ''] = await openMany(1, host);
    await assert.rejects(outbound.bulkTrigger([], notice), { code: 'BATCH_EMPTY' });
    await assert.rejects(outbound.bulkTrigger([id], { ...notice, content: ' ' }), { code: 'INPUT_INVALID' });
    await assert.rejects(outbound.bulkTrigger([1] as never, notice), { code: 'INPUT_INVALID' });
    assert.deepEqual([await envelopes(host), await host.deliveries('outbound')], [[], []]);
  });

  it('NT11 above maxBatchSize the refusal is recorded and nothing is sent; duplicates do not count', async () => {
    const { notifier } = recordingNotifier();
    const host = await startHost({ notifier, outbound: { maxBatchSize: 2 } }, { worker: false });
    const ids = await openMany(3, host);
    await assert.rejects(host.cairnloop.outbound.bulkTrigger(ids, notice), {
      code: 'BATCH_TOO_LARGE',
      message: /at most 2 conversations, found 3/,
    });
    assert.deepEqual(await host.deliveries('outbound'), []);
    const [refused, ...others] = await envelopes(host);
    assert.deepEqual([refused.requested, refused.accepted, others], [3, 0, []]);
    assert.match(refused.refusal, /Nothing was sent/);
    const { items } = await host.cairnloop.audit.list({ action: 'outbound.bulk_refused' });
    assert.deepEqual(
      items.map(({ actor, subjectId }) => [actor, subjectId]),
      [[operator, refused.id]],
    );
    const [first = '', second = ''] = ids;
    const { envelope } = await host.cairnloop.outbound.bulkTrigger([first, second, first, second], notice);
    assert.equal(envelope.accepted, 2);
  });
});
