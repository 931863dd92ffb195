import assert from 'node:assert/strict';
import type { Conversation } from '../../src/contracts/domain.js';
import { maxLoadedMessageBytes } from '../../src/conversations/newest-messages.js';
import { maxMetadataBytes } from '../../src/validation/input.js';
import { atOnce, recordingGenerator } from '../support/drafting.js';
import { eventually } from '../support/eventually.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { operator, type StartedHost, useHosts } from '../support/started-host.js';

const megabyte = 1_000_000;

describe('how large a conversation may be', function () {
  this.timeout(180_000);
  const { startHost } = useHosts();

  /** Stores messages past every limit of an input, as an older version or a statement of the host's could. */
  const store = ({ database }: StartedHost, id: string, count: number, bytes: number, metadata = '{}') =>
    database.query(
      `INSERT INTO cairnloop.messages (conversation_id, role, content, metadata, created_at)
       SELECT $1, 'customer', n || repeat(md5(n::text), $3::int / 32), $4, now() + n * interval '1 ms'
       FROM generate_series(1, $2::int) n`,
      [id, count, bytes, metadata],
    );
  const bytesOf = ({ messages = [] }: Conversation) =>
    messages.reduce((sum, { content }) => sum + Buffer.byteLength(content), 0);
  const lastLine = ({ messages = [] }: Conversation) => messages.findLast(({ role }) => role === 'customer')?.content;

  it('F22 a callback gets the newest messages up to its budget, marked as cut; small deliveries continue beside it', async () => {
    const { notifier, calls } = recordingNotifier();
    const { draftGenerator, calls: drafted } = recordingGenerator();
    const host = await startHost({ ...atOnce, notifier, draftGenerator }, { worker: false });
    const large = await host.cairnloop.conversations.open({});
    await store(host, large.id, 30, megabyte);
    const asking = await host.cairnloop.conversations.open({});
    await store(host, asking.id, 30, megabyte);
    await host.cairnloop.conversations.receive(asking.id, { content: 'Hello?' });
    await host.cairnloop.conversations.resolve(large.id, { resolvedBy: operator });
    const one = await host.cairnloop.conversations.open({ message: 'Only one' });
    await host.cairnloop.conversations.resolve(one.id, { resolvedBy: operator });
    await host.cairnloop.worker.start();
    await eventually(() => assert.deepEqual([calls.length, drafted.length], [2, 1]), 60_000);

    const of = (id: string) => calls.find(({ conversation }) => conversation.id === id)?.conversation;
    for (const given of [of(large.id), drafted[0]?.conversation]) {
      assert.ok(given?.messagesTruncated);
      const bytes = bytesOf(given);
      assert.ok(bytes > 2 * megabyte && bytes <= 4 * megabyte, `${bytes} bytes`);
    }
    assert.match(lastLine(of(large.id) as Conversation) ?? '', /^30/);
    assert.equal(lastLine(drafted[0]?.conversation as Conversation), 'Hello?');
    assert.equal(of(one.id)?.messagesTruncated, undefined);
    assert.equal(lastLine(of(one.id) as Conversation), 'Only one');
  });

  it('F22 many large conversations due at once are each delivered once', async () => {
    const { notifier, calls } = recordingNotifier();
    const host = await startHost({ notifier, worker: { concurrency: 2 } }, { worker: false });
    const { conversations } = host.cairnloop;
    // Calls that have shown to be short come first, so that batches are larger than what may run at once.
    const small = await Promise.all(Array.from({ length: 40 }, () => conversations.open({ message: 'Small' })));
    for (const { id } of small) await conversations.resolve(id, { resolvedBy: operator });
    const large = await Promise.all(Array.from({ length: 7 }, () => conversations.open({})));
    for (const { id } of large) {
      await store(host, id, 3, megabyte);
      await conversations.resolve(id, { resolvedBy: operator });
    }
    await host.cairnloop.worker.start();
    await eventually(() => assert.equal(calls.length, 47), 60_000);
    assert.equal(new Set(calls.map(({ conversation }) => conversation.id)).size, 47);
    for (const { id } of large) {
      const given = calls.find(({ conversation }) => conversation.id === id)?.conversation;
      assert.ok(given && bytesOf(given) > 2 * megabyte);
    }
    const attempts = (await host.deliveries('conversation_resolved')).map((delivery) => delivery.attempts);
    assert.deepEqual(new Set(attempts), new Set([1]), 'what was given back was no attempt');
  });

  it('F22 get() returns the newest messages up to its budget, and all if they fit', async () => {
    const host = await startHost({}, { worker: false });
    const { conversations } = host.cairnloop;
    const large = await conversations.open({});
    await store(host, large.id, 30, megabyte);
    const given = await conversations.get(large.id);
    assert.ok(given.messagesTruncated);
    assert.ok(bytesOf(given) <= maxLoadedMessageBytes && bytesOf(given) > maxLoadedMessageBytes / 2);
    assert.match(lastLine(given) ?? '', /^30/);
    const fits = await conversations.open({});
    await store(host, fits.id, 2000, 100);
    const whole = await conversations.get(fits.id);
    assert.deepEqual([whole.messages?.length, whole.messagesTruncated], [2000, undefined]);
  });

  it('F22 many small messages are limited by number, to the newest, and marked as incomplete', async () => {
    const { draftGenerator, calls } = recordingGenerator();
    const host = await startHost({ ...atOnce, draftGenerator }, { worker: false });
    const { id } = await host.cairnloop.conversations.open({});
    await store(host, id, 300, 10);
    await host.cairnloop.conversations.receive(id, { content: 'Hello?' });
    await host.cairnloop.worker.start();
    await eventually(() => assert.equal(calls.length, 1));
    const given = calls[0]?.conversation;
    assert.deepEqual([given?.messages?.length, given?.messagesTruncated], [200, true]);
  });

  it('F22 one message larger than the whole budget is cut for a reader, and never delivered cut', async () => {
    const { notifier, calls } = recordingNotifier();
    const host = await startHost({ notifier, worker: { maxAttempts: 1 } }, { worker: false });
    const { conversations, outbound } = host.cairnloop;
    const { id } = await conversations.open({});
    const { message } = await outbound.trigger(id, { templateId: 't', content: 'short' });
    await host.database.query(`UPDATE cairnloop.messages SET content = repeat('x', 50000000) WHERE id = $1`, [
      message.id,
    ]);
    await conversations.resolve(id, { resolvedBy: operator });
    await host.cairnloop.worker.start();
    await eventually(() => assert.equal(calls.length, 1), 60_000);
    const given = calls[0]?.conversation;
    assert.equal(calls[0]?.method, 'onConversationResolved');
    assert.ok(given?.messagesTruncated);
    await eventually(async () => {
      const [delivery] = await host.deliveries('outbound');
      assert.equal(delivery?.state, 'discarded');
      assert.match(delivery?.lastError ?? '', /^the message has 50000000 bytes/);
    });
    const read = await conversations.get(id);
    assert.equal(read.messages?.[0]?.content.length, megabyte);
  });

  it('F22 metadata too large for a process is left out, in every table', async () => {
    const { notifier, calls } = recordingNotifier();
    const host = await startHost({ notifier }, { worker: false });
    const { conversations, outbound } = host.cairnloop;
    const { id } = await conversations.open({ message: 'Hello' });
    await outbound.trigger(id, { templateId: 't', content: 'c' });
    await conversations.resolve(id, { resolvedBy: operator });
    const huge = `jsonb_build_object('x', (SELECT string_agg(md5(n::text), '') FROM generate_series(1, 300000) n))`;
    for (const table of ['conversations', 'messages'])
      await host.database.query(`UPDATE cairnloop.${table} SET metadata = ${huge}`);
    await host.database.query(
      `UPDATE cairnloop.deliveries SET payload = payload || jsonb_build_object('metadata', ${huge})
       WHERE topic = 'conversation_resolved'`,
    );
    await host.cairnloop.worker.start();
    await eventually(() => assert.equal(calls.length, 2), 60_000);
    const left = { truncated: true };
    const resolved = calls.find(({ method }) => method === 'onConversationResolved');
    assert.deepEqual(
      [resolved?.conversation.metadata, resolved?.conversation.messages?.[0]?.metadata, resolved?.metadata.truncated],
      [left, left, true],
    );
    assert.deepEqual((await conversations.get(id)).metadata, left);
    assert.deepEqual(
      (await conversations.list()).items.map(({ metadata }) => metadata),
      [left],
    );
  });

  it('every call refuses metadata over its limit, and names the limit', async () => {
    const { cairnloop } = await startHost({}, { worker: false });
    const { conversations } = cairnloop;
    const { id } = await conversations.open({ metadata: { x: 'y'.repeat(maxMetadataBytes - 8) } });
    const metadata = { x: 'é'.repeat(maxMetadataBytes / 2) };
    const refused = { code: 'INPUT_INVALID', message: /metadata: expected an object of at most 65536 bytes as JSON/ };
    await assert.rejects(conversations.open({ metadata }), refused);
    await assert.rejects(conversations.receive(id, { content: 'x', metadata }), refused);
    await assert.rejects(conversations.resolve(id, { resolvedBy: operator, metadata }), refused);
    assert.equal((await conversations.get(id)).status, 'open');
  });
});
