import assert from 'node:assert/strict';
import pg from 'pg';
import { parseNotifyPayload } from '../../src/change-feed/announce.js';
import type { Cairnloop } from '../../src/contracts/cairnloop.js';
import { notifyChannelName } from '../../src/db/channel-name.js';
import { minute, terms } from '../support/error-causes.js';
import { eventually } from '../support/eventually.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { operator as actor, policies, useHosts } from '../support/started-host.js';

/** What is done, and what must be so before it. Both answer what the next step needs. */
interface Deed {
  before?: (cairnloop: Cairnloop, id: string) => Promise<unknown>;
  // biome-ignore lint/suspicious/noExplicitAny: each takes what its own `before` returns
  act: (cairnloop: Cairnloop, id: string, given: any) => Promise<unknown>;
}

const proposal = { type: 'reply', content: 'Hello!' } as const;
const message = { templateId: 'hello', content: 'Hello!', scheduleInSeconds: 3600 };
const propose: Deed['before'] = ({ drafts }, id) => drafts.propose(id, proposal);
const resolve: Deed['before'] = ({ conversations }, id) => conversations.resolve(id, { resolvedBy: actor });
const trigger: Deed['before'] = ({ outbound }, id) => outbound.trigger(id, message);
const deliveryOf = async ({ deliveries }: Cairnloop, id: string) =>
  (await deliveries.list({ topic: 'conversation_resolved', limit: 200 })).items.find((one) => one.conversationId === id)
    ?.id ?? assert.fail('owes nothing');

const deeds: Record<string, Deed> = {
  'conversations.receive': { act: ({ conversations }, id) => conversations.receive(id, { content: 'Hello?' }) },
  'conversations.reply': { act: ({ conversations }, id) => conversations.reply(id, { content: 'Hello!', actor }) },
  'conversations.note': { act: ({ conversations }, id) => conversations.note(id, { content: 'Hm.', actor }) },
  'conversations.resolve': { act: ({ conversations }, id) => conversations.resolve(id, { resolvedBy: actor }) },
  'conversations.archive': { act: ({ conversations }, id) => conversations.archive(id, { actor }) },
  'conversations.reopen': { before: resolve, act: ({ conversations }, id) => conversations.reopen(id, { actor }) },
  'conversations.update': { act: ({ conversations }, id) => conversations.update(id, { priority: 'high', actor }) },
  'conversations.snooze': {
    act: ({ conversations }, id) => conversations.snooze(id, { until: new Date(Date.now() + 60 * minute), actor }),
  },
  'conversations.submitCsat': { act: ({ conversations }, id) => conversations.submitCsat(id, 'positive') },
  'conversations.markReadForCustomer': {
    before: ({ conversations }, id) => conversations.reply(id, { content: 'Hello!', actor }),
    act: ({ conversations }, id) => conversations.markReadForCustomer('ada', id),
  },
  'sla.pause': { act: ({ sla }, id) => sla.pause(id, { reason: 'Lunch', actor }) },
  'sla.resume': {
    before: ({ sla }, id) => sla.pause(id, { reason: 'Lunch', actor }),
    act: ({ sla }, id) => sla.resume(id, { actor }),
  },
  'drafts.propose': { act: ({ drafts }, id) => drafts.propose(id, proposal) },
  'drafts.approve': { before: propose, act: ({ drafts }, _, { id }) => drafts.approve(id, { actor }) },
  'drafts.edit': { before: propose, act: ({ drafts }, _, { id }) => drafts.edit(id, { content: 'Hi!', actor }) },
  'drafts.use': { before: propose, act: ({ drafts }, _, { id }) => drafts.use(id, { content: 'Hi!', actor }) },
  'drafts.discard': { before: propose, act: ({ drafts }, _, { id }) => drafts.discard(id, { actor }) },
  'outbound.trigger': { act: ({ outbound }, id) => outbound.trigger(id, message) },
  'outbound.bulkTrigger': {
    act: ({ outbound }, id) => outbound.bulkTrigger([id], { templateId: 'hello', content: 'Hello!' }),
  },
  'outbound.cancel': {
    before: trigger,
    act: ({ outbound }, _, triggered) => outbound.cancel(triggered.message.id, { actor }),
  },
  'deliveries.discard': {
    before: resolve,
    act: async (cairnloop, id) => cairnloop.deliveries.discard(await deliveryOf(cairnloop, id), { actor }),
  },
  'deliveries.retry': {
    before: async (cairnloop, id) => {
      await cairnloop.conversations.resolve(id, { resolvedBy: actor });
      await cairnloop.deliveries.discard(await deliveryOf(cairnloop, id), { actor });
    },
    act: async (cairnloop, id) => cairnloop.deliveries.retry(await deliveryOf(cairnloop, id), { actor }),
  },
};

describe('subscribers to a conversation', () => {
  const { startHost } = useHosts();
  let listener: pg.Client | undefined;
  afterEach(() => listener?.end());

  it('are notified of every change, made by any caller in any process', async () => {
    const config = { notifier: recordingNotifier().notifier, slaPolicyProvider: policies(terms) };
    const first = await startHost(config, { worker: false });
    const prepared = new Map<string, { id: string; given: unknown }>();
    for (const [name, { before }] of Object.entries(deeds)) {
      const { id } = await first.cairnloop.conversations.open({ actorId: 'ada', message: 'Hello?' });
      prepared.set(name, { id, given: await before?.(first.cairnloop, id) });
    }
    // Closing says all that it has to say: what is heard from now on, the other process says.
    await first.cairnloop.close();
    const { cairnloop } = await startHost(config, { worker: false, database: first.database });
    const heard = new Set<string>();
    listener = new pg.Client(first.database.url);
    // Its database may go before it does.
    listener.on('error', () => {});
    listener.on('notification', ({ payload = '' }) => {
      for (const id of parseNotifyPayload(payload)?.keys() ?? []) heard.add(id);
    });
    await listener.connect();
    await listener.query(`LISTEN ${notifyChannelName('activity', 'cairnloop')}`);
    for (const [name, { act }] of Object.entries(deeds)) {
      const { id, given } = prepared.get(name) ?? assert.fail(name);
      assert.ok(!heard.has(id), `${name}: told before it was done`);
      await act(cairnloop, id, given);
    }
    const last = await cairnloop.conversations.open({});
    await eventually(() => assert.ok(heard.has(last.id), 'conversations.open: not told'));
    const untold = [...prepared].filter(([, { id }]) => !heard.has(id)).map(([name]) => name);
    assert.deepEqual(untold, []);
  });
});
