import assert from 'node:assert/strict';
import { ok } from '../../src/contracts/result.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { operator, policies, useHosts } from '../support/started-host.js';

describe('the audit record', () => {
  const { startHost } = useHosts();

  it('names the actor of every change of state, also one that is a part of Cairnloop', async () => {
    const normal = { priority: 'normal', responseMinutes: 60, breachMinutes: 240 };
    const slaPolicyProvider = {
      ...policies(normal),
      setPolicy: (_: string, attrs: object) => ok({ ...normal, ...attrs }),
    };
    const { notifier } = recordingNotifier();
    const { cairnloop } = await startHost({ notifier, slaPolicyProvider }, { worker: false });
    const { conversations, drafts, outbound, sla, audit } = cairnloop;
    const actor = operator;

    const { id } = await conversations.open({ actorId: 'cust-7', message: 'Hello?' });
    await conversations.note(id, { content: 'Hm.', actor });
    await sla.pause(id, { reason: 'waiting', actor });
    await sla.resume(id, { actor });
    const proposal = { type: 'reply', content: 'Hello!' } as const;
    await drafts.discard((await drafts.propose(id, proposal)).id, { actor, reason: 'wrong' });
    await drafts.approve((await drafts.propose(id, proposal)).id, { actor });
    const { message } = await outbound.trigger(id, { templateId: 't', content: 'News', scheduleInSeconds: 60, actor });
    await outbound.cancel(message.id, { actor });
    await conversations.resolve(id, { resolvedBy: actor });
    await conversations.submitCsat(id, 'positive');
    await conversations.reopen(id, { actor });
    await sla.setPolicy('normal', { breachMinutes: 300 }, { actor });

    const { items } = await audit.list({ limit: 200 });
    const recorded = items.map((event) => `${event.action} by ${event.actor.id}`);
    const expected = [
      'conversation.opened by cust-7',
      'message.received by cust-7',
      'sla.started by system:sla',
      'conversation.noted by op-7',
      'sla.paused by op-7',
      'sla.resumed by op-7',
      'draft.discarded by op-7',
      'draft.approved by op-7',
      'conversation.replied by op-7',
      'sla.fulfilled by op-7',
      'conversation.resolved by op-7',
      'conversation.rated by cust-7',
      'conversation.reopened by op-7',
      'sla.policy_changed by op-7',
    ];
    assert.deepEqual(
      expected.filter((line) => !recorded.includes(line)),
      [],
    );
    assert.equal(recorded.filter((line) => line.startsWith('draft.created by ')).length, 2);
    assert.deepEqual(
      items.filter((event) => event.action.startsWith('outbound.')).map((event) => event.actor),
      [actor, actor],
    );
  });

  it('holds nothing about calls that were refused', async () => {
    const { cairnloop } = await startHost({}, { worker: false });
    const { id } = await cairnloop.conversations.open({ actorId: 'cust-7' });
    await cairnloop.conversations.resolve(id, { resolvedBy: operator });
    const before = (await cairnloop.audit.list()).items;
    await cairnloop.conversations.resolve(id, { resolvedBy: operator });
    await assert.rejects(cairnloop.conversations.reply(id, { content: 'Hello!', actor: operator }));
    await assert.rejects(cairnloop.sla.pause(id, { reason: 'waiting', actor: operator }));
    await assert.rejects(cairnloop.sla.setPolicy('high', { breachMinutes: 1 }));
    assert.deepEqual((await cairnloop.audit.list()).items, before);
  });

  it('keeps the exact id of an actor, and is searched by it', async () => {
    const { cairnloop } = await startHost({}, { worker: false });
    const { conversations, audit } = cairnloop;
    const { id } = await conversations.open({});
    const actors = [{ id: 'op' }, { id: ' op' }, { id: 'op\n', name: '' }, { id: 'OP', name: ' Ada ' }];
    for (const actor of actors) await conversations.note(id, { content: 'Hm.', actor });
    const { messages } = await conversations.get(id);
    assert.deepEqual(
      messages?.map(({ author }) => author),
      [{ id: 'op' }, { id: ' op' }, { id: 'op\n' }, { id: 'OP', name: 'Ada' }],
    );
    for (const { id: actor } of actors)
      assert.deepEqual(
        (await audit.list({ actor })).items.map((event) => event.actor.id),
        [actor],
      );
    for (const actor of [{ id: '' }, { id: ' \n' }, { id: '\0' }, { id: 'x'.repeat(501) }, { id: 7 }, {}, null])
      await assert.rejects(conversations.note(id, { content: 'Hm.', actor: actor as never }), {
        code: 'INPUT_INVALID',
      });
    await assert.rejects(audit.list({ actor: ' ' }), { code: 'INPUT_INVALID' });
  });
});
