import assert from 'node:assert/strict';
import { eventually } from '../support/eventually.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { operator as actor, useHosts } from '../support/started-host.js';

describe('a draft that an operator sends', () => {
  const { startHost } = useHosts();

  const ways = {
    approve: { decision: 'require_approval', words: {} },
    edit: { decision: 'require_approval', words: { content: 'My words.' } },
    use: { decision: 'draft_only', words: { content: 'My words.' } },
  } as const;

  for (const how of ['approve', 'edit', 'use'] as const) {
    const { decision, words } = ways[how];
    it(`LP1 ${how}: wakes the worker at once, and publishes the reply and the clock that it ended`, async () => {
      const { notifier, calls } = recordingNotifier(undefined, { replies: true });
      const minutes = { priority: 'normal', responseMinutes: 60, breachMinutes: 240 };
      const slaPolicyProvider = {
        getActivePolicies: () => ({ ok: true, value: [minutes] }),
        setPolicy: () => ({ ok: false }),
      };
      const host = await startHost({
        notifier,
        automationPolicy: { decide: () => decision },
        slaPolicyProvider: slaPolicyProvider as never,
      });
      const heard: string[] = [];
      const events = ['cairnloop.conversation.replied', 'cairnloop.sla.fulfilled'] as const;
      host.cairnloop.telemetry.attach('t', events, (event) => heard.push(event));
      const { id } = await host.cairnloop.conversations.open({ message: 'Where is it?' });
      const draft = await host.cairnloop.drafts.propose(id, { type: 'reply', content: 'On its way.' });
      await host.cairnloop.drafts[how](draft.id, { actor, ...words } as never);
      await eventually(() => assert.deepEqual(heard, [...events]));
      await eventually(() => assert.ok(calls.some((call) => call.method === 'onReply')));
    });

    it(`OA3 ${how}: is refused if there are messages newer than the last one seen, and sends nothing`, async () => {
      const host = await startHost({ automationPolicy: { decide: () => decision } }, { worker: false });
      const { conversations, drafts } = host.cairnloop;
      const { id } = await conversations.open({ message: 'Where is it?' });
      const lastSeenMessageId = (await conversations.get(id)).messages?.[0]?.id ?? assert.fail();
      const draft = await drafts.propose(id, { type: 'reply', content: 'On its way.' });
      await conversations.note(id, { content: 'Wait, it is lost.', actor });
      const send = (given: object) => drafts[how](draft.id, { actor, ...words, ...given } as never);
      await assert.rejects(send({ lastSeenMessageId }), { code: 'CONVERSATION_CHANGED', details: { id, newer: 1 } });
      const { messages = [] } = await conversations.get(id);
      assert.deepEqual(
        messages.map(({ role }) => role),
        ['customer', 'internal_note'],
      );
      await send({ lastSeenMessageId: messages.at(-1)?.id });
    });
  }

  it('takes a summary, and a reason to discard it, of up to 2000 characters', async () => {
    const { cairnloop } = await startHost({}, { worker: false });
    const { id } = await cairnloop.conversations.open({ message: 'x' });
    const propose = (length: number) =>
      cairnloop.drafts.propose(id, { type: 'reply', content: 'x', summary: 's'.repeat(length) });
    assert.equal((await propose(2000)).id.length, 36);
    await assert.rejects(propose(2001), { code: 'INPUT_INVALID' });
    const { id: draftId } = await propose(1);
    const discard = (length: number) => cairnloop.drafts.discard(draftId, { actor, reason: 'r'.repeat(length) });
    await assert.rejects(discard(2001), { code: 'INPUT_INVALID' });
    assert.equal((await discard(2000)).status, 'discarded');
  });
});
