import assert from 'node:assert/strict';
import { ok } from '../../src/contracts/result.js';
import { terms } from '../support/error-causes.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { operator as actor, useHosts } from '../support/started-host.js';

describe('values that the library returns', () => {
  const { startHost } = useHosts();

  it('are frozen except their lists, and values of the host stay as they are', async () => {
    const { notifier } = recordingNotifier();
    const active = [{ ...terms, calendar: { timeZone: 'UTC', hours: { 1: [['09:00', '17:00']] } } }];
    const facts = { Plan: { tier: 'gold', seats: [1, 2] } };
    const config = {
      notifier,
      contextProvider: { getContext: () => ok(facts) },
      slaPolicyProvider: { getActivePolicies: () => ok(active), setPolicy: () => ok(active[0]) },
    };
    const host = await startHost(config as never, { worker: false });
    const { conversations, drafts, outbound, sla, deliveries, audit, context } = host.cairnloop;
    const given = { tags: ['a'], metadata: { nested: { list: [1] } } };
    const { id } = await conversations.open({ ...given, message: 'Hello?', actorId: 'ada' });
    const draft = await drafts.propose(id, { type: 'reply', content: 'Hi', evidence: [{ source: 's' }] });
    const triggered = await outbound.trigger(id, { templateId: 't', content: 'c', dedupeKey: 'k', actor });
    const delivery = (await deliveries.list({ topic: 'outbound' })).items[0]?.id ?? '';
    const answers: Record<string, unknown> = {
      conversation: await conversations.get(id),
      conversations: await conversations.list(),
      none: await conversations.list({ status: 'archived' }),
      count: await conversations.count(),
      updated: await conversations.update(id, { assignee: { ...actor }, metadata: { nested: { more: [1] } }, actor }),
      snoozed: await conversations.snooze(id, { until: new Date('2999-01-01'), actor }),
      customers: await conversations.forCustomer('ada'),
      customer: await conversations.getForCustomer('ada', id),
      draft,
      drafts: await drafts.listForConversation(id),
      noDrafts: await drafts.listForConversation((await conversations.open({})).id),
      triggered,
      again: await outbound.trigger(id, { templateId: 't', content: 'c', dedupeKey: 'k', actor }),
      bulk: await outbound.bulkTrigger([id, 'unknown'], { templateId: 't', content: 'c', actor }),
      policies: await sla.activePolicies(),
      set: await sla.setPolicy(terms.priority, { responseMinutes: 60 }, { actor }),
      clock: await sla.forConversation(id),
      explained: await sla.explain(id),
      deliveries: await deliveries.list(),
      delivery: await deliveries.get(delivery),
      discarded: await deliveries.discard(delivery, { actor }),
      retryable: await deliveries.countRetryable({}),
      retried: await deliveries.retryRange({}, { actor }),
      audit: await audit.list(),
      context: await context.get('ada'),
    };
    const open = Object.entries(answers).flatMap(([name, answer]) => thawed(answer, name));
    const lists = ['drafts', 'noDrafts', 'policies', 'explained'];
    const pages = ['conversations', 'none', 'customers', 'deliveries', 'audit'].flatMap((page) => [
      page,
      `${page}.items`,
    ]);
    assert.deepEqual(open.sort(), [...lists, ...pages, 'bulk', 'bulk.results'].sort());
    for (const own of [active, active[0], given, given.metadata.nested, facts, facts.Plan, actor])
      assert.ok(!Object.isFrozen(own));
  });
});

/** The places in a value that could be changed. */
function thawed(value: unknown, path: string): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.entries(value).flatMap(([key, child]) => thawed(child, `${path}.${key}`));
  return Object.isFrozen(value) ? inner : [path, ...inner];
}
