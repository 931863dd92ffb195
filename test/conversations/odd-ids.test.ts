import assert from 'node:assert/strict';
import { ok } from '../../src/contracts/result.js';
import { type CairnloopError, isCairnloopError } from '../../src/foundation/errors.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { operator as actor, policies, useHosts } from '../support/started-host.js';

describe('an id that is no UUID', () => {
  const { startHost } = useHosts();

  it('is reported as not found by every call', async () => {
    const { notifier } = recordingNotifier();
    const contextProvider = { getContext: () => ok({}) };
    const host = await startHost({ notifier, contextProvider, slaPolicyProvider: policies() }, { worker: false });
    const { conversations, drafts, outbound, sla, deliveries } = host.cairnloop;
    const content = 'Hello';
    const calls: Record<string, (id: never) => Promise<unknown>> = {
      receive: (id) => conversations.receive(id, { content }),
      reply: (id) => conversations.reply(id, { content, actor }),
      note: (id) => conversations.note(id, { content, actor }),
      resolve: (id) => conversations.resolve(id, { resolvedBy: actor }),
      reopen: (id) => conversations.reopen(id, { actor }),
      update: (id) => conversations.update(id, { priority: 'high', actor }),
      snooze: (id) => conversations.snooze(id, { until: new Date('2999-01-01'), actor }),
      wake: (id) => conversations.snooze(id, { until: null, actor }),
      archive: (id) => conversations.archive(id, { actor }),
      getForCustomer: (id) => conversations.getForCustomer('ada', id),
      markReadForCustomer: (id) => conversations.markReadForCustomer('ada', id),
      submitCsat: (id) => conversations.submitCsat(id, 'positive'),
      get: (id) => conversations.get(id),
      propose: (id) => drafts.propose(id, { type: 'reply', content }),
      getDraft: (id) => drafts.get(id),
      approve: (id) => drafts.approve(id, { actor }),
      edit: (id) => drafts.edit(id, { content, actor }),
      discardDraft: (id) => drafts.discard(id, { actor, reason: 'x' }),
      trigger: (id) => outbound.trigger(id, { templateId: 't', content }),
      cancel: (id) => outbound.cancel(id, { actor }),
      explain: (id) => sla.explain(id),
      pause: (id) => sla.pause(id, { reason: 'x', actor }),
      resume: (id) => sla.resume(id, { actor }),
      getDelivery: (id) => deliveries.get(id),
      retry: (id) => deliveries.retry(id, { actor }),
      discard: (id) => deliveries.discard(id, { actor }),
    };
    const ids = [undefined, null, '', 'x', 42, 5n, {}, [], Symbol('x'), Object.create(null), () => 1, 'x'.repeat(1e6)];
    for (const [name, call] of Object.entries(calls)) {
      for (const id of ids) {
        await assert.rejects(call(id as never), (error: CairnloopError) => {
          assert.ok(isCairnloopError(error), `${name}(${typeof id}): ${error}`);
          assert.match(error.code, /_NOT_FOUND|NOT_ACTIVE|NOT_PENDING/);
          assert.ok(error.message.length < 500);
          return true;
        });
      }
    }
  });
});
