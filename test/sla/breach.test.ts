import assert from 'node:assert/strict';
import { err, ok } from '../../src/contracts/result.js';
import type { SlaPolicyProvider } from '../../src/contracts/sla-policy-provider.js';
import { minute, terms } from '../support/error-causes.js';
import { eventually } from '../support/eventually.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { operator, policies, useHosts } from '../support/started-host.js';

const afterBreach = (terms.breachMinutes + 1) * minute;

describe('the breach of an SLA clock', () => {
  const { startHost } = useHosts();

  it('NT8 is not recorded for a clock that was paused after its countdown had been claimed', async () => {
    const { notifier, calls } = recordingNotifier();
    const host = await startHost({ notifier, slaPolicyProvider: policies(terms) }, { worker: false });
    const { conversations, sla, audit, worker } = host.cairnloop;
    const { id } = await conversations.open({ message: 'Hello?' });
    // As it is where the pause came between the worker's claim and its look at the clock.
    await host.database.query('UPDATE cairnloop.slas SET paused_at = cairnloop.clock()');
    await host.advance(afterBreach);
    await worker.start();
    await eventually(async () => assert.equal((await host.deliveries('sla_breach'))[0]?.state, 'done'));
    const clock = await sla.forConversation(id);
    assert.deepEqual([clock?.status, clock?.completedAt], ['active', null]);
    assert.deepEqual(calls, []);
    assert.deepEqual((await audit.list({ action: 'sla.breached' })).items, []);

    await sla.resume(id, { actor: operator });
    await host.advance(afterBreach);
    await eventually(() => assert.equal(calls.length, 1));
    assert.equal((await sla.forConversation(id))?.status, 'breached');
  });

  it('cannot be avoided by a pause: a clock past its deadline is not paused, and breaches', async () => {
    const { notifier, calls } = recordingNotifier();
    const host = await startHost({ notifier, slaPolicyProvider: policies(terms) }, { worker: false });
    const { conversations, sla, audit, worker } = host.cairnloop;
    const { id } = await conversations.open({ message: 'Hello?' });
    const { id: other } = await conversations.open({ message: 'Hello?' });
    await host.stopClock();
    const [{ breachAt } = assert.fail('no clock'), now] = [
      await sla.forConversation(id).then((clock) => clock ?? undefined),
      (await host.database.query('SELECT cairnloop.clock() AS now')).rows[0].now,
    ];
    await host.advance(Number(breachAt) - Number(now) - 1);
    await sla.pause(id, { reason: 'in time', actor: operator });
    await sla.resume(id, { actor: operator });
    await host.advance(1);
    await assert.rejects(sla.pause(id, { reason: 'too late', actor: operator }), { code: 'SLA_NOT_ACTIVE' });
    assert.deepEqual((await audit.list({ conversationId: id, action: 'sla.paused' })).items.length, 1);
    assert.equal((await host.deliveries('sla_breach')).length, 2);
    await host.advance(minute);
    await worker.start();
    await eventually(() => assert.equal(calls.length, 2));
    for (const late of [id, other]) assert.equal((await sla.forConversation(late))?.status, 'breached');
  });

  const unavailable: [how: string, getActivePolicies: SlaPolicyProvider['getActivePolicies']][] = [
    ['returns err', () => err('down for maintenance')],
    ['throws', () => assert.fail('down for maintenance')],
    ['rejects', () => Promise.reject(new Error('down for maintenance'))],
    ['returns nothing', () => undefined as never],
    ['has rejected rows only', () => ok([{ ...terms, breachMinutes: 0 }])],
    ['has another priority only', () => ok([{ ...terms, priority: 'another' }])],
  ];
  for (const [how, getActivePolicies] of unavailable) {
    it(`SL4 is recorded if the provider ${how} by then: only an empty list ends a clock silently`, async () => {
      const { notifier, calls } = recordingNotifier();
      const slaPolicyProvider: SlaPolicyProvider = { ...policies(terms) };
      const host = await startHost({ notifier, slaPolicyProvider }, { worker: false });
      const { id } = await host.cairnloop.conversations.open({ message: 'Hello?' });
      slaPolicyProvider.getActivePolicies = getActivePolicies;
      await host.advance(afterBreach);
      await host.cairnloop.worker.start();
      await eventually(() => assert.equal(calls.length, 1));
      assert.deepEqual([calls[0]?.method, calls[0]?.sla?.status], ['onSlaBreach', 'breached']);
      assert.equal((await host.cairnloop.sla.forConversation(id))?.status, 'breached');
      assert.deepEqual((await host.cairnloop.audit.list({ action: 'sla.ended' })).items, []);
    });
  }
});
