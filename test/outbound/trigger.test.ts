import assert from 'node:assert/strict';
import { eventually } from '../support/eventually.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { operator, policies, type StartedHost, useHosts } from '../support/started-host.js';

const survey = { templateId: 'csat', content: '  How did we do?\n\nAnn <ann@example.test>\n', actor: operator };
const unknownId = '01890000-0000-7000-8000-000000000000';

describe('outbound.trigger', () => {
  const { startHost } = useHosts();
  const withoutWorker = { worker: false };

  const outboundOf = async ({ cairnloop }: StartedHost, id: string) =>
    ((await cairnloop.conversations.get(id)).messages ?? []).filter(({ role }) => role === 'outbound');

  const allSent = (host: StartedHost, count: number) =>
    eventually(async () => {
      const states = (await host.deliveries('outbound')).map(({ state }) => state);
      assert.deepEqual(states, Array(count).fill('done'));
    });

  it('NT10 without a notifier it is refused and writes nothing; resolve works and a breach is recorded', async () => {
    const terms = { priority: 'normal', responseMinutes: 60, breachMinutes: 240 };
    const host = await startHost({ slaPolicyProvider: policies(terms) });
    const { conversations, outbound, sla } = host.cairnloop;
    const { id } = await conversations.open({ message: 'Hello?' });
    const refusal = { code: 'NOTIFIER_REQUIRED', message: /expected config key "notifier", found none/ };
    await assert.rejects(outbound.trigger(id, survey), refusal);
    await assert.rejects(outbound.bulkTrigger([id], survey), refusal);
    assert.deepEqual([await outboundOf(host, id), await host.deliveries('outbound')], [[], []]);
    await host.advance(241 * 60_000);
    await eventually(async () => assert.equal((await sla.forConversation(id))?.status, 'breached'));
    assert.equal((await conversations.resolve(id, { resolvedBy: operator })).status, 'resolved');
    assert.deepEqual(await host.deliveries('conversation_resolved'), []);
  });

  it('NT10 a worker without a notifier marks nothing sent; one with it sends', async () => {
    const { notifier, calls } = recordingNotifier();
    const producer = await startHost({ notifier }, withoutWorker);
    const { id } = await producer.cairnloop.conversations.open({});
    await producer.cairnloop.outbound.trigger(id, survey);
    const without = await startHost({}, { database: producer.database });
    await eventually(async () => assert.notEqual((await producer.deliveries('outbound'))[0]?.attempts, 0));
    await without.cairnloop.worker.stop();
    assert.deepEqual(
      (await outboundOf(producer, id)).map(({ status }) => status),
      ['pending'],
    );
    await producer.cairnloop.worker.start();
    await allSent(producer, 1);
    assert.equal(calls.length, 1);
  });

  it('NT12 fifty calls with one key send once and all return that message', async () => {
    const { notifier, calls } = recordingNotifier();
    const host = await startHost({ notifier });
    const { conversations, outbound } = host.cairnloop;
    const { id } = await conversations.open({});
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => outbound.trigger(id, { ...survey, dedupeKey: 'csat' })),
    );
    assert.equal(answers.filter(({ duplicate }) => !duplicate).length, 1);
    assert.equal(new Set(answers.map(({ message }) => message.id)).size, 1);
    await allSent(host, 1);
    const again = await outbound.trigger(id, { ...survey, content: 'Other words', dedupeKey: 'csat' });
    assert.deepEqual([again.duplicate, again.message.status], [true, 'sent']);
    assert.deepEqual([again.message.content, calls.length], [survey.content, 1]);
    const other = await conversations.open({});
    assert.equal((await outbound.trigger(other.id, { ...survey, dedupeKey: 'csat' })).duplicate, false);
    assert.equal(
      (await host.cairnloop.audit.list({ conversationId: id, action: 'outbound.triggered' })).items.length,
      1,
    );
  });

  it('NT12 without a key each call delivers the exact text, and leaves no dedupe row', async () => {
    const { notifier, calls } = recordingNotifier();
    const host = await startHost({ notifier });
    const { id } = await host.cairnloop.conversations.open({});
    for (let count = 0; count < 3; count += 1)
      assert.equal((await host.cairnloop.outbound.trigger(id, survey)).duplicate, false);
    await allSent(host, 3);
    assert.deepEqual(
      calls.map(({ message }) => message?.content),
      Array(3).fill(survey.content),
    );
    assert.deepEqual(
      (await outboundOf(host, id)).map(({ status }) => status),
      Array(3).fill('sent'),
    );
  });

  it('NT9 waits until it is due, and can be cancelled until then', async () => {
    const { notifier, calls } = recordingNotifier();
    const host = await startHost({ notifier });
    const { conversations, outbound, audit } = host.cairnloop;
    const { id } = await conversations.open({});
    const scheduled = await outbound.trigger(id, { ...survey, scheduleInSeconds: 3600 });
    const cancelled = await outbound.trigger(id, { ...survey, scheduleInSeconds: 3600 });
    const withdrawn = await outbound.cancel(cancelled.message.id, { actor: operator });
    assert.deepEqual([withdrawn.status, withdrawn.metadata.failure], ['failed', { reason: 'cancelled', attempts: 0 }]);
    const [delivery, ...others] = await host.deliveries('outbound');
    assert.deepEqual([delivery?.state, delivery?.attempts, others], ['pending', 0, []]);
    assert.equal(Number(delivery?.availableAt) - Number(scheduled.message.createdAt), 3_600_000);
    await host.advance(3_600_000);
    await allSent(host, 1);
    assert.deepEqual(
      calls.map(({ message }) => message?.id),
      [scheduled.message.id],
    );
    const refusal = { code: 'OUTBOUND_NOT_PENDING' };
    await assert.rejects(outbound.cancel(scheduled.message.id, { actor: operator }), refusal);
    await assert.rejects(outbound.cancel(cancelled.message.id, { actor: operator }), refusal);
    await assert.rejects(outbound.cancel(unknownId, { actor: operator }), refusal);
    assert.equal((await audit.list({ conversationId: id, action: 'outbound.cancelled' })).items.length, 1);
  });

  it('NT9 cannot be cancelled once its callback was called, even if that failed and waits for a retry', async () => {
    const { notifier, calls } = recordingNotifier(() => {
      if (calls.length === 1) throw new Error('the provider hung up after it had sent');
    });
    const host = await startHost({ notifier });
    const { conversations, outbound, deliveries, audit } = host.cairnloop;
    await host.stopClock();
    const { id } = await conversations.open({});
    const { message } = await outbound.trigger(id, survey);
    await eventually(async () => assert.ok((await host.deliveries('outbound'))[0]?.lastError, 'not failed yet'));
    await assert.rejects(outbound.cancel(message.id, { actor: operator }), {
      code: 'OUTBOUND_NOT_PENDING',
      message: /being delivered/,
    });
    assert.deepEqual(
      (await outboundOf(host, id)).map(({ status }) => status),
      ['pending'],
    );
    const [delivery = assert.fail('withdrawn')] = await host.deliveries('outbound');
    await deliveries.retry(delivery.id, { actor: operator });
    await allSent(host, 1);
    assert.equal(calls.length, 2);
    assert.deepEqual((await audit.list({ conversationId: id, action: 'outbound.cancelled' })).items, []);
  });

  it('TL2 a repeated call publishes nothing, wakes no worker and updates no page', async () => {
    const host = await startHost({ notifier: recordingNotifier().notifier }, withoutWorker);
    const { conversations, outbound, telemetry } = host.cairnloop;
    const told: unknown[] = [];
    telemetry.attach('test', ['cairnloop.outbound.triggered'], (_event, _measurements, { messageId }) =>
      told.push(messageId),
    );
    const { id } = await conversations.open({});
    const { message } = await outbound.trigger(id, { ...survey, dedupeKey: 'csat' });
    for (let call = 0; call < 3; call += 1)
      assert.equal((await outbound.trigger(id, { ...survey, dedupeKey: 'csat' })).duplicate, true);
    const other = await outbound.trigger(id, survey);
    await eventually(() => assert.equal(told.at(-1), other.message.id));
    assert.deepEqual(told, [message.id, other.message.id]);
  });

  it('refuses unknown conversations and wrong input, and writes nothing', async () => {
    const host = await startHost({ notifier: recordingNotifier().notifier }, withoutWorker);
    const { id } = await host.cairnloop.conversations.open({});
    for (const unknown of ['', 'x', unknownId])
      await assert.rejects(host.cairnloop.outbound.trigger(unknown, survey), { code: 'CONVERSATION_NOT_FOUND' });
    const wrong = [
      { content: ' \n' },
      { templateId: '' },
      { scheduleInSeconds: -1 },
      { actor: { id: '' } },
      { dedupeKey: ' ' },
    ];
    for (const part of wrong)
      await assert.rejects(host.cairnloop.outbound.trigger(id, { ...survey, ...part }), { code: 'INPUT_INVALID' });
    assert.deepEqual(await host.deliveries('outbound'), []);
  });
});
