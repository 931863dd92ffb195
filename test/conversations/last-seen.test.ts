import assert from 'node:assert/strict';
import { operator, type StartedHost, useHosts } from '../support/started-host.js';
import { inLine } from '../support/wait-for-lock.js';

describe('lastSeenMessageId: sending only if nothing newer was written', () => {
  const { startHost } = useHosts();

  async function startThread() {
    const host = await startHost({}, { worker: false });
    const { id } = await host.cairnloop.conversations.open({ message: 'It fails' });
    const draft = await host.cairnloop.drafts.propose(id, { type: 'reply', content: 'Try again' });
    return { host, id, draftId: draft.id, lastSeenMessageId: await newest(host, id) };
  }

  const messagesOf = async ({ cairnloop }: StartedHost, id: string) =>
    (await cairnloop.conversations.get(id)).messages ?? [];
  const newest = async (host: StartedHost, id: string) => (await messagesOf(host, id)).at(-1)?.id ?? '';
  const sent = async (host: StartedHost, id: string) =>
    (await messagesOf(host, id)).filter(({ role }) => role === 'operator').map(({ content }) => content);

  type Thread = Awaited<ReturnType<typeof startThread>>;
  type Send = (thread: Thread, lastSeenMessageId: string | null | undefined) => Promise<unknown>;

  const content = 'Mine';
  const actor = operator;
  const ways: Record<string, Send> = {
    'conversations.reply': ({ host, id }, lastSeenMessageId) =>
      host.cairnloop.conversations.reply(id, { content, actor, ...given(lastSeenMessageId) }),
    'conversations.reply with a key': ({ host, id }, lastSeenMessageId) =>
      host.cairnloop.conversations.reply(id, { content, actor, dedupeKey: 'k', ...given(lastSeenMessageId) }),
    'drafts.approve': ({ host, draftId }, lastSeenMessageId) =>
      host.cairnloop.drafts.approve(draftId, { actor, ...given(lastSeenMessageId) }),
    'drafts.edit': ({ host, draftId }, lastSeenMessageId) =>
      host.cairnloop.drafts.edit(draftId, { content, actor, ...given(lastSeenMessageId) }),
    'drafts.use': ({ host, draftId }, lastSeenMessageId) =>
      host.cairnloop.drafts.use(draftId, { content, actor, dedupeKey: 'k', ...given(lastSeenMessageId) }),
  };
  const given = (lastSeenMessageId: string | null | undefined) =>
    lastSeenMessageId === undefined ? {} : { lastSeenMessageId };
  const note = ({ host, id }: Thread) =>
    host.cairnloop.conversations.note(id, { content: 'Wait for the lawyer', actor });

  for (const [way, send] of Object.entries(ways)) {
    it(`OA3 ${way} is refused by a message that commits while it waits for the conversation`, async () => {
      const thread = await startThread();
      const { host, id, lastSeenMessageId } = thread;
      const refused = { code: 'CONVERSATION_CHANGED', details: { id, newer: 1 } };
      await inLine(
        host,
        id,
        () => note(thread),
        () => assert.rejects(send(thread, lastSeenMessageId), refused),
      );
      assert.deepEqual(await sent(host, id), []);
      await send(thread, await newest(host, id));
      assert.equal((await sent(host, id)).length, 1);
    });

    it(`OA3 ${way} counts every message as newer for null or an unknown id, and none without the option`, async () => {
      const thread = await startThread();
      const { host, id } = thread;
      const elsewhere = await host.cairnloop.conversations.open({ message: 'Other' });
      for (const seen of [null, 'no id', id, await newest(host, elsewhere.id)])
        await assert.rejects(send(thread, seen), { code: 'CONVERSATION_CHANGED' });
      assert.deepEqual(await sent(host, id), []);
      await send(thread, undefined);
      assert.equal((await sent(host, id)).length, 1);
    });
  }

  it('OA5 a reply that is repeated with its key returns the first one, although that is newer by now', async () => {
    const thread = await startThread();
    const send = () => ways['conversations.reply with a key']?.(thread, thread.lastSeenMessageId);
    assert.deepEqual(await send(), await send());
  });

  it('two replies at once that have seen the same: the second is refused', async () => {
    const thread = await startThread();
    const { host, id, lastSeenMessageId } = thread;
    const reply = (text: string) => host.cairnloop.conversations.reply(id, { content: text, actor, lastSeenMessageId });
    await inLine(
      host,
      id,
      () => reply('First'),
      () => assert.rejects(reply('Second'), { code: 'CONVERSATION_CHANGED' }),
    );
    assert.deepEqual(await sent(host, id), ['First']);
  });

  it('the error says how many messages are newer and what to do', async () => {
    const thread = await startThread();
    await note(thread);
    await note(thread);
    await assert.rejects(ways['drafts.approve']?.(thread, thread.lastSeenMessageId) ?? Promise.resolve(), {
      code: 'CONVERSATION_CHANGED',
      message: `Conversation "${thread.id}" has 2 messages newer than lastSeenMessageId.`,
      hint: /Nothing was sent/,
    });
  });
});
