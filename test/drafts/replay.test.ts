import assert from 'node:assert/strict';
import type { ContextReader } from '../../src/context/context-reader.js';
import type { AutomationPolicy } from '../../src/contracts/automation-policy.js';
import type { Proposal } from '../../src/contracts/domain.js';
import { ok } from '../../src/contracts/result.js';
import { openDatabase } from '../../src/db/connect.js';
import { replayAutomationPolicy } from '../../src/drafts/replay.js';
import { answer, atOnce, recordingGenerator, recordingPolicy, requestsDone } from '../support/drafting.js';
import { operator, type StartedHost, useHosts } from '../support/started-host.js';

const longAgo = new Date(0);
const noFacts: Pick<ContextReader, 'raw'> = { raw: async () => null };

describe('drafts/replay', () => {
  const { startHost } = useHosts();
  const withoutWorker = { worker: false };

  const replayOn = async (
    { database }: StartedHost,
    policy: AutomationPolicy | undefined,
    { since = longAgo, context = noFacts } = {},
  ) => {
    const db = openDatabase({ url: database.url, schema: 'cairnloop', poolSize: 2 });
    try {
      return await replayAutomationPolicy(db, { policy, context, since });
    } finally {
      await db.close();
    }
  };

  it('returns the old and the new decision of each proposal, counts denied ones, and changes nothing', async () => {
    const before = recordingPolicy(({ summary }) => summary);
    const host = await startHost({ automationPolicy: before.automationPolicy }, withoutWorker);
    const { conversations, drafts } = host.cairnloop;
    const { id } = await conversations.open({ message: 'Hello?' });
    for (const summary of ['allow', 'draft_only', 'require_approval', 'require_approval', 'deny'])
      await drafts.propose(id, { ...answer, summary, riskTier: summary === 'allow' ? 'high' : 'low' });
    const rows = () =>
      host.database.query(
        'SELECT to_jsonb(d) FROM cairnloop.drafts d UNION ALL SELECT to_jsonb(m) FROM cairnloop.messages m UNION ALL SELECT to_jsonb(a) FROM cairnloop.audit_events a',
      );
    const { rows: stored } = await rows();

    const now = recordingPolicy(({ riskTier }) => (riskTier === 'high' ? 'deny' : 'allow'));
    const replay = await replayOn(host, now.automationPolicy);
    assert.deepEqual([replay.asked, replay.denied, now.asked.length, replay.otherInput], [4, 1, 4, 0]);
    assert.equal(replay.decisions.allow.deny, 1);
    assert.equal(replay.decisions.draft_only.allow, 1);
    assert.equal(replay.decisions.require_approval.allow, 2);
    assert.deepEqual(replay.changes.map(({ before, now, outcome }) => `${before} -> ${now} ${outcome}`).sort(), [
      'allow -> deny decided',
      'draft_only -> allow decided',
      ...Array(2).fill('require_approval -> allow decided'),
    ]);
    assert.deepEqual((await rows()).rows, stored);
  });

  it('passes the conversation as it was then, with the same digest', async () => {
    const then = recordingPolicy(() => 'require_approval');
    const { draftGenerator } = recordingGenerator();
    const factsOf = (actorId: string | null) => ({ Account: { actorId, since: new Date(0), n: 1n } });
    const contextProvider = { getContext: (actorId: string) => ok(factsOf(actorId)) };
    const host = await startHost({
      ...atOnce,
      draftGenerator,
      contextProvider,
      automationPolicy: then.automationPolicy,
    });
    const { conversations, drafts } = host.cairnloop;
    const { id } = await conversations.open({
      actorId: '007',
      tags: ['vip'],
      message: 'Hello?',
      metadata: { b: 1, a: { z: 1, y: [2] } },
    });
    await requestsDone(host);
    const [draft = assert.fail('no draft')] = await drafts.listForConversation(id);
    await drafts.edit(draft.id, { actor: operator, content: 'In my words' });
    await conversations.note(id, { content: 'Hm', actor: operator });
    await conversations.resolve(id, { resolvedBy: operator });
    await conversations.submitCsat(id, 'positive');

    const now = recordingPolicy(() => 'require_approval');
    const context = { raw: async (actorId: string | null) => factsOf(actorId) };
    const replay = await replayOn(host, now.automationPolicy, { context });
    assert.deepEqual([replay.asked, replay.otherInput, replay.changes], [1, 0, []]);
    const asked = ({ proposal }: { proposal: Proposal }) => {
      const { content, summary, evidence, riskTier, conversation } = proposal;
      const { status, resolvedAt, tags, messages, lastMessageAt } = conversation;
      return { content, summary, evidence, riskTier, status, resolvedAt, tags, messages, lastMessageAt };
    };
    assert.deepEqual(now.asked.map(asked), then.asked.map(asked));

    const other = await replayOn(host, now.automationPolicy, {
      context: { raw: async () => ({ Account: { actorId: '007', tier: 'new' } }) },
    });
    assert.equal(other.otherInput, 1);
  });

  it('a policy that fails, returns an unknown value or is absent counts as require_approval, as in the worker', async () => {
    const host = await startHost({}, withoutWorker);
    const { conversations, drafts } = host.cairnloop;
    const { id } = await conversations.open({ message: 'Hello?' });
    for (const summary of ['throws', 'nonsense', 'allow']) await drafts.propose(id, { ...answer, summary });
    const { automationPolicy } = recordingPolicy(({ summary }) => {
      if (summary === 'throws') throw new Error('no');
      return summary;
    });
    const replay = await replayOn(host, automationPolicy);
    assert.deepEqual(replay.undecided, { failed: 1, timed_out: 0, invalid: 1 });
    assert.deepEqual(replay.decisions.require_approval, { allow: 1, draft_only: 0, require_approval: 2, deny: 0 });
    assert.deepEqual((await replayOn(host, undefined)).changes, []);
  });

  it('replays every proposal since the given time, over many pages, and no older one', async () => {
    const host = await startHost({}, withoutWorker);
    const { conversations, drafts } = host.cairnloop;
    const { id } = await conversations.open({});
    await drafts.propose(id, answer);
    await host.database.query("UPDATE cairnloop.drafts SET created_at = created_at - interval '40 days'");
    for (let count = 0; count < 45; count += 1) await drafts.propose(id, answer);
    const { automationPolicy, asked } = recordingPolicy(() => 'draft_only');
    const replay = await replayOn(host, automationPolicy, { since: new Date(Date.now() - 30 * 86_400_000) });
    assert.deepEqual([replay.asked, replay.changes.length, replay.otherInput], [45, 45, 0]);
    assert.equal(new Set(asked.map(({ proposal }) => proposal.id)).size, 45);
    assert.equal((await replayOn(host, automationPolicy)).asked, 46);
  });
});
