import assert from 'node:assert/strict';
import { err, ok } from '../../src/contracts/result.js';
import type { SlaPolicy, SlaPolicyProvider } from '../../src/contracts/sla-policy-provider.js';
import type { CairnloopError } from '../../src/foundation/errors.js';
import { prometheus } from '../../src/ops/prometheus.js';
import { eventually } from '../support/eventually.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { operator, policies, type StartedHost, useHosts } from '../support/started-host.js';

const minute = 60_000;
const high: SlaPolicy = { priority: 'high', responseMinutes: 60, breachMinutes: 240 };

describe('SlaPolicyProvider in the flow', () => {
  const { startHost } = useHosts();

  const customerAsks = ({ cairnloop }: StartedHost, priority = 'high') =>
    cairnloop.conversations.open({ actorId: 'cust-7', priority, message: 'Hello?' });

  const clocks = async ({ database }: StartedHost) =>
    (await database.query('SELECT * FROM cairnloop.slas ORDER BY started_at, id')).rows;

  const minutesAfter = (start: Date, end: Date) => (end.getTime() - start.getTime()) / minute;

  it('SL1 is due after responseMinutes; the breach callback comes at breachMinutes and not before', async () => {
    const { notifier, calls } = recordingNotifier();
    const host = await startHost({ notifier, slaPolicyProvider: policies(high) });
    const { id } = await customerAsks(host);
    const sla = await host.cairnloop.sla.forConversation(id);
    assert.ok(sla);
    assert.deepEqual(
      [sla.responseDueAt, sla.breachAt].map((due) => minutesAfter(sla.startedAt, due)),
      [60, 240],
    );
    await host.advance(239 * minute);
    // Something else that the worker calls for, to tell that it is at work.
    const { id: other } = await host.cairnloop.conversations.open({ actorId: 'cust-8' });
    await host.cairnloop.conversations.resolve(other, { resolvedBy: operator });
    await eventually(async () => assert.equal((await host.deliveries('conversation_resolved'))[0]?.state, 'done'));
    assert.equal(calls.length, 1);
    assert.equal((await host.cairnloop.sla.forConversation(id))?.status, 'active');
    await host.advance(minute);
    await eventually(() => assert.equal(calls.length, 2));
    assert.deepEqual([calls[1]?.method, calls[1]?.conversation.id], ['onSlaBreach', id]);
  });

  it('SL2 an answer by an operator or by an approved draft ends the clock; notes and system messages do not', async () => {
    const host = await startHost({ slaPolicyProvider: policies(high) }, { worker: false });
    const { conversations, drafts, sla } = host.cairnloop;
    const status = async (id: string) => (await sla.forConversation(id))?.status;
    const [typed, drafted] = [await customerAsks(host), await customerAsks(host)];
    await conversations.note(typed.id, { content: 'Hm.', actor: operator });
    await host.database.query(
      `INSERT INTO cairnloop.messages (conversation_id, role, content, created_at) VALUES ($1, 'system', 'x', now())`,
      [typed.id],
    );
    assert.equal(await status(typed.id), 'active');
    await conversations.reply(typed.id, { content: 'Hello!', actor: operator });
    assert.equal(await status(typed.id), 'fulfilled');
    const draft = await drafts.propose(drafted.id, { type: 'reply', content: 'Hello!' });
    assert.equal(await status(drafted.id), 'active');
    await drafts.approve(draft.id, { actor: operator });
    assert.equal(await status(drafted.id), 'fulfilled');
  });

  it('SL2 an allowed draft ends the clock', async () => {
    const automationPolicy = { decide: () => 'allow' as const };
    const host = await startHost({ automationPolicy, slaPolicyProvider: policies(high) }, { worker: false });
    const { id } = await customerAsks(host);
    await host.cairnloop.drafts.propose(id, { type: 'reply', content: 'Hello!' });
    assert.equal((await host.cairnloop.sla.forConversation(id))?.status, 'fulfilled');
  });

  it('SL2 later replies never extend it, and a reopened conversation starts a fresh one', async () => {
    const host = await startHost({ slaPolicyProvider: policies(high) }, { worker: false });
    const { conversations } = host.cairnloop;
    const { id } = await customerAsks(host);
    await conversations.reply(id, { content: 'Hello!', actor: operator });
    const [met] = await clocks(host);
    await conversations.reply(id, { content: 'And another thing.', actor: operator });
    assert.deepEqual(await clocks(host), [met]);
    await conversations.resolve(id, { resolvedBy: operator });
    await conversations.receive(id, { content: 'Again?' });
    assert.deepEqual(
      (await clocks(host)).map(({ status }) => status),
      ['fulfilled', 'active'],
    );
  });

  it('SL3 keeps the terms it started under; new terms of the provider apply to the next clock', async () => {
    const provider = policies(high);
    const host = await startHost({ slaPolicyProvider: provider }, { worker: false });
    await customerAsks(host);
    provider.active = [{ ...high, responseMinutes: 5, breachMinutes: 10 }];
    await customerAsks(host);
    assert.deepEqual(
      (await clocks(host)).map((clock) => [
        clock.response_minutes,
        minutesAfter(clock.started_at, clock.response_due_at),
        minutesAfter(clock.started_at, clock.breach_at),
      ]),
      [
        [60, 60, 240],
        [5, 5, 10],
      ],
    );
  });

  it('SL4 without policies there is no clock and no countdown, and everything else works', async () => {
    const host = await startHost({ slaPolicyProvider: policies() }, { worker: false });
    const { conversations, drafts, sla } = host.cairnloop;
    const { id } = await customerAsks(host);
    const draft = await drafts.propose(id, { type: 'reply', content: 'Hello!' });
    await drafts.approve(draft.id, { actor: operator });
    await conversations.reply(id, { content: 'Bye.', actor: operator });
    await conversations.resolve(id, { resolvedBy: operator });
    assert.deepEqual([await clocks(host), await host.deliveries('sla_breach')], [[], []]);
    assert.deepEqual(await sla.activePolicies(), []);
  });

  it('SL4 a running clock ends silently once the list has become empty', async () => {
    const provider = policies(high);
    const { notifier, calls } = recordingNotifier();
    const host = await startHost({ notifier, slaPolicyProvider: provider });
    await customerAsks(host);
    provider.active = [];
    await host.advance(240 * minute);
    await eventually(async () => assert.equal((await clocks(host))[0].status, 'fulfilled'));
    await eventually(async () => assert.deepEqual(await host.deliveries('sla_breach').then(pending), []));
    assert.deepEqual(calls, []);
    const { items } = await host.cairnloop.audit.list({ action: 'sla.' });
    assert.deepEqual(
      items.map(({ action }) => action),
      ['sla.ended', 'sla.started'],
    );
  });

  const pending = (list: { state: string }[]) => list.filter(({ state }) => state === 'pending');

  const failing: [how: string, getActivePolicies: SlaPolicyProvider['getActivePolicies']][] = [
    ['returns err', () => err('down for maintenance')],
    [
      'throws',
      () => {
        throw new Error('down for maintenance');
      },
    ],
    ['rejects', () => Promise.reject('down for maintenance')],
    ['returns nothing', () => undefined as never],
  ];
  for (const [how, getActivePolicies] of failing) {
    it(`SL5 continues without a clock, with a log line and a count, if the provider ${how}`, async () => {
      const slaPolicyProvider = { ...policies(), getActivePolicies };
      const host = await startHost({ slaPolicyProvider, metrics: prometheus() }, { worker: false });
      const { id } = await customerAsks(host);
      await host.cairnloop.conversations.reply(id, { content: 'Hello!', actor: operator });
      assert.deepEqual(await clocks(host), []);
      assert.ok(host.log.some(({ msg }) => String(msg).includes('no SLA clock starts')));
      await assert.rejects(host.cairnloop.sla.activePolicies(), { code: 'SLA_POLICIES_UNAVAILABLE' });
      const scraped = await host.cairnloop.operations().fetch(new Request('http://localhost/metrics'));
      assert.match(await scraped.text(), /cairnloop_host_module_failures_total\{module="slaPolicyProvider"\} 1\n/);
    });
  }

  it('SL5 uses the valid rows beside an invalid one, and warns about a priority without a policy', async () => {
    const bad = { ...high, priority: 'normal', breachMinutes: 1 };
    const host = await startHost({ slaPolicyProvider: policies(high, bad) }, { worker: false });
    await customerAsks(host, 'high');
    await customerAsks(host, 'normal');
    assert.deepEqual(
      (await clocks(host)).map(({ priority }) => priority),
      ['high'],
    );
    assert.ok(host.log.some(({ msg, priority }) => msg === 'SLA policy rejected' && priority === 'normal'));
    assert.ok(host.log.some(({ msg }) => String(msg).startsWith('no SLA policy for this priority')));
  });

  it('SL6 returns the stored terms, or read-only with its reason, and the audit record says which', async () => {
    const stores: SlaPolicyProvider = { ...policies(), setPolicy: (_, attrs) => ok(attrs as SlaPolicy) };
    const host = await startHost({ slaPolicyProvider: stores }, { worker: false });
    assert.deepEqual(await host.cairnloop.sla.setPolicy('high', high, { actor: operator }), high);
    const refusing = await startHost({ slaPolicyProvider: policies(high) }, { worker: false });
    await assert.rejects(refusing.cairnloop.sla.setPolicy('high', { breachMinutes: 300 }), {
      code: 'SLA_POLICY_REJECTED',
      message: 'The SLA policy for "high" was not stored: read-only.',
    });
    const recorded = ({ cairnloop }: StartedHost) => cairnloop.audit.list({ action: 'sla.policy_changed' });
    assert.deepEqual((await recorded(refusing)).items, []);
    const [event] = (await recorded(host)).items;
    assert.deepEqual([event?.actor, event?.detail], [operator, high]);
  });

  it('SL6 claims no success that the provider did not confirm', async () => {
    const answers: [answer: unknown, says: RegExp][] = [
      [ok(undefined), /found undefined/],
      [ok('x'), /found "x"/],
      [ok({ ...high, responseMinutes: '5' }), /responseMinutes: expected whole minutes/],
      [ok({ responseMinutes: 5, breachMinutes: 10 }), /priority: expected text/],
      [ok({ ...high, priority: 'low' }), /a policy for "low"/],
      [undefined, /neither ok\(\.\.\.\) nor err/],
      [high, /neither ok\(\.\.\.\) nor err/],
    ];
    for (const [answer, says] of answers) {
      const slaPolicyProvider = { ...policies(high), setPolicy: () => answer as never };
      const { cairnloop } = await startHost({ slaPolicyProvider }, { worker: false });
      await assert.rejects(cairnloop.sla.setPolicy('high', { breachMinutes: 300 }), (error: CairnloopError) => {
        assert.deepEqual([error.code, says.test(error.message)], ['SLA_POLICY_REJECTED', true], error.message);
        assert.match(error.message, /stored is unknown/);
        assert.match(error.hint, /Read the policies back/);
        return true;
      });
      assert.deepEqual((await cairnloop.audit.list({ action: 'sla.policy_changed' })).items, []);
    }
  });

  it('SL6 refuses invalid terms before it calls the provider, and passes only terms', async () => {
    const asked: unknown[] = [];
    const slaPolicyProvider: SlaPolicyProvider = {
      ...policies(high),
      setPolicy: (...given) => {
        asked.push(given);
        return ok({ ...high, ...given[1] });
      },
    };
    const { cairnloop } = await startHost({ slaPolicyProvider }, { worker: false });
    const { setPolicy } = cairnloop.sla as unknown as { setPolicy(...given: unknown[]): Promise<SlaPolicy> };
    const terms = { breachMinutes: 300 };
    const wrong: unknown[][] = [
      ['high', null],
      ['high', 'str'],
      ['high', undefined],
      ['high', []],
      ['high', {}],
      ['high', { breachMinutes: undefined }],
      ['high', { bogus: 1 }],
      ['high', { ...terms, bogus: 1 }],
      ['high', { ...terms, priority: 'low' }],
      ['', terms],
      [42, terms],
      ['high', terms, null],
      ['high', terms, { actor: null }],
      ['high', terms, { actor: { id: '' } }],
      ['high', terms, { actor: { id: ' ' } }],
    ];
    for (const given of wrong) await assert.rejects(setPolicy(...given), { code: 'INPUT_INVALID' }, String(given));
    assert.deepEqual(asked, []);
    await setPolicy('high', { ...terms, responseMinutes: undefined, priority: 'high' }, {});
    assert.deepEqual(asked, [['high', { ...terms, priority: 'high' }]]);
    const { items } = await cairnloop.audit.list({ action: 'sla.policy_changed' });
    assert.deepEqual(
      items.map(({ actor, detail }) => [actor, detail]),
      [[{ id: 'system:host' }, { ...terms, priority: 'high' }]],
    );
  });

  it('SL7 without a provider nothing is tracked', async () => {
    const host = await startHost({}, { worker: false });
    await customerAsks(host);
    assert.deepEqual([await clocks(host), await host.cairnloop.sla.activePolicies()], [[], []]);
    await assert.rejects(host.cairnloop.sla.setPolicy('high', high), /no slaPolicyProvider is configured/);
  });
});
