import assert from 'node:assert/strict';
import pg from 'pg';
import { ok } from '../../src/contracts/result.js';
import {
  answer,
  atOnce,
  blockedSessions,
  holdRow,
  recordingGenerator,
  recordingPolicy,
  requestsDone,
  sentTexts,
} from '../support/drafting.js';
import { operator, type StartedHost, useHosts } from '../support/started-host.js';

describe('drafts: superseded by a newer message', () => {
  const { startHost } = useHosts();
  const withoutWorker = { worker: false };

  const statuses = async ({ cairnloop }: StartedHost, id: string) =>
    (await cairnloop.drafts.listForConversation(id)).map(({ status }) => status);

  it('AP9 a customer message supersedes every draft that waits for approval, and leaves the others', async () => {
    const answers = ['require_approval', 'draft_only', 'deny', 'require_approval', 'allow'];
    const { automationPolicy } = recordingPolicy(() => answers.shift());
    const host = await startHost({ automationPolicy }, withoutWorker);
    const { conversations, drafts, audit } = host.cairnloop;
    const { id } = await conversations.open({ message: 'Hello?' });
    for (const _ of answers.slice()) await drafts.propose(id, answer);
    const mine = await conversations.open({ message: 'Hello?' });
    assert.deepEqual(await statuses(host, id), ['pending', 'prepared', 'denied', 'pending', 'allowed']);
    await conversations.receive(mine.id, { content: 'Another conversation' });
    await conversations.receive(id, { content: 'Still there?' });
    assert.deepEqual(await statuses(host, id), ['superseded', 'prepared', 'denied', 'superseded', 'allowed']);
    assert.equal((await audit.list({ conversationId: id, action: 'draft.superseded' })).items.length, 2);
  });

  it('AP9 notes, replies and outbound messages supersede nothing', async () => {
    const host = await startHost({}, withoutWorker);
    const { conversations, drafts } = host.cairnloop;
    const { id } = await conversations.open({ message: 'Hello?' });
    await drafts.propose(id, answer);
    await conversations.note(id, { content: 'Hm', actor: operator });
    await conversations.reply(id, { content: 'One moment', actor: operator });
    assert.deepEqual(await statuses(host, id), ['pending']);
  });

  it('AP9 a message that arrives while the generator or the policy runs supersedes the draft', async () => {
    for (const decision of ['allow', 'require_approval', 'draft_only'] as const) {
      for (const slow of ['generator', 'policy'] as const) {
        const customerWrites = async (id: string, about: string | null) => {
          if (slow !== about) return;
          const { messages = [] } = await host.cairnloop.conversations.get(id);
          if (messages.length === 1) await host.cairnloop.conversations.receive(id, { content: 'No, wait.' });
        };
        const { draftGenerator } = recordingGenerator(async ({ id, messages = [] }) => {
          if (messages.length > 1) return ok(null);
          await customerWrites(id, 'generator');
          return ok(answer);
        });
        const { automationPolicy, asked } = recordingPolicy(async ({ conversationId }) => {
          await customerWrites(conversationId, 'policy');
          return decision;
        });
        const host = await startHost({ ...atOnce, draftGenerator, automationPolicy });
        const { id } = await host.cairnloop.conversations.open({ message: 'Delete my account.' });
        await requestsDone(host);
        assert.deepEqual(await statuses(host, id), [decision === 'draft_only' ? 'prepared' : 'superseded']);
        assert.deepEqual(await sentTexts(host, id), []);
        assert.deepEqual(
          asked.map(({ opts }) => opts.conversation.messages?.length),
          [1],
        );
      }
    }
  });

  it('AP2 a draft is not sent without review if an operator has answered meanwhile', async () => {
    const { automationPolicy } = recordingPolicy(async ({ conversationId }) => {
      await host.cairnloop.conversations.reply(conversationId, { content: 'I am on it', actor: operator });
      return 'allow';
    });
    const host: StartedHost = await startHost({ automationPolicy }, withoutWorker);
    const { id } = await host.cairnloop.conversations.open({ message: 'Hello?' });
    const draft = await host.cairnloop.drafts.propose(id, answer);
    assert.equal(draft.status, 'superseded');
    assert.deepEqual(await sentTexts(host, id), [{ role: 'operator', content: 'I am on it' }]);
  });

  it('AP4 a conversation that is resolved while the policy runs gets no message and no draft to approve', async () => {
    for (const decision of ['allow', 'require_approval'] as const) {
      const { automationPolicy } = recordingPolicy(async ({ conversationId }) => {
        await host.cairnloop.conversations.resolve(conversationId, { resolvedBy: operator });
        return decision;
      });
      const host: StartedHost = await startHost({ automationPolicy }, withoutWorker);
      const { id } = await host.cairnloop.conversations.open({ message: 'Hello?' });
      const { id: draftId } = await host.cairnloop.drafts.propose(id, answer);
      assert.deepEqual(await sentTexts(host, id), []);
      await assert.rejects(host.cairnloop.drafts.approve(draftId, { actor: operator }), {
        code: 'DRAFT_NOT_PENDING',
        message: /it is superseded \(the conversation was resolved\)/,
      });
      await assert.rejects(host.cairnloop.drafts.propose(id, answer), { code: 'CONVERSATION_RESOLVED' });
    }
  });

  it('a conversation that is deleted while the policy runs is an expected failure', async () => {
    const { automationPolicy } = recordingPolicy(async ({ conversationId }) => {
      await host.database.query('DELETE FROM cairnloop.conversations WHERE id = $1', [conversationId]);
      return 'allow';
    });
    const host: StartedHost = await startHost({ automationPolicy }, withoutWorker);
    const { id } = await host.cairnloop.conversations.open({ message: 'Hello?' });
    await assert.rejects(host.cairnloop.drafts.propose(id, answer), { code: 'CONVERSATION_NOT_FOUND' });
  });

  /** Lets both wait for the conversation, the first one first, and then go. */
  const inOrder = async (host: StartedHost, id: string, steps: (() => Promise<unknown>)[]) => {
    const lock = 'SELECT id FROM cairnloop.conversations WHERE id = $1 FOR UPDATE';
    const release = await holdRow(new pg.Client(host.database.url), lock, [id]);
    const running: Promise<unknown>[] = [];
    for (const step of steps) {
      running.push(step());
      await blockedSessions(host.database, running.length);
    }
    const settled = Promise.allSettled(running);
    await release();
    return settled;
  };

  it('AP9 a message that waits for the same lock is taken into account in either order', async () => {
    for (const decision of ['allow', 'require_approval'] as const) {
      const { automationPolicy } = recordingPolicy(() => decision);
      const host = await startHost({ automationPolicy }, withoutWorker);
      const { conversations, drafts } = host.cairnloop;
      const receive = (id: string) => () => conversations.receive(id, { content: 'No, wait.' });
      const propose = (id: string) => () => drafts.propose(id, answer);

      const late = await conversations.open({ message: 'Hello?' });
      await inOrder(host, late.id, [receive(late.id), propose(late.id)]);
      assert.deepEqual(await statuses(host, late.id), ['superseded']);
      assert.deepEqual(await sentTexts(host, late.id), []);

      const early = await conversations.open({ message: 'Hello?' });
      await inOrder(host, early.id, [propose(early.id), receive(early.id)]);
      assert.deepEqual(await statuses(host, early.id), [decision === 'allow' ? 'allowed' : 'superseded']);
    }
  });

  it('AP4 an approval that waits for a customer message is refused, and one before it is sent', async () => {
    const host = await startHost({}, withoutWorker);
    const { conversations, drafts } = host.cairnloop;
    for (const approvalFirst of [true, false]) {
      const { id } = await conversations.open({ message: 'Hello?' });
      const draft = await drafts.propose(id, answer);
      const approve = () => drafts.approve(draft.id, { actor: operator });
      const receive = () => conversations.receive(id, { content: 'No, wait.' });
      const results = await inOrder(host, id, approvalFirst ? [approve, receive] : [receive, approve]);
      const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : []));
      assert.deepEqual(refused, approvalFirst ? [] : ['DRAFT_NOT_PENDING']);
      assert.equal((await sentTexts(host, id)).length, approvalFirst ? 1 : 0);
    }
  });

  it('AP4 concurrent approvals, discards and customer messages do not deadlock', async () => {
    const host = await startHost({ database: { poolSize: 20 } }, withoutWorker);
    const { conversations, drafts } = host.cairnloop;
    for (let round = 0; round < 20; round += 1) {
      const { id } = await conversations.open({ message: 'Hello?' });
      const draft = await drafts.propose(id, answer);
      const results = await Promise.allSettled([
        ...Array.from({ length: 5 }, () => conversations.receive(id, { content: 'No, wait.' })),
        ...Array.from({ length: 5 }, (_, index) => drafts.approve(draft.id, { actor: { id: `op-${index}` } })),
        drafts.discard(draft.id, { actor: operator }),
      ]);
      const codes = results.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : []));
      assert.deepEqual(new Set(codes), new Set(['DRAFT_NOT_PENDING']));
      const { status } = await drafts.get(draft.id);
      assert.equal((await sentTexts(host, id)).length, status === 'approved' ? 1 : 0);
      assert.equal((await conversations.get(id)).messages?.filter(({ role }) => role === 'customer').length, 6);
    }
  });

  it('AP9 a policy is called once per proposal, and a different decision later changes no stored draft', async () => {
    let decision = 'require_approval';
    const { automationPolicy, asked } = recordingPolicy(() => decision);
    const host = await startHost({ automationPolicy }, withoutWorker);
    const { conversations, drafts } = host.cairnloop;
    const { id } = await conversations.open({ message: 'Hello?' });
    const before = await drafts.propose(id, answer);
    decision = 'deny';
    assert.deepEqual(await drafts.get(before.id), before);
    const after = await drafts.propose(id, answer);
    const approved = await drafts.approve(before.id, { actor: operator });
    assert.deepEqual(
      [approved.decision, approved.status, approved.content],
      ['require_approval', 'approved', answer.content],
    );
    assert.deepEqual([after.decision, after.status], ['deny', 'denied']);
    assert.equal(asked.length, 2);
  });
});
