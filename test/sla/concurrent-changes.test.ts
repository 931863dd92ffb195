import assert from 'node:assert/strict';
import { ok } from '../../src/contracts/result.js';
import type { SlaPolicy } from '../../src/contracts/sla-policy-provider.js';
import { eventually } from '../support/eventually.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { operator, policies, useHosts } from '../support/started-host.js';

const high: SlaPolicy = { priority: 'high', responseMinutes: 60, breachMinutes: 240 };
const minute = 60_000;

describe('concurrent changes of an SLA clock', () => {
  const { startHost } = useHosts();

  /** Does it fifty times at once; returns how often it was not refused. */
  const fiftyTimes = async (act: () => Promise<unknown>) => {
    const settled = await Promise.allSettled(Array.from({ length: 50 }, act));
    return settled.filter(({ status }) => status === 'fulfilled').length;
  };

  it('F12 fifty messages start one clock; fifty pauses and resumptions count once each', async () => {
    const { cairnloop, deliveries } = await startHost({ slaPolicyProvider: policies(high) }, { worker: false });
    const { id } = await cairnloop.conversations.open({ actorId: 'cust-7', priority: 'high' });
    assert.equal(await fiftyTimes(() => cairnloop.conversations.receive(id, { content: 'Hello?' })), 50);
    assert.equal((await cairnloop.conversations.get(id)).messages?.length, 50);
    assert.equal(await fiftyTimes(() => cairnloop.sla.pause(id, { reason: 'waiting', actor: operator })), 1);
    assert.equal(await fiftyTimes(() => cairnloop.sla.resume(id, { actor: operator })), 1);
    assert.equal((await deliveries('sla_breach')).length, 1);
    const { items } = await cairnloop.audit.list({ action: 'sla.' });
    assert.deepEqual(items.map(({ action }) => action).reverse(), ['sla.started', 'sla.paused', 'sla.resumed']);
  });

  it('F12 fifty resolutions and fifty replies end one clock once', async () => {
    const { cairnloop, deliveries } = await startHost({ slaPolicyProvider: policies(high) }, { worker: false });
    const { id } = await cairnloop.conversations.open({ actorId: 'cust-7', priority: 'high', message: 'Hello?' });
    await Promise.all([
      fiftyTimes(() => cairnloop.conversations.resolve(id, { resolvedBy: operator })),
      fiftyTimes(() => cairnloop.conversations.reply(id, { content: 'Hello!', actor: operator })),
    ]);
    const { items } = await cairnloop.audit.list({ limit: 200 });
    const count = (action: string) => items.filter((event) => event.action === action).length;
    assert.deepEqual([count('sla.fulfilled'), count('conversation.resolved')], [1, 1]);
    assert.deepEqual(await deliveries('sla_breach'), []);
  });

  it('F12 four workers record one breach and call onSlaBreach once', async () => {
    const { notifier, calls } = recordingNotifier();
    const first = await startHost({ notifier, slaPolicyProvider: policies(high) });
    const { database } = first;
    for (let more = 0; more < 3; more += 1)
      await startHost({ notifier, slaPolicyProvider: policies(high) }, { database });
    const open = () => first.cairnloop.conversations.open({ actorId: 'c', priority: 'high', message: 'Hello?' });
    const ids = (await Promise.all(Array.from({ length: 20 }, open))).map(({ id }) => id);
    await first.advance(240 * minute);
    await eventually(() => assert.equal(calls.length, 20));
    await eventually(async () => {
      const left = (await first.deliveries('sla_breach')).filter(({ state }) => state === 'pending');
      assert.deepEqual(left, []);
    });
    assert.deepEqual(calls.map(({ conversation }) => conversation.id).sort(), ids.sort());
    const { items } = await first.cairnloop.audit.list({ action: 'sla.breached', limit: 200 });
    assert.equal(items.length, 20);
  });

  it('each of a hundred concurrent changes of terms is in the audit record', async () => {
    let active: SlaPolicy[] = [high];
    const slaPolicyProvider = {
      getActivePolicies: () => ok(active),
      setPolicy: (priority: string, attrs: Partial<SlaPolicy>) => {
        const policy = { ...high, ...attrs, priority };
        active = [policy];
        return ok(policy);
      },
    };
    const { cairnloop } = await startHost({ slaPolicyProvider }, { worker: false });
    const { id } = await cairnloop.conversations.open({ actorId: 'c', priority: 'high', message: 'Hello?' });
    const before = await cairnloop.sla.forConversation(id);
    await Promise.all(
      Array.from({ length: 100 }, (_, n) => cairnloop.sla.setPolicy('high', { breachMinutes: 300 + n })),
    );
    const { items } = await cairnloop.audit.list({ action: 'sla.policy_changed', limit: 200 });
    const recorded = items.map(({ detail }) => detail.breachMinutes as number).sort((a, b) => a - b);
    assert.deepEqual(
      recorded,
      Array.from({ length: 100 }, (_, n) => 300 + n),
    );
    assert.deepEqual(await cairnloop.sla.forConversation(id), before);
  });
});
