import assert from 'node:assert/strict';
import type { Message } from '../../src/contracts/domain.js';
import { eventually } from '../support/eventually.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { operator, useHosts } from '../support/started-host.js';
import { fault } from './support/fault.js';

describe('faults: deliveries that cannot be read', () => {
  const { startHost } = useHosts();

  fault('F7 broken payloads stand at the head of the queue', { short: 30_000, long: 30_000 }, async () => {
    const { notifier, calls } = recordingNotifier();
    const replied: string[] = [];
    const onReply = (message: Message) => void replied.push(message.content);
    const host = await startHost({ notifier: { ...notifier, onReply }, worker: { maxAttempts: 2 } }, { worker: false });
    const payloads = ['null', '[]', '"text"', '{}', '{"resolvedAt": "never"}', '{"actor": 7, "metadata": 7}'];
    const broken: string[] = [];
    for (const payload of payloads) {
      const id = await resolved();
      broken.push(id);
      await host.database.query('UPDATE cairnloop.deliveries SET payload = $2 WHERE conversation_id = $1', [
        id,
        payload,
      ]);
    }
    // A reply is handed over by its message, so that its payload stops nothing, and keeps its order.
    const { id: answered } = await host.cairnloop.conversations.open({});
    for (const content of payloads) await host.cairnloop.conversations.reply(answered, { content, actor: operator });
    await host.database.query(`UPDATE cairnloop.deliveries d SET payload = m.content::jsonb
      FROM cairnloop.messages m WHERE m.id = d.subject_id AND d.topic = 'reply'`);
    const whole = await Promise.all(Array.from({ length: 50 }, resolved));
    await host.cairnloop.worker.start();
    const since = performance.now();
    await eventually(() => {
      const called = new Set(calls.map((call) => call.conversation.id));
      assert.ok(
        whole.every((id) => called.has(id)),
        'not all called yet',
      );
    });
    const recovery = (performance.now() - since) / 1000;
    await eventually(() => assert.deepEqual(replied, payloads));
    await eventually(async () => {
      const left = (await host.deliveries('conversation_resolved')).filter(({ state }) => state === 'pending');
      assert.equal(left.length, 0);
    });
    const discarded = (await host.deliveries('conversation_resolved')).filter(({ state }) => state === 'discarded');
    for (const delivery of discarded) {
      assert.ok(broken.includes(delivery.conversationId));
      assert.match(delivery.lastError ?? '', /\w/);
    }
    return {
      accepted: 62,
      delivered: 62 - discarded.length,
      replies: 6,
      lost: 0,
      recovery,
      note: `${discarded.length} discarded, with their reason`,
    };

    async function resolved(): Promise<string> {
      const { id } = await host.cairnloop.conversations.open({});
      await host.cairnloop.conversations.resolve(id, { resolvedBy: operator });
      return id;
    }
  });

  fault('F7 failures whose text fits no column or payload', { short: 30_000, long: 30_000 }, async () => {
    const texts = ['x'.repeat(9000), `nul \0 and \ud800 alone`, '', '\u202e'.repeat(3000)];
    const { notifier } = recordingNotifier(({ conversation }) => {
      throw new Error(texts[Number(conversation.subject)]);
    });
    const host = await startHost({ notifier, worker: { maxAttempts: 1 } });
    for (const n of texts.keys()) {
      const { id } = await host.cairnloop.conversations.open({ subject: String(n) });
      await host.cairnloop.conversations.resolve(id, { resolvedBy: operator });
    }
    await eventually(async () => {
      const states = (await host.deliveries('conversation_resolved')).map(({ state }) => state);
      assert.deepEqual(states, ['discarded', 'discarded', 'discarded', 'discarded']);
    });
    const errors = (await host.deliveries('conversation_resolved')).map(({ lastError }) => lastError ?? '');
    assert.ok(errors.every((error) => error.length > 0 && error.length <= 2000));
    return { accepted: 4, delivered: 0, lost: 0, note: '4 discarded, each with its reason' };
  });
});
