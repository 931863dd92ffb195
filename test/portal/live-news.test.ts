import assert from 'node:assert/strict';
import { eventually } from '../support/eventually.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { operator as actor, policies, useHosts } from '../support/started-host.js';
import { customer, usePortals } from './served-portal.js';

describe('the live stream of the portal', () => {
  const { startHost } = useHosts();
  const serve = usePortals();

  it('is silent about notes, drafts, tags, clocks, snoozes and scheduled messages, and names changes that the customer can see', async () => {
    const notifier = { ...recordingNotifier().notifier, onReply() {} };
    const minutes = { priority: 'normal', responseMinutes: 60, breachMinutes: 240 };
    const host = await startHost({ notifier, slaPolicyProvider: policies(minutes) });
    const { conversations, drafts, outbound, sla } = host.cairnloop;
    const open = () => conversations.open({ actorId: customer.id, message: 'Where is it?' });
    const [{ id }, { id: visible }, { id: last }] = [await open(), await open(), await open()];
    const foreign = await conversations.open({ actorId: 'user_10', message: 'And mine?' });
    const portal = await serve(host);
    const stream = await listen(portal.url('/api/live'));

    await conversations.note(id, { content: 'Fraud?', actor });
    const draft = await drafts.propose(id, { type: 'reply', content: 'On its way.' });
    await drafts.discard(draft.id, { actor });
    await conversations.update(id, { tags: ['fraud'], priority: 'high', assignee: actor, actor });
    await sla.pause(id, { reason: 'waits for the depot', actor });
    await sla.resume(id, { actor });
    await conversations.snooze(id, { until: new Date(Date.now() + 3_600_000), actor });
    await conversations.snooze(id, { until: null, actor });
    await outbound.trigger(id, { templateId: 't', content: 'Later', scheduleInSeconds: 3600 });
    await conversations.reply(foreign.id, { content: 'Not yours', actor });
    await conversations.reply(last, { content: 'Last', actor });
    await eventually(() => assert.ok(stream.ids().has(last), 'the last one is named'));
    assert.deepEqual([...stream.ids()], [last]);

    // Each is seen by the customer, so each is told.
    const seen: Record<string, () => Promise<unknown>> = {
      'an allowed or approved draft': async () =>
        drafts.approve((await drafts.propose(visible, { type: 'reply', content: 'Here.' })).id, { actor }),
      'another subject': () => conversations.update(visible, { subject: 'Parcel', actor }),
      'a sent outbound message': () => outbound.trigger(visible, { templateId: 't', content: 'News' }),
      'a rating': () => conversations.submitCsat(visible, 'positive'),
      'a resolution': () => conversations.resolve(visible, { resolvedBy: actor }),
      'a reopening': () => conversations.reopen(visible, { actor }),
      'an archiving': () => conversations.archive(visible, { actor }),
    };
    for (const [what, change] of Object.entries(seen)) {
      stream.forget();
      await change();
      await eventually(() => assert.ok(stream.ids().has(visible), what));
    }
    await stream.close();
  });
});

/** Reads a stream of server-sent events, and the ids that it names. */
async function listen(url: string) {
  const over = new AbortController();
  const response = await fetch(url, { signal: over.signal });
  let text = '';
  const reading = (async () => {
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) text += Buffer.from(chunk);
  })().catch(() => {});
  const ids = () => new Set([...text.matchAll(/^data: (.+)$/gm)].flatMap(([, data = '']) => data.split(',')));
  // It says that anything may have changed once its connection is up.
  await eventually(() => assert.ok(ids().has('*'), 'the stream is up'));
  text = '';
  return {
    ids,
    forget: () => {
      text = '';
    },
    close: async () => {
      over.abort();
      await reading;
    },
  };
}
