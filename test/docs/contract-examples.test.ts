/** The examples of docs/contracts.md and docs/life-cycle.md, run as they stand; a build comes before. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CairnloopConfig } from '../../src/config/config-types.js';
import type { ContractReport } from '../../src/testing.js';
import { atOnce, sentTexts } from '../support/drafting.js';
import { eventually } from '../support/eventually.js';
import { operator, useHosts } from '../support/started-host.js';
import { type TempHost, tempHost } from '../support/temp-host.js';
import { blocksOf, readPage } from './pages.js';

/** Providers that keep what they were handed. */
const providers = `
  export const calls = [];
  const provider = (name) => new Proxy({}, { get: (_, method) => async (...args) => void calls.push([name + '.' + method, ...args]) });
  export const [crm, mailer, pager] = ['crm', 'mailer', 'pager'].map(provider);
`;
const accounts = `
  const ann = { name: 'Ann', lifetimeValue: '$1,200', plan: 'gold', billingStatus: 'active' };
  export const accounts = { find: async (id) => (id === '007' ? ann : undefined) };
`;

describe('the examples of docs/contracts.md', () => {
  const { startHost } = useHosts();
  const blocks = blocksOf(readPage('docs/contracts.md'));
  const named = blocks.flatMap(({ info, code }) => {
    const [, file] = /^file=(\S+)$/.exec(info) ?? [];
    return file ? [[file, code] as const] : [];
  });
  let host: TempHost;
  const load = (file: string) => import(pathToFileURL(path.join(host.folder, file)).href);
  type Modules = Pick<
    CairnloopConfig,
    'contextProvider' | 'notifier' | 'automationPolicy' | 'slaPolicyProvider' | 'draftGenerator'
  >;
  let modules: Modules;

  before(async () => {
    const checks = blocks.find(({ code }) => code.includes("'cairnloop/testing'")) ?? assert.fail('no checks');
    host = tempHost({
      'package.json': { type: 'module' },
      ...Object.fromEntries(named),
      'checks.ts': checks.code,
      'providers.js': providers,
      'accounts.js': accounts,
    });
    modules = Object.assign({}, ...(await Promise.all(named.map(([file]) => load(file)))));
  });
  after(() => host.remove());

  it('are one for each contract', () => {
    assert.deepEqual(Object.keys(modules).sort(), [
      'automationPolicy',
      'contextProvider',
      'draftGenerator',
      'notifier',
      'slaPolicyProvider',
    ]);
  });

  it('the ContextProvider gives the facts of the customer, and none of a stranger', async () => {
    const { cairnloop } = await startHost(modules, { worker: false });
    const { state, sections } = await cairnloop.context.get('007');
    assert.equal(state, 'available');
    assert.deepEqual(
      sections.map(({ header }) => header),
      ['User details', 'Active plan'],
    );
    assert.equal((await cairnloop.context.get('008')).state, 'empty');
  });

  it('the Notifier hands each call to a provider, with its deliveryId as the key', async () => {
    const { calls } = (await load('providers.js')) as { calls: unknown[][] };
    calls.length = 0;
    const { cairnloop, advance } = await startHost(modules);
    const { conversations, outbound, customers } = cairnloop;
    const open = () => conversations.open({ actorId: '007', subject: 'Seats', priority: 'high', message: 'Hello?' });
    const { id } = await open();
    await conversations.reply(id, { content: 'Hello.', actor: operator });
    await outbound.trigger(id, { templateId: 'hello', content: 'All fine now?' });
    await conversations.resolve(id, { resolvedBy: operator });
    await open();
    await advance(241 * 60_000);
    const named = () => calls.map(([name, ...args]) => [name, ...args.slice(0, -1)]);
    const has = (...call: unknown[]) =>
      eventually(() => assert.ok(JSON.stringify(named()).includes(JSON.stringify(call))));
    await has('mailer.send', '007', 'Hello.');
    await has('mailer.send', '007', 'All fine now?');
    await has('crm.sync', id, operator.id);
    await has('pager.page', 'high: Seats');
    await customers.erase('007', { actor: operator, reason: 'asked for' });
    await has('crm.remove', '007');
    const keys = calls.map((call) => (call.at(-1) as { idempotencyKey: string }).idempotencyKey);
    assert.equal(new Set(keys).size, 5);
    for (const key of keys) assert.match(key, /^[0-9a-f-]{36}$/);
  });

  it('DraftGenerator and AutomationPolicy: a draft about invoices waits, is only prepared, or is denied', async () => {
    const host = await startHost({ ...atOnce, ...modules });
    const { conversations, drafts } = host.cairnloop;
    const asked = async (tags: string[]) => {
      const { id } = await conversations.open({ message: 'Where is my invoice?', tags });
      await eventually(async () => assert.equal((await drafts.listForConversation(id)).length, 1));
      return { id, status: (await drafts.listForConversation(id))[0]?.status };
    };
    const { id, status } = await asked([]);
    assert.equal(status, 'pending');
    assert.equal((await asked(['billing'])).status, 'prepared');
    const risky = await drafts.propose(id, { type: 'reply', content: 'Here is your money.', riskTier: 'high' });
    assert.deepEqual([risky.status, risky.content], ['denied', '']);
    assert.deepEqual(await sentTexts(host, id), []);
  });

  it('the SlaPolicyProvider gives the terms, and is read-only', async () => {
    const { cairnloop } = await startHost(modules, { worker: false });
    const { id } = await cairnloop.conversations.open({ priority: 'high', message: 'Hello?' });
    const sla = (await cairnloop.sla.forConversation(id)) ?? assert.fail('no clock');
    assert.equal(Number(sla.breachAt) - Number(sla.startedAt), 240 * 60_000);
    await assert.rejects(cairnloop.sla.setPolicy('high', { breachMinutes: 300 }), { code: 'SLA_POLICY_REJECTED' });
  });

  it('pass the checks of cairnloop/testing', async () => {
    const { reports } = (await load('checks.ts')) as { reports: ContractReport[] };
    for (const report of reports) assert.deepEqual(report.problems, [], String(report));
  });
});

describe('the example of docs/life-cycle.md', () => {
  const { startHost } = useHosts();

  it('takes one conversation through every state, in the order in which it stands', async () => {
    const { notifier } = { notifier: { onConversationResolved() {}, onSlaBreach() {}, onOutboundTriggered() {} } };
    const { cairnloop } = await startHost({ notifier }, { worker: false });
    const [states = assert.fail(), outbound = assert.fail()] = blocksOf(readPage('docs/life-cycle.md'))
      .filter(({ language }) => language === 'ts')
      .map(({ code }) => code);
    const body = `${states}\n${outbound}\nreturn { id, items, waiting, envelope };`;
    const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
    const monday = new Date(Date.now() + 3 * 86_400_000);
    const run = new AsyncFunction('cairnloop', 'mail', 'monday', 'console', body);
    const result = await run(cairnloop, { text: 'Hello?', messageId: 'm-1' }, monday, { log() {} });
    const {
      status,
      csatRating,
      assignee,
      priority,
      metadata,
      messages = [],
    } = await cairnloop.conversations.get(result.id);
    assert.deepEqual([status, csatRating, assignee?.name, priority], ['archived', 'positive', 'Maya', 'high']);
    assert.deepEqual(metadata, { plan: 'pro' });
    assert.deepEqual(result.items, []);
    assert.ok(result.envelope.id);
    const written = messages.map(({ role, content }) => `${role}: ${content}`);
    for (const line of ['customer: Hello?', 'operator: We look into it.', 'internal_note: Seen twice this week.'])
      assert.ok(written.includes(line), written.join('\n'));
  });
});
