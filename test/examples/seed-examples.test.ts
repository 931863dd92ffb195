/** The examples of the guide to the four contracts, line by line in TypeScript, and run. */
import assert from 'node:assert/strict';
import {
  type AutomationPolicy,
  type CallbackMetadata,
  type ContextProvider,
  type Conversation,
  type Decision,
  type EventMetadata,
  type EventName,
  err,
  type Measurements,
  type Message,
  type Notifier,
  ok,
  type PolicyOptions,
  type Proposal,
  prometheus,
  type ResolvedMetadata,
  type Sla,
  type SlaPolicy,
  type SlaPolicyProvider,
} from '../../src/index.js';
import { answer, atOnce, recordingGenerator, requestsDone, sentTexts } from '../support/drafting.js';
import { eventually } from '../support/eventually.js';
import { operator, useHosts } from '../support/started-host.js';

const accounts = {
  getUser: (id: string) =>
    id === '007' ? { name: 'Ann', ltv: '1200', plan: 'gold', billingStatus: 'active' } : undefined,
};

class MyAppContext implements ContextProvider {
  getContext(actorId: string, _opts: Record<string, unknown>) {
    const user = accounts.getUser(actorId);
    if (user === undefined) return ok({});
    return ok({
      'User Details': { name: user.name, lifetimeValue: `$${user.ltv}` },
      'Active Plan': { tier: user.plan, status: user.billingStatus },
    });
  }
}

/** The host's own job queue. */
const crmSyncJobs: { conversationId: string; resolvedById: string | undefined }[] = [];

class MyAppNotifier implements Notifier {
  async onConversationResolved(conversation: Conversation, metadata: ResolvedMetadata) {
    const actor = metadata.actor;
    // Enqueue a background job rather than performing the side effect inline.
    crmSyncJobs.push({ conversationId: conversation.id, resolvedById: actor?.id });
    return ok(undefined);
  }
  async onSlaBreach(_conversation: Conversation, _sla: Sla, _metadata: CallbackMetadata) {
    // Notify your on-call channel, update a dashboard, or page an operator.
    return ok(undefined);
  }
  async onOutboundTriggered(_message: Message, _conversation: Conversation) {
    // Route the outbound message through your delivery provider (email, SMS, etc.).
    return ok(undefined);
  }
}

class MyAppPolicy implements AutomationPolicy {
  decide(_proposal: Proposal, _opts: PolicyOptions): Decision {
    return 'require_approval';
    // Returns 'allow' | 'draft_only' | 'require_approval' | 'deny'
  }
}

const terms: SlaPolicy[] = [
  { priority: 'high', responseMinutes: 60, breachMinutes: 240 },
  { priority: 'normal', responseMinutes: 240, breachMinutes: 1440 },
];

class MyAppSla implements SlaPolicyProvider {
  getActivePolicies() {
    // Return a list of SLA policies from your database or config; ok([]) disables SLA tracking.
    return ok(terms);
  }
  setPolicy(_priority: string, _attrs: Partial<SlaPolicy>) {
    // Persist a new or updated SLA policy. Return ok(policy) on success.
    return err<SlaPolicy>('not_implemented');
  }
}

describe('the examples of the guide', () => {
  const { startHost } = useHosts();

  it('G1, G2, CP8, CP10 the ContextProvider fills the rail, and has no facts about an unknown customer', async () => {
    const { cairnloop } = await startHost({ contextProvider: new MyAppContext() }, { worker: false });
    const { state, sections } = await cairnloop.context.get('007');
    const text = (words: string) => ({ kind: 'text', text: words, presentation: 'plain' });
    assert.equal(state, 'available');
    assert.deepEqual(sections, [
      {
        header: 'User Details',
        entries: [
          { label: 'Name', value: text('Ann') },
          { label: 'Lifetime value', value: text('$1200') },
        ],
      },
      {
        header: 'Active Plan',
        entries: [
          { label: 'Tier', value: text('gold') },
          { label: 'Status', value: text('active') },
        ],
      },
    ]);
    assert.equal((await cairnloop.context.get('stranger')).state, 'empty');
  });

  it('G1, NT1, NT5 the Notifier is called for a resolution, a breach and an outbound message', async () => {
    const { cairnloop, deliveries, advance } = await startHost({
      notifier: new MyAppNotifier(),
      slaPolicyProvider: new MyAppSla(),
    });
    const { id } = await cairnloop.conversations.open({ actorId: '007', priority: 'high', message: 'Hello?' });
    await cairnloop.outbound.trigger(id, { templateId: 'hello', content: 'We are on it', actor: operator });
    await advance(241 * 60_000);
    await eventually(async () => assert.equal((await cairnloop.sla.forConversation(id))?.status, 'breached'));
    await cairnloop.conversations.resolve(id, { resolvedBy: operator });
    for (const topic of ['conversation_resolved', 'sla_breach', 'outbound'] as const) {
      await eventually(async () =>
        assert.deepEqual(
          (await deliveries(topic)).map(({ state }) => state),
          ['done'],
        ),
      );
    }
    assert.deepEqual(crmSyncJobs, [{ conversationId: id, resolvedById: operator.id }]);
  });

  it('G1, AP1, AP4 the AutomationPolicy lets every draft wait for an operator', async () => {
    const { draftGenerator } = recordingGenerator();
    const host = await startHost({ ...atOnce, draftGenerator, automationPolicy: new MyAppPolicy() });
    const { id } = await host.cairnloop.conversations.open({ message: 'Hello?' });
    await requestsDone(host);
    const [draft = assert.fail('no draft')] = await host.cairnloop.drafts.listForConversation(id);
    assert.deepEqual([draft.status, await sentTexts(host, id)], ['pending', []]);
    await host.cairnloop.drafts.approve(draft.id, { actor: operator });
    assert.deepEqual(await sentTexts(host, id), [{ role: 'operator', content: answer.content }]);
  });

  it('G1, SL1, SL6 the SLAPolicyProvider gives the terms, and is read-only', async () => {
    const { cairnloop } = await startHost({ slaPolicyProvider: new MyAppSla() }, { worker: false });
    for (const { priority, responseMinutes, breachMinutes } of terms) {
      const { id } = await cairnloop.conversations.open({ priority, message: 'Hello?' });
      const sla = (await cairnloop.sla.forConversation(id)) ?? assert.fail(priority);
      const minutes = (at: Date) => (Number(at) - Number(sla.startedAt)) / 60_000;
      assert.deepEqual([minutes(sla.responseDueAt), minutes(sla.breachAt)], [responseMinutes, breachMinutes]);
    }
    await assert.rejects(cairnloop.sla.setPolicy('high', { responseMinutes: 30 }), {
      code: 'SLA_POLICY_REJECTED',
      message: /not_implemented/,
    });
  });

  it('OP1, OP2, OP3 the operations helper mounts health and metrics, at other paths too', async () => {
    const { cairnloop } = await startHost({}, { worker: false });
    const status = async (mounted: ReturnType<typeof cairnloop.operations>, path: string) => {
      const response = await mounted.fetch(new Request(`http://localhost${path}`));
      return { status: response.status, body: await response.text() };
    };
    const mounted = cairnloop.operations();
    assert.deepEqual(await status(mounted, '/health'), { status: 200, body: '{"status":"ok"}' });
    assert.equal((await status(mounted, '/metrics')).status, 501);
    const elsewhere = cairnloop.operations({ healthPath: '/healthz', metricsPath: '/internal/metrics' });
    assert.equal((await status(elsewhere, '/healthz')).status, 200);
    assert.equal((await status(elsewhere, '/internal/metrics')).status, 501);
    for (const path of ['/health', '/metrics']) assert.equal((await status(elsewhere, path)).status, 404);
    const reporting = await startHost({ metrics: prometheus() }, { worker: false });
    assert.equal((await status(reporting.cairnloop.operations(), '/metrics')).status, 200);
  });

  it('TL1, TL3 the two telemetry handlers log the events', async () => {
    const logged: string[] = [];
    const logger = { info: (line: string) => logged.push(line) };
    const { cairnloop } = await startHost({}, { worker: false });
    cairnloop.telemetry.attach(
      'cairnloop-apm-tracker',
      'cairnloop.conversation.resolve.stop',
      (_event: EventName, measurements: Measurements) => {
        // Execution time is available in measurements.duration (milliseconds).
        logger.info(`Resolve took ${measurements.duration}ms`);
      },
    );
    cairnloop.telemetry.attach(
      'cairnloop-domain-hooks',
      'cairnloop.conversation.resolved',
      (_event: EventName, measurements: Measurements, metadata: EventMetadata) => {
        const conversation = metadata.conversation as Conversation;
        const actor = metadata.actor as { id: string };
        logger.info(
          `Conversation ${conversation.id} resolved by ${actor.id} ` +
            `in ${measurements.durationSeconds}s at ${conversation.resolvedAt?.toISOString()}`,
        );
        logger.info(`prompt ${metadata.hostUserId} for a rating`);
      },
    );
    const { id, createdAt } = await cairnloop.conversations.open({ hostUserId: 'acct-9' });
    const { resolvedAt } = await cairnloop.conversations.resolve(id, { resolvedBy: operator });
    await cairnloop.conversations.resolve(id, { resolvedBy: operator });
    const seconds = (Number(resolvedAt) - Number(createdAt)) / 1000;
    await eventually(() => assert.equal(logged.length, 4));
    assert.equal(logged.filter((line) => /^Resolve took [\d.e-]+ms$/.test(line)).length, 2);
    const line = `Conversation ${id} resolved by ${operator.id} in ${seconds}s at ${resolvedAt?.toISOString()}`;
    assert.equal(logged.filter((other) => other === line).length, 1);
    assert.ok(logged.includes('prompt acct-9 for a rating'));
  });
});
