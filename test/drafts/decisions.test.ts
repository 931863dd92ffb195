import assert from 'node:assert/strict';
import type { AutomationPolicy } from '../../src/contracts/automation-policy.js';
import { type Decision, type DraftStatus, decisions, proposalTypes, riskTiers } from '../../src/contracts/domain.js';
import { ok } from '../../src/contracts/result.js';
import { prometheus } from '../../src/ops/prometheus.js';
import { answer, atOnce, recordingGenerator, recordingPolicy, requestsDone, sentTexts } from '../support/drafting.js';
import { eventually } from '../support/eventually.js';
import { operator, policies, type StartedHost, useHosts } from '../support/started-host.js';

const terms = { priority: 'normal', responseMinutes: 60, breachMinutes: 240 };

describe('drafts: what the policy decides', () => {
  const { startHost } = useHosts();

  /** Starts a host whose policy returns that, and lets a customer ask. */
  const ask = async (decide: (() => unknown) | undefined, config: Parameters<typeof startHost>[0] = {}) => {
    const { draftGenerator } = recordingGenerator();
    const automationPolicy = decide && recordingPolicy(decide).automationPolicy;
    const host = await startHost({ ...atOnce, draftGenerator, automationPolicy, ...config });
    const { id } = await host.cairnloop.conversations.open({ actorId: 'cus_1', message: 'I forgot my password.' });
    await requestsDone(host);
    const [draft, ...others] = await host.cairnloop.drafts.listForConversation(id);
    assert.deepEqual(others, []);
    assert.ok(draft);
    return { ...host, host, id, draft };
  };

  const stored = async ({ database }: StartedHost, draftId: string) =>
    (await database.query('SELECT * FROM cairnloop.drafts WHERE id = $1', [draftId])).rows[0];

  it('AP1 without a policy every proposal requires approval', async () => {
    const { draft, host, id } = await ask(undefined);
    assert.deepEqual([draft.decision, draft.status], ['require_approval', 'pending']);
    assert.deepEqual(await sentTexts(host, id), []);
  });

  it('AP1 takes a sync and an async policy, and one that uses this', async () => {
    class Careful implements AutomationPolicy {
      #decision: Decision = 'draft_only';
      async decide() {
        return this.#decision;
      }
    }
    const { draft } = await ask(() => 'draft_only');
    assert.equal(draft.decision, 'draft_only');
    const asynchronous = await ask(async () => 'draft_only' as const);
    assert.equal(asynchronous.draft.decision, 'draft_only');
    const own = await ask(undefined, { automationPolicy: new Careful() });
    assert.equal(own.draft.decision, 'draft_only');
  });

  it('AP2 allow sends once, as automation and without review, and ends the SLA clock', async () => {
    const { draft, id, cairnloop } = await ask(() => 'allow', { slaPolicyProvider: policies(terms) });
    assert.deepEqual([draft.decision, draft.status], ['allow', 'allowed']);
    const { messages = [] } = await cairnloop.conversations.get(id);
    const [sent, ...others] = messages.filter(({ role }) => role === 'automation');
    assert.deepEqual(others, []);
    assert.ok(sent && sent.id === draft.messageId && sent.content === answer.content);
    assert.equal(sent.metadata.sentWithoutReview, true);
    assert.equal((await cairnloop.sla.forConversation(id))?.status, 'fulfilled');
    const { items } = await cairnloop.audit.list({ conversationId: id, action: 'draft.sent' });
    assert.deepEqual(
      items.map(({ actor, subjectId, detail }) => ({ actor: actor.id, subjectId, detail })),
      [{ actor: 'system:automation', subjectId: draft.id, detail: { messageId: sent.id, review: 'none' } }],
    );
  });

  it('AP3 draft_only shows the draft to operators: nothing is sent, nothing asks for approval', async () => {
    const { draft, host, id, cairnloop } = await ask(() => 'draft_only');
    assert.deepEqual([draft.decision, draft.status, draft.content], ['draft_only', 'prepared', answer.content]);
    assert.deepEqual(await sentTexts(host, id), []);
    await assert.rejects(cairnloop.drafts.approve(draft.id, { actor: operator }), {
      code: 'DRAFT_NOT_PENDING',
      message: /it is prepared \(the policy asked for no approval; an operator may use the draft\)/,
    });
    await assert.rejects(cairnloop.drafts.edit(draft.id, { actor: operator, content: 'Mine' }), {
      code: 'DRAFT_NOT_PENDING',
    });
    await cairnloop.conversations.reply(id, { content: draft.content, actor: operator });
    assert.deepEqual(await sentTexts(host, id), [{ role: 'operator', content: answer.content }]);
    const discarded = await cairnloop.drafts.discard(draft.id, { actor: operator, reason: 'used in a reply' });
    assert.deepEqual([discarded.status, discarded.settledBy], ['discarded', operator]);
  });

  it('AP4 require_approval sends nothing before an operator approves, and then in the operator’s name', async () => {
    const { draft, host, id, cairnloop } = await ask(() => 'require_approval', { slaPolicyProvider: policies(terms) });
    assert.equal(draft.status, 'pending');
    assert.deepEqual(await sentTexts(host, id), []);
    assert.equal((await cairnloop.sla.forConversation(id))?.status, 'active');
    const approved = await cairnloop.drafts.approve(draft.id, { actor: operator });
    assert.deepEqual([approved.status, approved.settledBy], ['approved', operator]);
    assert.deepEqual(await sentTexts(host, id), [{ role: 'operator', content: answer.content }]);
    assert.equal((await cairnloop.sla.forConversation(id))?.status, 'fulfilled');
    const { items } = await cairnloop.audit.list({ conversationId: id, actor: operator.id });
    assert.deepEqual(items.map(({ action }) => action).sort(), [
      'conversation.replied',
      'draft.approved',
      'draft.sent',
      'sla.fulfilled',
    ]);
  });

  it('AP6 every type of proposal passes the policy, at every risk, from the generator and from the host', async () => {
    const { automationPolicy, asked } = recordingPolicy(() => 'require_approval');
    const wanted = proposalTypes.flatMap((type) => riskTiers.map((riskTier) => ({ ...answer, type, riskTier })));
    const { draftGenerator } = recordingGenerator((conversation) => ok(wanted[Number(conversation.subject)]));
    const host = await startHost({ ...atOnce, automationPolicy, draftGenerator });
    const { conversations, drafts } = host.cairnloop;
    for (const subject of wanted.keys()) await conversations.open({ subject: String(subject), message: 'Hello?' });
    await requestsDone(host);
    const { id } = await conversations.open({ subject: 'no message' });
    for (const proposal of wanted) await drafts.propose(id, proposal);
    const pair = ({ type, riskTier }: { type: string; riskTier: string }) => `${type} ${riskTier}`;
    const expected = [...wanted, ...wanted].map(pair).sort();
    assert.deepEqual(asked.map(({ proposal }) => pair(proposal)).sort(), expected);
  });

  it('AP7 the policy sees risk, tags, messages, evidence and the facts, and can change none of it', async () => {
    const { automationPolicy, asked } = recordingPolicy((proposal) => {
      assert.throws(() => {
        proposal.content = 'changed';
      }, TypeError);
      assert.throws(() => proposal.conversation.tags.push('changed'), TypeError);
      return 'require_approval';
    });
    const contextProvider = { getContext: (actorId: string) => ok({ 'Active Plan': { tier: 'gold', actorId } }) };
    const host = await startHost({
      ...atOnce,
      automationPolicy,
      contextProvider,
      draftGenerator: recordingGenerator().draftGenerator,
    });
    const { id } = await host.cairnloop.conversations.open({ actorId: '007', tags: ['vip'], message: 'Help' });
    await requestsDone(host);
    const [{ proposal, opts } = assert.fail('the policy was not asked')] = asked;
    assert.equal(proposal.riskTier, 'low');
    assert.equal(proposal.conversationId, id);
    assert.deepEqual(proposal.evidence, answer.evidence);
    assert.deepEqual(opts.conversation.tags, ['vip']);
    assert.deepEqual(
      opts.conversation.messages?.map(({ content }) => content),
      ['Help'],
    );
    assert.deepEqual(opts.context, { 'Active Plan': { tier: 'gold', actorId: '007' } });
    const [draft] = await host.cairnloop.drafts.listForConversation(id);
    assert.deepEqual([draft?.id, draft?.content, draft?.status], [proposal.id, answer.content, 'pending']);
  });

  it('AP7 without a ContextProvider, or when it fails, context is null', async () => {
    const { automationPolicy, asked } = recordingPolicy(() => 'draft_only');
    const failing = { getContext: () => Promise.reject(new Error('down')) };
    for (const contextProvider of [undefined, failing]) {
      const { cairnloop } = await startHost({ automationPolicy, contextProvider }, { worker: false });
      await cairnloop.drafts.propose((await cairnloop.conversations.open({ actorId: 'a' })).id, answer);
    }
    assert.deepEqual(
      asked.map(({ opts }) => opts.context),
      [null, null],
    );
  });

  const wrongAnswers: Record<string, [unknown, 'invalid' | 'failed' | 'timed_out']> = {
    '"ALLOW"': ['ALLOW', 'invalid'],
    '"allow "': ['allow ', 'invalid'],
    true: [true, 'invalid'],
    null: [null, 'invalid'],
    nothing: [undefined, 'invalid'],
    'a String object': [new String('allow'), 'invalid'],
    'a list': [['allow'], 'invalid'],
    'an object': [{ decision: 'allow', toString: () => 'allow' }, 'invalid'],
    'a Result': [ok('allow'), 'invalid'],
    'a rejection': [() => Promise.reject('allow'), 'failed'],
    'a throw': [
      () => {
        throw new Error('the rules could not be read');
      },
      'failed',
    ],
    'a promise that never settles': [new Promise(() => {}), 'timed_out'],
  };
  it('AP8 a throw, a time-out or an unknown value counts as require_approval, and is logged, counted and stored', async () => {
    const { automationPolicy } = recordingPolicy(({ conversation }) => {
      const [given] = wrongAnswers[conversation.subject ?? ''] ?? [];
      return typeof given === 'function' ? given() : given;
    });
    const { draftGenerator } = recordingGenerator();
    const host = await startHost({ ...atOnce, draftGenerator, automationPolicy, metrics: prometheus() });
    const { conversations, drafts, audit, operations } = host.cairnloop;
    const opened = new Map<string, string>();
    for (const subject of Object.keys(wrongAnswers))
      opened.set(subject, (await conversations.open({ subject, message: 'Hello?' })).id);
    await requestsDone(host);
    for (const [subject, [, outcome]] of Object.entries(wrongAnswers)) {
      const id = opened.get(subject) ?? '';
      const [draft = assert.fail(subject)] = await drafts.listForConversation(id);
      assert.deepEqual([draft.decision, draft.status], ['require_approval', 'pending'], subject);
      assert.deepEqual(await sentTexts(host, id), [], subject);
      assert.equal((await stored(host, draft.id)).decision_outcome, outcome, subject);
      assert.equal(host.log.filter((line) => line.draftId === draft.id && line.outcome === outcome).length, 1, subject);
      const { items } = await audit.list({ conversationId: id, action: 'draft.created' });
      assert.deepEqual([items[0]?.detail.decision, items[0]?.detail.outcome], ['require_approval', outcome], subject);
    }
    const metrics = await (await operations().fetch(new Request('http://localhost/metrics'))).text();
    assert.ok(metrics.includes(`cairnloop_drafts_total{decision="require_approval"} ${opened.size}\n`));
    assert.ok(metrics.includes(`cairnloop_host_module_failures_total{module="automationPolicy"} ${opened.size}\n`));
  });

  it('AP8 stores decision, digest of its input, duration and outcome with the draft', async () => {
    const statuses: Record<Decision, DraftStatus> = {
      allow: 'allowed',
      draft_only: 'prepared',
      require_approval: 'pending',
      deny: 'denied',
    };
    const digests = new Set<string>();
    for (const decision of decisions) {
      const { draft, host } = await ask(() => decision);
      const row = await stored(host, draft.id);
      assert.deepEqual([row.decision, row.decision_outcome, row.status], [decision, 'decided', statuses[decision]]);
      assert.ok(Number.isInteger(row.decision_ms) && row.decision_ms >= 0);
      assert.match(row.input_digest, /^[0-9a-f]{64}$/);
      digests.add(row.input_digest);
    }
    assert.equal(digests.size, decisions.length);
  });

  it('AP8 publishes each draft once, after its commit', async () => {
    const { draftGenerator } = recordingGenerator();
    const { automationPolicy } = recordingPolicy((proposal) => proposal.conversation.subject);
    const host = await startHost({ ...atOnce, draftGenerator, automationPolicy });
    const told: string[] = [];
    const events = ['cairnloop.draft.created', 'cairnloop.draft.denied', 'cairnloop.draft.sent'] as const;
    host.cairnloop.telemetry.attach('test', events, (event, _, { decision }) => {
      told.push(`${event.slice('cairnloop.draft.'.length)} ${decision}`);
    });
    for (const subject of decisions) await host.cairnloop.conversations.open({ subject, message: 'Hello?' });
    const expected = ['created allow', 'created draft_only', 'created require_approval', 'denied deny', 'sent allow'];
    await eventually(() => assert.deepEqual([...told].sort(), expected));
  });
});
