import assert from 'node:assert/strict';
import { agendaJobNames } from '../../src/agenda/jobs.js';
import { causes, methods, minute, terms } from '../support/error-causes.js';
import { eventually } from '../support/eventually.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { policies, type StartedHost, useHosts } from '../support/started-host.js';

describe('the callbacks of the Notifier', () => {
  const { startHost } = useHosts();
  const slaPolicyProvider = policies(terms);

  const stateOf = async (host: StartedHost, method: keyof typeof causes) =>
    (await host.deliveries(causes[method].topic)).map((delivery) => delivery.state);

  for (const method of methods) {
    it(`NT1 ${method}: the promise it returns is awaited`, async () => {
      let finish = () => {};
      const { notifier, calls } = recordingNotifier(() => new Promise<void>((resolve) => (finish = resolve)), {
        replies: true,
      });
      const host = await startHost({ notifier, slaPolicyProvider });
      await causes[method].cause(host, 'slow');
      await eventually(() => assert.equal(calls.length, 1));
      assert.deepEqual(await stateOf(host, method), ['pending']);
      finish();
      await eventually(async () => assert.deepEqual(await stateOf(host, method), ['done']));
      assert.equal(calls.length, 1);
    });

    it(`NT2 ${method}: runs in the Agenda job "${agendaJobNames[causes[method].topic]}"`, async () => {
      const running: string[][] = [];
      const { notifier } = recordingNotifier(
        async () => {
          const { rows } = await host.database.query(
            'SELECT name FROM cairnloop.agenda_jobs WHERE locked_at IS NOT NULL',
          );
          running.push([...new Set<string>(rows.map((row) => row.name))]);
        },
        { replies: true },
      );
      const host = await startHost({ notifier, slaPolicyProvider });
      await causes[method].cause(host, 'any');
      await eventually(async () => assert.deepEqual(await stateOf(host, method), ['done']));
      assert.deepEqual(running, [[agendaJobNames[causes[method].topic]]]);
    });
  }

  it('NT2 without a worker nothing is called; once one starts everything is', async () => {
    const { notifier, calls } = recordingNotifier(undefined, { replies: true });
    const host = await startHost({ notifier, slaPolicyProvider }, { worker: false });
    for (const method of methods) await causes[method].cause(host, 'waiting');
    for (const method of methods) {
      const deliveries = await host.deliveries(causes[method].topic);
      assert.deepEqual(
        deliveries.map(({ state, attempts }) => ({ state, attempts })),
        [{ state: 'pending', attempts: 0 }],
      );
    }
    assert.equal(calls.length, 0);

    await host.cairnloop.worker.start();
    await eventually(() => assert.equal(calls.length, methods.length));
    assert.deepEqual(calls.map((call) => call.method).sort(), [...methods].sort());
  });

  it('get plain frozen data, so that one cannot change what others get', async () => {
    const refused: string[] = [];
    const { notifier, calls } = recordingNotifier(
      ({ conversation, sla, message, metadata }) => {
        for (const given of [conversation, sla, message, metadata, conversation.messages, conversation.metadata]) {
          if (given && !Object.isFrozen(given)) refused.push(JSON.stringify(given));
        }
        if (conversation.createdAt.getTime() === 0) refused.push('a date that another call had changed');
        conversation.createdAt.setTime(0);
        sla?.breachAt.setTime(0);
        if (metadata.attempt === 1) throw new Error('once more');
      },
      { replies: true },
    );
    const host = await startHost({ notifier, slaPolicyProvider });
    await host.stopClock();
    for (const method of methods) {
      await causes[method].cause(host, 'frozen');
      await eventually(async () =>
        assert.ok((await host.deliveries(causes[method].topic))[0]?.lastError, 'not failed yet'),
      );
      await host.advance(minute);
      await eventually(async () => assert.deepEqual(await stateOf(host, method), ['done']));
    }
    assert.deepEqual(refused, []);
    for (const { conversation } of calls) {
      const stored = await host.cairnloop.conversations.get(conversation.id);
      assert.notEqual(stored.createdAt.getTime(), 0);
    }
    const [breach] = await host.deliveries('sla_breach');
    assert.notEqual((await host.cairnloop.sla.forConversation(breach?.conversationId ?? ''))?.breachAt.getTime(), 0);
  });
});
