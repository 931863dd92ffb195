import assert from 'node:assert/strict';
import type { ContextProvider } from '../../src/contracts/context-provider.js';
import { err, ok } from '../../src/contracts/result.js';
import { prometheus } from '../../src/ops/prometheus.js';
import { answer, atOnce, recordingGenerator, recordingPolicy, requestsDone } from '../support/drafting.js';
import { dumpDatabase } from '../support/dump-database.js';
import { operator, useHosts } from '../support/started-host.js';

describe('context in the flow', () => {
  const { startHost } = useHosts();
  const withoutWorker = { worker: false };
  const always = { cacheMs: 0 };

  const recording = (facts: (actorId: string) => unknown) => {
    const calls: unknown[][] = [];
    const contextProvider = {
      getContext(...call: [string, Record<string, unknown>]) {
        calls.push(call);
        return facts(call[0]);
      },
    } as ContextProvider;
    return { calls, contextProvider };
  };

  it('CP1, CP2, CP3 passes exactly the stored actor id, never an operator’s', async () => {
    const { calls, contextProvider } = recording(async (actorId) => ok({ Account: { actorId } }));
    const { cairnloop } = await startHost({ contextProvider, context: always }, withoutWorker);
    const ids = [
      '007',
      'Ann+x@mail.test',
      '3F2A6A0E-0000-4000-8000-000000000000',
      'Ωμέγα 🙂',
      ' padded ',
      '0',
      "o'brien",
    ];
    for (const actorId of ids) {
      const opened = await cairnloop.conversations.open({ actorId, message: 'Hello?' });
      await cairnloop.conversations.reply(opened.id, { content: 'Hello!', actor: operator });
      const stored = await cairnloop.conversations.get(opened.id);
      const { state, sections } = await cairnloop.context.get(stored.actorId);
      assert.equal(state, 'available');
      const value = sections[0]?.entries[0]?.value;
      assert.equal(value?.kind === 'text' && value.text, actorId);
    }
    assert.deepEqual(
      calls,
      ids.map((id) => [id, {}]),
    );
  });

  it('CP4, CP12 without a provider or an actor id nothing is called, and everything else works', async () => {
    const { calls, contextProvider } = recording(() => ok({ Account: {} }));
    const unconfigured = await startHost({}, withoutWorker);
    const configured = await startHost({ contextProvider }, withoutWorker);
    assert.equal((await unconfigured.cairnloop.context.get('a')).state, 'unconfigured');
    assert.equal((await configured.cairnloop.context.get(null)).state, 'anonymous');
    for (const { cairnloop } of [unconfigured, configured]) {
      const { id, actorId } = await cairnloop.conversations.open({ message: 'Hello?' });
      assert.equal(actorId, null);
      await cairnloop.drafts.propose(id, answer);
      await cairnloop.conversations.reply(id, { content: 'Hello!', actor: operator });
      assert.equal((await cairnloop.conversations.resolve(id, { resolvedBy: operator })).status, 'resolved');
    }
    assert.deepEqual(calls, []);
  });

  it('CP5, CP6 when it fails, replies, approvals and resolving work; the failure is logged and counted, and shown nowhere', async () => {
    const failures: Record<string, () => unknown> = {
      err: () => err('the CRM is down'),
      throw: () => {
        throw new Error('the CRM is down');
      },
      rejection: () => Promise.reject(new Error('the CRM is down')),
      'time-out': () => new Promise(() => {}),
      malformed: () => ({ Account: 'the CRM is down' }),
    };
    const { contextProvider } = recording((actorId) => failures[actorId]?.());
    const config = { contextProvider, context: { timeoutMs: 50 }, metrics: prometheus() };
    const { cairnloop, log } = await startHost(config, withoutWorker);
    for (const actorId of Object.keys(failures)) {
      const { id } = await cairnloop.conversations.open({ actorId, message: 'Hello?' });
      const shown = await cairnloop.context.get(actorId);
      assert.deepEqual([shown.state, shown.sections], ['unavailable', []], actorId);
      assert.ok(!JSON.stringify(shown).includes('CRM'), actorId);
      const draft = await cairnloop.drafts.propose(id, answer);
      await cairnloop.drafts.approve(draft.id, { actor: operator });
      await cairnloop.conversations.reply(id, { content: 'Hello!', actor: operator });
      assert.equal((await cairnloop.conversations.resolve(id, { resolvedBy: operator })).status, 'resolved');
    }
    const asked = 2 * Object.keys(failures).length;
    assert.equal(log.filter(({ msg }) => /contextProvider gave no facts/.test(String(msg))).length, asked);
    const metrics = await (await cairnloop.operations().fetch(new Request('http://localhost/metrics'))).text();
    assert.ok(metrics.includes(`cairnloop_context_requests_total{state="unavailable"} ${asked}\n`));
  });

  it('CP7, CP8, CP9, CP12 shows what the provider returns now: nothing, or one more section', async () => {
    const answers = [{}, { Plan: { tier: 'gold' } }, { Plan: { tier: 'gold' }, Devices: ['phone', 'tablet'] }];
    const { contextProvider } = recording(() => ok(answers.shift()));
    const { cairnloop } = await startHost({ contextProvider, context: always }, withoutWorker);
    const headers = async () => {
      const { state, sections } = await cairnloop.context.get('a');
      return [state, ...sections.map(({ header }) => header)];
    };
    assert.deepEqual(await headers(), ['empty']);
    assert.deepEqual(await headers(), ['available', 'Plan']);
    assert.deepEqual(await headers(), ['available', 'Plan', 'Devices']);
  });

  it('G4 facts are read live for rail, generator and policy, and are in no table afterwards', async () => {
    const { contextProvider } = recording(() => ok({ Account: { iban: 'DE-canary-fact' } }));
    const { draftGenerator, calls } = recordingGenerator();
    const { automationPolicy, asked } = recordingPolicy(() => 'require_approval');
    const host = await startHost({ ...atOnce, contextProvider, draftGenerator, automationPolicy });
    const { conversations, context, drafts } = host.cairnloop;
    const { id } = await conversations.open({ actorId: 'a', message: 'Hello?' });
    await requestsDone(host);
    await context.get('a');
    const [draft = assert.fail('no draft')] = await drafts.listForConversation(id);
    await drafts.approve(draft.id, { actor: operator });
    await conversations.resolve(id, { resolvedBy: operator });
    for (const opts of [calls[0]?.opts, asked[0]?.opts])
      assert.deepEqual(opts?.context, { Account: { iban: 'DE-canary-fact' } });
    assert.ok(!(await dumpDatabase(host.database)).includes('DE-canary-fact'));
    assert.ok(!JSON.stringify(host.log).includes('DE-canary-fact'));
  });
});
