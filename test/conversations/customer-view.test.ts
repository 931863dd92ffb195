import assert from 'node:assert/strict';
import type { Conversation, CustomerConversation, CustomerMessage } from '../../src/contracts/domain.js';
import { type CairnloopError, isCairnloopError } from '../../src/foundation/errors.js';
import { drafting } from '../support/customer-threads.js';
import { operator as actor, useHosts } from '../support/started-host.js';

/** Both directions: neither type has a key that the other lacks. */
type SameKeys<A, B> = [keyof A] extends [keyof B] ? ([keyof B] extends [keyof A] ? true : never) : never;
const conversationKeys: SameKeys<
  CustomerConversation,
  Record<'id' | 'subject' | 'status' | 'createdAt' | 'lastMessageAt' | 'unread' | 'csatRating' | 'messages', unknown>
> = true;
const messageKeys: SameKeys<CustomerMessage, Record<'id' | 'from' | 'name' | 'content' | 'createdAt', unknown>> = true;

// @ts-expect-error a whole conversation is none that a customer may see
const neverAssignable: (whole: Conversation) => CustomerConversation = (whole) => whole;

describe('the customer’s view', () => {
  const { startHost } = useHosts();

  it('LP7 has exactly the documented keys, for any conversation', async () => {
    assert.ok(conversationKeys && messageKeys && neverAssignable);
    const host = await drafting(startHost);
    const { conversations } = host.cairnloop;
    const { id } = await host.everything('ada');
    const listed = (await conversations.forCustomer('ada')).items[0];
    const read = await conversations.getForCustomer('ada', id);
    const keys = ['createdAt', 'csatRating', 'id', 'lastMessageAt', 'status', 'subject', 'unread'];
    assert.deepEqual(Object.keys(listed ?? {}).sort(), keys);
    assert.deepEqual(Object.keys(read).sort(), [...keys, 'messages'].sort());
    for (const message of read.messages ?? [])
      assert.deepEqual(Object.keys(message).sort(), ['content', 'createdAt', 'from', 'id', 'name']);
  });

  it('LP7 shows what was said to and by the customer, and nothing internal', async () => {
    const host = await drafting(startHost);
    const { id, secrets } = await host.everything('ada');
    const { messages } = await host.cairnloop.conversations.getForCustomer('ada', id);
    assert.deepEqual(
      messages?.map(({ from, name, content }) => [from, name, content]),
      [
        ['customer', null, 'Where is my order?'],
        ['support', 'Ada', 'It is on its way.'],
        ['support', 'Ada', 'Approved words'],
        ['support', null, 'No name'],
        ['support', null, 'Allowed words'],
        ['support', 'Ada', 'Was it fine?'],
      ],
    );
    const all = JSON.stringify([
      await host.cairnloop.conversations.forCustomer('ada'),
      await host.cairnloop.conversations.getForCustomer('ada', id),
    ]);
    for (const secret of secrets) assert.ok(!all.includes(secret), secret);
  });

  it('LP7 user_1 sees no conversation of user_10, or of an id that differs in one character', async () => {
    const { cairnloop } = await startHost({}, { worker: false });
    const { conversations } = cairnloop;
    const ids = [
      'user_1',
      'user_10',
      'USER_1',
      ' user_1',
      'user_1 ',
      'user%',
      'user_',
      'é',
      'e\u0301',
      '１',
      '1',
      '01',
      "'",
    ];
    const owned = new Map<string, string>();
    for (const actorId of ids) owned.set(actorId, (await conversations.open({ actorId, message: actorId })).id);
    await conversations.open({ message: 'nobody’s' });
    for (const actorId of ids) {
      const { items } = await conversations.forCustomer(actorId);
      assert.deepEqual(
        items.map(({ id }) => id),
        [owned.get(actorId)],
      );
      for (const [other, id] of owned)
        if (other === actorId) assert.equal((await conversations.getForCustomer(actorId, id)).id, id);
        else await assert.rejects(conversations.getForCustomer(actorId, id), { code: 'CONVERSATION_NOT_FOUND' });
    }
  });

  it('LP7 a conversation of another customer is reported exactly like a missing one', async () => {
    const { cairnloop } = await startHost({}, { worker: false });
    const { conversations } = cairnloop;
    const { id } = await conversations.open({ actorId: 'ada', message: 'Hello' });
    const unowned = (await conversations.open({ message: 'Hello' })).id;
    const missing = '01890000-0000-7000-8000-000000000000';
    const said = async (call: Promise<unknown>, asked: string) => {
      const error = await call.then(
        () => assert.fail('it was found'),
        (reason: unknown) => reason,
      );
      assert.ok(isCairnloopError(error));
      return JSON.stringify([error.code, error.message, error.hint, error.details]).replaceAll(asked, 'ID');
    };
    for (const call of [conversations.getForCustomer, conversations.markReadForCustomer]) {
      const answers = [missing, id, unowned, 'no id'].map((asked) => said(call('eve', asked), asked));
      assert.equal(new Set(await Promise.all(answers)).size, 1);
    }
  });

  it('LP7 an actor id that is empty, null or absent is refused', async () => {
    const { cairnloop } = await startHost({}, { worker: false });
    const { conversations } = cairnloop;
    const { id } = await conversations.open({ message: 'nobody’s' });
    for (const actorId of ['', null, undefined, 7, ['ada'], 'a\u0000', '\ud800'] as string[])
      for (const call of [
        () => conversations.forCustomer(actorId),
        () => conversations.getForCustomer(actorId, id),
        () => conversations.markReadForCustomer(actorId, id),
      ])
        await assert.rejects(call, (error: CairnloopError) => {
          assert.equal(error.code, 'INPUT_INVALID');
          assert.match(error.message, / actorId: expected /);
          return true;
        });
  });

  it('LP7 counts what support wrote since the customer’s last look, which reading alone does not change', async () => {
    const { cairnloop } = await startHost({}, { worker: false });
    const { conversations } = cairnloop;
    const { id } = await conversations.open({ actorId: 'ada', message: 'Hello?' });
    const unread = async () => (await conversations.forCustomer('ada')).items[0]?.unread;
    assert.equal(await unread(), 0);
    const first = await conversations.reply(id, { content: 'One', actor });
    await conversations.note(id, { content: 'Between us', actor });
    await conversations.reply(id, { content: 'Two', actor });
    assert.equal((await conversations.getForCustomer('ada', id)).unread, 2);
    assert.equal(await unread(), 2);
    assert.equal((await conversations.markReadForCustomer('ada', id, { messageId: first.id })).unread, 1);
    assert.equal((await conversations.markReadForCustomer('ada', id)).unread, 0);
    assert.equal((await conversations.markReadForCustomer('ada', id, { messageId: first.id })).unread, 0);
    await conversations.receive(id, { content: 'Thanks' });
    assert.equal(await unread(), 0);
    await conversations.reply(id, { content: 'Three', actor });
    assert.equal(await unread(), 1);
  });

  it('LP7 an outbound message that is sent after the last look is unread, at the position of its sending', async () => {
    const host = await drafting(startHost);
    const { conversations, outbound } = host.cairnloop;
    const { id } = await conversations.open({ actorId: 'ada', message: 'Hello?' });
    await outbound.trigger(id, { templateId: 't', content: 'Follow-up', scheduleInSeconds: 3600, actor });
    await conversations.reply(id, { content: 'Answer', actor });
    assert.equal((await conversations.markReadForCustomer('ada', id)).unread, 0);
    await host.advance(3_600_000);
    await host.outboundSent(1);
    const { unread, messages, lastMessageAt } = await conversations.getForCustomer('ada', id);
    assert.equal(unread, 1);
    assert.deepEqual(
      messages?.map(({ content }) => content),
      ['Hello?', 'Answer', 'Follow-up'],
    );
    assert.deepEqual(lastMessageAt, messages?.at(-1)?.createdAt);
    assert.equal((await conversations.markReadForCustomer('ada', id)).unread, 0);
  });

  it('LP7 reading changes nothing that an operator sees', async () => {
    const { cairnloop } = await startHost({}, { worker: false });
    const { conversations, audit } = cairnloop;
    const { id } = await conversations.open({ actorId: 'ada', message: 'Hello?' });
    await conversations.reply(id, { content: 'One', actor });
    const before = [await conversations.get(id), await audit.list()];
    await conversations.markReadForCustomer('ada', id);
    await conversations.forCustomer('ada');
    assert.deepEqual([await conversations.get(id), await audit.list()], before);
  });

  it('LP7 pages through a customer’s conversations by their newest message, without a gap or repetition', async () => {
    const { cairnloop } = await startHost({}, { worker: false });
    const { conversations } = cairnloop;
    const ids: string[] = [];
    for (let n = 0; n < 9; n += 1) ids.push((await conversations.open({ actorId: 'ada', message: `${n}` })).id);
    await conversations.note(ids[3] ?? '', { content: 'Moves the operators’ list alone', actor });
    const [oldest = ''] = ids.splice(0, 1);
    await conversations.receive(oldest, { content: 'Again' });
    const expected = [oldest, ...ids.reverse()];
    const seen: string[] = [];
    for (let cursor: string | null = null; ; ) {
      const page = await conversations.forCustomer('ada', { cursor, limit: 2 });
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
      if (!cursor) break;
    }
    assert.deepEqual(seen, expected);
    await assert.rejects(conversations.forCustomer('ada', { cursor: 'x' }), { code: 'CURSOR_INVALID' });
  });

  it('LP7 a huge thread comes in pages, bounded in messages and in text', async () => {
    const { cairnloop, database } = await startHost({}, { worker: false });
    const { conversations } = cairnloop;
    const { id } = await conversations.open({ actorId: 'ada', message: 'first' });
    await database.query(
      `INSERT INTO cairnloop.messages (conversation_id, role, content, created_at)
       SELECT $1, CASE n % 2 WHEN 0 THEN 'operator' ELSE 'internal_note' END, n::text, cairnloop.clock()
       FROM generate_series(1, 1000) n`,
      [id],
    );
    const newest = await conversations.getForCustomer('ada', id);
    assert.equal(newest.messages?.length, 200);
    assert.equal(newest.unread, 100);
    const seen: string[] = [];
    for (let before: string | undefined; ; ) {
      const { messages = [] } = await conversations.getForCustomer('ada', id, {
        limit: 150,
        ...(before && { before }),
      });
      if (messages.length === 0) break;
      seen.unshift(...messages.map(({ content }) => content));
      before = messages[0]?.id;
    }
    assert.deepEqual(seen, ['first', ...Array.from({ length: 500 }, (_, n) => String(2 * n + 2))]);
    for (let n = 0; n < 4; n += 1) await conversations.reply(id, { content: 'x'.repeat(900_000), actor });
    assert.equal((await conversations.getForCustomer('ada', id)).messages?.length, 2);
  });
});
