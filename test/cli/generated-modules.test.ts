import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { err, ok } from '../../src/contracts/result.js';
import { unfinishedMethods } from '../../src/gen/unfinished.js';
import type { AutomationPolicy, ContextProvider, Notifier, SlaPolicyProvider } from '../../src/index.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { runMain } from '../support/run-main.js';
import { migrated } from '../support/started-host.js';
import { type TempHost, tempHost } from '../support/temp-host.js';

const send = async (..._sent: unknown[]) => {};

/** What hosts make of them, as close to the generated lines as they may be. */
const finished: Modules = {
  notifier: {
    async onConversationResolved(conversation, metadata) {
      console.info('conversation resolved', { conversationId: conversation.id });
      await send('https://crm.test', metadata.deliveryId); // (not yet for every tenant)
    },
    async onSlaBreach(conversation) {
      await send('SLA breached', conversation.id);
      await send(conversation.priority);
    },
    onOutboundTriggered(message) {
      if (message.content === '') return err('not_implemented');
      return send(message);
    },
    onReply: (message) => send(message),
  },
  contextProvider: {
    getContext: (actorId) => (actorId === '' ? ok({}) : ok({ Account: { actorId } })),
  },
  automationPolicy: {
    decide: ({ riskTier }) => (riskTier === 'low' ? 'allow' : 'require_approval'),
  },
  slaPolicyProvider: {
    getActivePolicies: async () => ok([{ priority: 'high', responseMinutes: 1, breachMinutes: 2 }]),
    setPolicy: () => err('not_implemented'),
  },
};

interface Modules {
  notifier: Notifier;
  automationPolicy: AutomationPolicy;
  contextProvider: ContextProvider;
  slaPolicyProvider: SlaPolicyProvider;
}

/** Generates all four and loads them as the host would. */
async function generate(host: TempHost, extension: string, ...argv: string[]): Promise<Modules> {
  const { exitCode, err: text } = await runMain(host.folder, ['gen', 'all', '--dir', 'modules', ...argv]);
  assert.equal(exitCode, 0, text);
  const load = async (name: string) => {
    const file = path.join(host.folder, `modules/${name}${extension}`);
    return extension === '.cjs' ? createRequire(file)(file) : import(pathToFileURL(file).href);
  };
  const names = ['notifier', 'automation-policy', 'context-provider', 'sla-policy-provider'];
  return Object.assign({}, ...(await Promise.all(names.map(load))));
}

const hosts = {
  'TypeScript ESM': {
    files: { 'package.json': { type: 'module' }, 'tsconfig.json': '{}' },
    extension: '.ts',
  },
  'JavaScript ESM': { files: { 'package.json': { type: 'module' } }, extension: '.js' },
  'JavaScript CommonJS': {
    files: { 'package.json': {}, 'cairnloop.config.cjs': 'module.exports = {\n  database: {},\n};\n' },
    extension: '.cjs',
  },
};

describe('generated modules', () => {
  let host: TempHost;
  afterEach(() => host.remove());

  for (const [name, { files, extension }] of Object.entries(hosts)) {
    it(`G5 in ${name} return the documented defaults`, async () => {
      host = tempHost(files);
      const { automationPolicy, contextProvider, slaPolicyProvider, notifier } = await generate(host, extension);
      assert.equal(await automationPolicy.decide({} as never, {} as never), 'require_approval');
      assert.deepEqual(await contextProvider.getContext('007', {}), ok({}));
      assert.deepEqual(await slaPolicyProvider.getActivePolicies(), ok([]));
      assert.deepEqual(await slaPolicyProvider.setPolicy('high', { responseMinutes: 1 }), err('not_implemented'));
      assert.deepEqual(Object.keys(notifier), [
        'onConversationResolved',
        'onSlaBreach',
        'onOutboundTriggered',
        'onReply',
      ]);
    });
  }

  for (const [name, { files, extension }] of Object.entries(hosts)) {
    it(`in ${name} are found to be unfinished until each is finished`, async () => {
      host = tempHost(files);
      const modules = await generate(host, extension);
      const all = [
        'notifier.onConversationResolved',
        'notifier.onSlaBreach',
        'notifier.onOutboundTriggered',
        'notifier.onReply',
        'contextProvider.getContext',
        'automationPolicy.decide',
        'slaPolicyProvider.getActivePolicies',
      ];
      assert.deepEqual(unfinishedMethods(modules), all);
      assert.deepEqual(unfinishedMethods(finished), []);
      const { onReply: _, ...withoutReplies } = modules.notifier;
      assert.ok(!unfinishedMethods({ ...modules, notifier: withoutReplies }).includes('notifier.onReply'));
    });
  }

  it('are found to be unfinished also where a linter that knows no console, or a compiler, wrote them', async () => {
    const linted = { 'eslint.config.js': "export default [{ rules: { 'no-console': 'error' } }];\n" };
    host = tempHost({ ...hosts['JavaScript ESM'].files, ...linted });
    const { notifier } = await generate(host, '.js');
    assert.equal(unfinishedMethods({ notifier }).length, 4);
    const compiled = {
      getContext: new Function('return (0, cairnloop_1.ok)({});') as ContextProvider['getContext'],
    };
    assert.deepEqual(unfinishedMethods({ contextProvider: compiled }), ['contextProvider.getContext']);
  });

  it('the notifier does not report a message as sent before it sends one', async () => {
    host = tempHost(hosts['JavaScript ESM'].files);
    const { notifier } = await generate(host, '.js');
    const warn = console.warn;
    console.warn = () => {};
    const answer = await notifier.onOutboundTriggered({ id: 'm-1' } as never, {} as never);
    console.warn = warn;
    assert.deepEqual(answer, err('not_implemented'));
    assert.deepEqual(await notifier.onReply?.({} as never, {} as never, {} as never), err('not_implemented'));
  });

  describe('sla --storage database', () => {
    let database: TestDatabase;
    before(async () => {
      database = await createTestDatabase(migrated);
    });
    after(() => database.drop());

    for (const [name, { files, extension }] of Object.entries(hosts)) {
      it(`in ${name} stores the terms in the table that its migration creates`, async () => {
        host = tempHost(files);
        const before = process.env.DATABASE_URL;
        process.env.DATABASE_URL = database.url;
        const { slaPolicyProvider } = await generate(host, extension, '--storage', 'database');
        if (before === undefined) delete process.env.DATABASE_URL;
        else process.env.DATABASE_URL = before;
        await database.query('delete from cairnloop.sla_policies');
        const high = { priority: 'high', responseMinutes: 60, breachMinutes: 240 };
        const calendar = { timeZone: 'Europe/Berlin', hours: { '1': [['09:00', '17:00']] as [string, string][] } };

        assert.deepEqual(await slaPolicyProvider.getActivePolicies(), ok([]));
        assert.deepEqual(await slaPolicyProvider.setPolicy('high', high), ok(high));
        const changed = { ...high, breachMinutes: 300, calendar };
        assert.deepEqual(await slaPolicyProvider.setPolicy('high', { breachMinutes: 300, calendar }), ok(changed));
        assert.deepEqual(await slaPolicyProvider.getActivePolicies(), ok([changed]));

        const wrong = [{ breachMinutes: 1 }, { responseMinutes: 0 }, { responseMinutes: 1.5 }];
        for (const attrs of wrong) assert.equal((await slaPolicyProvider.setPolicy('high', attrs)).ok, false);
        assert.equal((await slaPolicyProvider.setPolicy('new', { responseMinutes: 5 })).ok, false);
        assert.deepEqual(await slaPolicyProvider.getActivePolicies(), ok([changed]));
      });
    }
  });
});
