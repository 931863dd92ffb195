import type { ProposalInput } from '../../src/contracts/domain.js';
import type { Within } from '../../src/instance/cairnloop.js';
import { operator } from '../support/started-host.js';

/** Notes which calls are made. */
export function recordingCalls(within: Within, called: Set<string>): Within {
  const groups = Object.entries(within).map(([group, calls]) => [
    group,
    Object.fromEntries(
      Object.entries(calls as object).map(([name, call]) => [
        name,
        (...given: unknown[]) => {
          called.add(`${group}.${name}`);
          return (call as (...given: unknown[]) => unknown)(...given);
        },
      ]),
    ),
  ]);
  return Object.fromEntries(groups);
}

/** Makes every call there is, and returns what they returned without what differs from run to run; kinds stay. */
export async function everyCall({ conversations, drafts, outbound, sla, audit }: Within): Promise<unknown> {
  const results: unknown[] = [];
  const keep = async <T>(result: Promise<T>): Promise<T> => {
    results.push(await result);
    return result;
  };
  const actor = operator;
  const customer = `every-${results.length}-${Math.random()}`;
  const { id } = await keep(
    conversations.open({
      actorId: customer,
      priority: 'high',
      subject: 'S',
      message: 'Hello',
      tags: ['a', 'b c'],
      metadata: { n: 1.5, deep: { list: [1, null] } },
      dedupeKey: customer,
    }),
  );
  await keep(conversations.receive(id, { content: 'more', metadata: { x: true }, dedupeKey: 'm1' }));
  await keep(sla.pause(id, { reason: 'waiting', actor }));
  await keep(sla.resume(id, { actor }));
  await keep(sla.forConversation(id));
  await keep(sla.activePolicies());
  const proposal: ProposalInput = { type: 'reply', content: 'c', riskTier: 'low', summary: 's', evidence: [] };
  const propose = () => drafts.propose(id, proposal);
  const first = await keep(propose());
  await keep(drafts.get(first.id));
  await keep(drafts.approve(first.id, { actor }));
  await keep(drafts.edit((await propose()).id, { content: 'edited', actor }));
  await keep(drafts.use((await propose()).id, { content: 'used', actor, dedupeKey: 'u1' }));
  await keep(drafts.discard((await propose()).id, { actor, reason: 'no' }));
  await keep(drafts.listForConversation(id));
  await keep(conversations.reply(id, { content: 'reply', actor, dedupeKey: 'r1' }));
  await keep(conversations.note(id, { content: 'note', actor }));
  await keep(sla.explain(id));
  await keep(conversations.update(id, { priority: 'low', assignee: actor, metadata: { n: null }, actor }));
  await keep(conversations.snooze(id, { until: new Date('2099-01-02T03:04:05.678Z'), actor }));
  await keep(conversations.count({ actorId: customer, snoozed: true, tag: 'a' }));
  await keep(conversations.list({ actorId: customer, search: 'Hello', assignee: actor.id }));
  const { message } = await keep(outbound.trigger(id, { templateId: 't', content: 'o', scheduleInSeconds: 60.5 }));
  await keep(outbound.cancel(message.id, { actor }));
  await keep(outbound.bulkTrigger([id], { templateId: 't', content: 'bulk', dedupeKey: 'b1' }));
  await keep(conversations.resolve(id, { resolvedBy: actor, metadata: { why: 'done' } }));
  await keep(conversations.reopen(id, { actor }));
  await keep(conversations.submitCsat(id, 'positive'));
  await keep(conversations.forCustomer(customer));
  await keep(conversations.getForCustomer(customer, id));
  await keep(conversations.markReadForCustomer(customer, id));
  await keep(conversations.archive(id, { actor }));
  await keep(conversations.get(id));
  await keep(audit.list({ conversationId: id, limit: 200 }));
  return scrubbed(results, customer);
}

function scrubbed(value: unknown, customer: string): unknown {
  if (value instanceof Date) return value.getUTCFullYear() === 2099 ? value : 'a Date';
  if (Array.isArray(value)) return value.map((one) => scrubbed(one, customer));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, scrubbed(one, customer)]));
  if (typeof value !== 'string') return value;
  return value
    .replaceAll(customer, 'the customer')
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'an id')
    .replace(/20(?!99)\d\d-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?/g, 'a time');
}
