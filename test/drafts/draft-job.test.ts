import assert from 'node:assert/strict';
import type { ProposalInput } from '../../src/contracts/domain.js';
import { err, ok } from '../../src/contracts/result.js';
import { answer, atOnce, recordingGenerator, recordingPolicy, requestsDone, sentTexts } from '../support/drafting.js';
import { eventually } from '../support/eventually.js';
import { operator, useHosts } from '../support/started-host.js';

describe('drafts: the draft job', () => {
  const { startHost } = useHosts();

  it('AP10 a customer message asks for one draft, in the worker only, with the conversation and the facts', async () => {
    const { draftGenerator, calls } = recordingGenerator();
    const contextProvider = { getContext: (actorId: string) => ok({ Account: { actorId } }) };
    const host = await startHost({ ...atOnce, draftGenerator, contextProvider }, { worker: false });
    const { conversations, drafts, worker } = host.cairnloop;
    const { id } = await conversations.open({ actorId: '007', message: 'I forgot my password.' });
    assert.equal((await host.deliveries('draft'))[0]?.state, 'pending');
    assert.deepEqual([calls.length, await drafts.listForConversation(id)], [0, []]);
    await worker.start();
    await requestsDone(host);
    assert.deepEqual(
      calls.map(({ conversation }) => conversation.id),
      [id],
    );
    const [{ conversation, opts } = assert.fail('not called')] = calls;
    assert.deepEqual(
      conversation.messages?.map(({ content }) => content),
      ['I forgot my password.'],
    );
    assert.deepEqual(opts.context, { Account: { actorId: '007' } });
    assert.ok(opts.signal instanceof AbortSignal && !opts.signal.aborted);
    const [draft = assert.fail('no draft'), ...others] = await drafts.listForConversation(id);
    assert.deepEqual(others, []);
    assert.equal(draft.basedOnMessageId, conversation.messages?.[0]?.id);
  });

  it('AP10 a burst of messages gets one draft that includes them all', async () => {
    const { draftGenerator, calls } = recordingGenerator();
    const debounceMs = 1000;
    const host = await startHost({ draftGenerator, drafts: { debounceMs } });
    const { conversations, drafts } = host.cairnloop;
    await host.stopClock();
    const { id } = await conversations.open({ message: 'One' });
    await Promise.all(['Two', 'Three', 'Four', 'Five'].map((content) => conversations.receive(id, { content })));
    await host.advance(debounceMs);
    await requestsDone(host);
    assert.deepEqual(
      calls.map(({ conversation }) => conversation.messages?.length),
      [5],
    );
    const { messages = [] } = await conversations.get(id);
    const [draft, ...others] = await drafts.listForConversation(id);
    assert.deepEqual([draft?.basedOnMessageId, others], [messages.at(-1)?.id, []]);
  });

  it('AP10 ok(null) means no proposal: nothing is stored or repeated', async () => {
    const { draftGenerator, calls } = recordingGenerator(() => ok(null));
    const { automationPolicy, asked } = recordingPolicy(() => 'allow');
    const host = await startHost({ ...atOnce, draftGenerator, automationPolicy });
    const { id } = await host.cairnloop.conversations.open({ message: 'Thanks!' });
    await requestsDone(host);
    assert.deepEqual(await host.cairnloop.drafts.listForConversation(id), []);
    assert.deepEqual([calls.length, asked.length], [1, 0]);
    assert.deepEqual(
      (await host.deliveries('draft')).map(({ state, attempts }) => [state, attempts]),
      [['done', 1]],
    );
  });

  it('AP10 a generator that fails in any way is retried until there is a draft', async () => {
    const failures: (() => unknown)[] = [
      () => err('the model is busy'),
      () => Promise.reject(new Error('no route to the model')),
      () => undefined,
      () => answer,
      () => ok({ ...answer, type: 'apology' }),
      () => ok('just text'),
    ];
    const attempts = new Map<string, number>();
    const { draftGenerator } = recordingGenerator(({ id, subject }) => {
      attempts.set(id, (attempts.get(id) ?? 0) + 1);
      return attempts.get(id) === 1 ? failures[Number(subject)]?.() : ok(answer);
    });
    const host = await startHost({ ...atOnce, draftGenerator });
    const { conversations, drafts } = host.cairnloop;
    const ids: string[] = [];
    for (const subject of failures.keys())
      ids.push((await conversations.open({ subject: String(subject), message: 'Hello?' })).id);
    await requestsDone(host);
    for (const id of ids) {
      assert.equal(attempts.get(id), 2);
      assert.deepEqual(
        (await drafts.listForConversation(id)).map(({ status }) => status),
        ['pending'],
      );
    }
    const reasons = (await host.deliveries('draft')).map(({ lastError }) => lastError);
    assert.match(reasons[0] ?? '', /the model is busy/);
    assert.match(reasons[2] ?? '', /neither ok\(proposal\) nor err\(reason\)/);
    assert.match(reasons[4] ?? '', /type: .*found "apology"/);
    assert.ok(!reasons.join().includes(answer.content));
  });

  it('AP10 a generator that keeps failing is discarded, visible, and gives a draft after a retry', async () => {
    let broken = true;
    const { draftGenerator } = recordingGenerator(() => (broken ? err('no model') : ok(answer)));
    const host = await startHost({ ...atOnce, draftGenerator, worker: { maxAttempts: 2 } });
    const { conversations, drafts, deliveries } = host.cairnloop;
    const { id } = await conversations.open({ message: 'Hello?' });
    const [given = assert.fail('no request')] = await eventually(async () => {
      const { items } = await deliveries.list({ state: 'discarded', topic: 'draft' });
      assert.equal(items.length, 1);
      return items;
    });
    assert.deepEqual([given.attempts, given.lastError], [2, 'no model']);
    broken = false;
    await deliveries.retry(given.id, { actor: operator });
    await eventually(async () => assert.equal((await drafts.listForConversation(id)).length, 1));
  });

  it('AP10 a generator that hangs is aborted, and its late result is dropped', async () => {
    const late: (() => void)[] = [];
    const signals: AbortSignal[] = [];
    const { draftGenerator, calls } = recordingGenerator(() => {
      signals.push(calls.at(-1)?.opts.signal as AbortSignal);
      if (signals.length > 1) return ok(answer);
      return new Promise((resolve) => late.push(() => resolve(ok({ ...answer, content: 'Too late' }))));
    });
    const { automationPolicy } = recordingPolicy(() => 'allow');
    const host = await startHost({ ...atOnce, draftGenerator, automationPolicy, worker: { callbackTimeoutMs: 300 } });
    const { id } = await host.cairnloop.conversations.open({ message: 'Hello?' });
    await requestsDone(host);
    assert.equal(signals[0]?.aborted, true);
    for (const answerNow of late) answerNow();
    await host.cairnloop.worker.stop();
    assert.deepEqual(await sentTexts(host, id), [{ role: 'automation', content: answer.content }]);
    assert.match((await host.deliveries('draft'))[0]?.lastError ?? '', /did not settle within 300 ms/);
  });

  it('AP10 the result of a generator after its last attempt timed out becomes no draft', async () => {
    const late: (() => void)[] = [];
    const { draftGenerator } = recordingGenerator(({ subject }) =>
      subject === 'slow' ? new Promise((resolve) => late.push(() => resolve(ok(answer)))) : ok(answer),
    );
    const { automationPolicy, asked } = recordingPolicy(() => 'allow');
    const worker = { callbackTimeoutMs: 300, maxAttempts: 1 };
    const host = await startHost({ ...atOnce, draftGenerator, automationPolicy, worker });
    const { conversations, drafts } = host.cairnloop;
    const slow = await conversations.open({ subject: 'slow', message: 'Hello?' });
    await eventually(async () => assert.equal((await host.deliveries('draft'))[0]?.state, 'discarded'));
    for (const answerNow of late) answerNow();
    // A whole draft is made behind it: by then this one would be there too.
    const quick = await conversations.open({ subject: 'quick', message: 'Hello?' });
    await eventually(async () => assert.equal((await drafts.listForConversation(quick.id)).length, 1));
    assert.deepEqual(await drafts.listForConversation(slow.id), []);
    assert.deepEqual(await sentTexts(host, slow.id), []);
    assert.deepEqual(
      asked.map(({ proposal }) => proposal.conversationId),
      [quick.id],
    );
  });

  it('AP2 an attempt that times out in the policy and its retry send one message', async () => {
    const decisions: ((decision: string) => void)[] = [];
    let isDecided = false;
    const { draftGenerator } = recordingGenerator();
    const { automationPolicy } = recordingPolicy(() =>
      isDecided ? 'allow' : new Promise((resolve) => decisions.push(resolve)),
    );
    const host = await startHost({ ...atOnce, draftGenerator, automationPolicy, worker: { callbackTimeoutMs: 300 } });
    const { id } = await host.cairnloop.conversations.open({ message: 'Hello?' });
    await eventually(() => assert.ok(decisions.length >= 2, `${decisions.length} decisions`));
    isDecided = true;
    for (const decide of decisions) decide('allow');
    await requestsDone(host);
    await eventually(async () => assert.equal((await sentTexts(host, id)).length, 1));
    await host.cairnloop.worker.stop();
    assert.equal((await sentTexts(host, id)).length, 1);
    assert.deepEqual(
      (await host.cairnloop.drafts.listForConversation(id)).map(({ status }) => status),
      ['allowed'],
    );
  });

  it('AP10 a request is dropped once the conversation was answered or resolved, and a note owes none', async () => {
    const { draftGenerator, calls } = recordingGenerator();
    const host = await startHost({ ...atOnce, draftGenerator }, { worker: false });
    const { conversations, drafts, worker } = host.cairnloop;
    const answered = await conversations.open({ subject: 'answered', message: 'Hello?' });
    await conversations.reply(answered.id, { content: 'Hello!', actor: operator });
    const resolved = await conversations.open({ subject: 'resolved', message: 'Hello?' });
    await conversations.resolve(resolved.id, { resolvedBy: operator });
    const noted = await conversations.open({ subject: 'noted', message: 'Hello?' });
    await conversations.note(noted.id, { content: 'Hm', actor: operator });
    await worker.start();
    await requestsDone(host);
    assert.deepEqual(
      calls.map(({ conversation }) => conversation.subject),
      ['noted'],
    );
    assert.equal((await drafts.listForConversation(noted.id)).length, 1);
  });

  it('AP10 without a generator no draft is asked for', async () => {
    const host = await startHost({}, { worker: false });
    await host.cairnloop.conversations.open({ message: 'Hello?' });
    assert.deepEqual(await host.deliveries('draft'), []);
  });

  it('stores a proposal without characters that Postgres refuses, and refuses other values', async () => {
    const { cairnloop } = await startHost({}, { worker: false });
    const { id } = await cairnloop.conversations.open({ message: 'Hello?' });
    const odd = {
      ...answer,
      content: 'A\0B \ud800',
      summary: '',
      evidence: [{ source: 'notes\0', quote: '', url: 'javascript:alert(1)' }],
    };
    const draft = await cairnloop.drafts.propose(id, odd);
    assert.equal(draft.content, 'AB \ufffd');
    assert.deepEqual(draft.evidence, [{ source: 'notes', quote: '', url: 'javascript:alert(1)' }]);
    const wrong: unknown[] = [
      undefined,
      null,
      'text',
      { ...answer, content: '' },
      { ...answer, content: '\0' },
      { ...answer, riskTier: 'none' },
      { ...answer, evidence: [{}] },
      { ...answer, content: 'x'.repeat(1_000_001) },
    ];
    for (const input of wrong)
      await assert.rejects(cairnloop.drafts.propose(id, input as ProposalInput), { code: 'INPUT_INVALID' });
    assert.equal((await cairnloop.drafts.listForConversation(id)).length, 1);
  });
});
