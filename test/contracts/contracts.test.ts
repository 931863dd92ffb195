import assert from 'node:assert/strict';
import { err, ok } from '../../src/contracts/result.js';
import type {
  AutomationPolicy,
  ContextProvider,
  Conversation,
  DraftGenerator,
  Notifier,
  Proposal,
  SlaPolicyProvider,
} from '../../src/index.js';
import { minute, terms } from '../support/error-causes.js';
import { eventually } from '../support/eventually.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { operator, policies, useHosts } from '../support/started-host.js';

const proposal = { type: 'reply', content: 'It is on its way.' } as const;

describe('the contracts of a host', () => {
  const { startHost } = useHosts();

  it('G1 an instance of a class, with state of its own, is the one that is called', async () => {
    class Everything implements Notifier, ContextProvider, AutomationPolicy, SlaPolicyProvider, DraftGenerator {
      readonly #calls: string[] = [];
      get calls() {
        return [...this.#calls].sort();
      }
      onConversationResolved(_conversation: Conversation) {
        this.#calls.push('onConversationResolved');
      }
      async onSlaBreach() {
        this.#calls.push('onSlaBreach');
      }
      onOutboundTriggered() {
        this.#calls.push('onOutboundTriggered');
        return ok(null);
      }
      getContext(actorId: string) {
        this.#calls.push(`getContext ${actorId}`);
        return ok({ plan: 'free' });
      }
      decide(proposed: Proposal) {
        this.#calls.push(`decide ${proposed.content}`);
        return 'draft_only' as const;
      }
      async getActivePolicies() {
        this.#calls.push('getActivePolicies');
        return ok([terms]);
      }
      setPolicy(priority: string) {
        this.#calls.push(`setPolicy ${priority}`);
        return err<typeof terms>('read-only');
      }
      async generate() {
        this.#calls.push('generate');
        return ok(proposal);
      }
    }
    const host = new Everything();
    const { cairnloop, advance, deliveries } = await startHost({
      notifier: host,
      contextProvider: host,
      automationPolicy: host,
      slaPolicyProvider: host,
      draftGenerator: host,
      drafts: { debounceMs: 0 },
    });
    const { id } = await cairnloop.conversations.open({ actorId: '007', message: 'Where is it?' });
    await eventually(async () => assert.equal((await deliveries('draft'))[0]?.state, 'done'));
    await cairnloop.outbound.trigger(id, { templateId: 't', content: 'c', actor: operator });
    await advance(terms.breachMinutes * minute);
    await eventually(async () => assert.equal((await deliveries('sla_breach'))[0]?.state, 'done'));
    await cairnloop.conversations.resolve(id, { resolvedBy: operator });
    await cairnloop.sla.setPolicy('normal', { breachMinutes: 90 }).catch(() => {});
    await eventually(async () => assert.equal((await deliveries('conversation_resolved'))[0]?.state, 'done'));
    assert.deepEqual(
      [...new Set(host.calls)],
      [
        'decide It is on its way.',
        'generate',
        'getActivePolicies',
        'getContext 007',
        'onConversationResolved',
        'onOutboundTriggered',
        'onSlaBreach',
        'setPolicy normal',
      ],
    );
  });

  it('G2 a ContextProvider alone is called when facts are needed', async () => {
    const asked: unknown[] = [];
    const contextProvider: ContextProvider = {
      getContext: async (actorId, opts) => {
        asked.push([actorId, opts]);
        return ok({ Plan: { tier: 'gold' } });
      },
    };
    const { cairnloop } = await startHost({ contextProvider }, { worker: false });
    await cairnloop.conversations.open({ actorId: '00042', message: 'Hello?' });
    assert.deepEqual(asked, []);
    assert.equal((await cairnloop.context.get('00042')).state, 'available');
    assert.deepEqual(asked, [['00042', {}]]);
  });

  it('G2 a Notifier alone is called for the events that need no other contract', async () => {
    const { notifier, calls } = recordingNotifier();
    const { cairnloop } = await startHost({ notifier });
    const { id } = await cairnloop.conversations.open({ message: 'Hello?' });
    await cairnloop.outbound.trigger(id, { templateId: 't', content: 'c', actor: operator });
    await cairnloop.conversations.resolve(id, { resolvedBy: operator });
    await eventually(() => assert.equal(calls.length, 2));
  });

  it('G2 an AutomationPolicy alone decides a proposal, once', async () => {
    const asked: string[] = [];
    const automationPolicy: AutomationPolicy = {
      decide: ({ content }) => {
        asked.push(content);
        return 'deny';
      },
    };
    const { cairnloop } = await startHost({ automationPolicy }, { worker: false });
    const { id } = await cairnloop.conversations.open({ message: 'Hello?' });
    assert.equal((await cairnloop.drafts.propose(id, proposal)).status, 'denied');
    assert.deepEqual(asked, [proposal.content]);
  });

  it('G2 a SlaPolicyProvider alone starts a clock, and its breach is recorded', async () => {
    const { cairnloop, advance } = await startHost({ slaPolicyProvider: policies(terms) });
    const { id } = await cairnloop.conversations.open({ message: 'Hello?' });
    assert.equal((await cairnloop.sla.forConversation(id))?.status, 'active');
    await advance(terms.breachMinutes * minute);
    await eventually(async () => assert.equal((await cairnloop.sla.forConversation(id))?.status, 'breached'));
  });

  it('G2 without any contract everything works by the documented defaults', async () => {
    const { cairnloop, deliveries } = await startHost();
    const { conversations, drafts, sla, context, outbound } = cairnloop;
    const { id } = await conversations.open({ actorId: '00042', message: 'Hello?' });
    assert.equal((await context.get('00042')).state, 'unconfigured');
    assert.deepEqual([await sla.forConversation(id), await sla.activePolicies()], [null, []]);
    assert.equal((await drafts.propose(id, proposal)).decision, 'require_approval');
    await assert.rejects(outbound.trigger(id, { templateId: 't', content: 'c', actor: operator }), {
      code: 'NOTIFIER_REQUIRED',
    });
    await assert.rejects(sla.setPolicy(terms.priority, terms), { code: 'SLA_POLICY_REJECTED' });
    await conversations.reply(id, { content: 'Hi', actor: operator });
    assert.equal((await conversations.resolve(id, { resolvedBy: operator })).status, 'resolved');
    for (const topic of ['conversation_resolved', 'sla_breach', 'draft'] as const)
      assert.deepEqual(await deliveries(topic), []);
  });
});
