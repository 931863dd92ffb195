import assert from 'node:assert/strict';
import { aiDraftGenerator, templateDraftGenerator } from '../../src/ai/index.js';
import type { Cairnloop } from '../../src/contracts/cairnloop.js';
import { err } from '../../src/contracts/result.js';
import { type CairnloopError, isCairnloopError } from '../../src/foundation/errors.js';
import { createCairnloop } from '../../src/instance/cairnloop.js';
import { prometheus } from '../../src/ops/prometheus.js';
import * as testing from '../../src/testing.js';
import { terms } from '../support/error-causes.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { sourceFiles } from '../support/source-files.js';
import { operator, policies, useHosts } from '../support/started-host.js';

type Args = readonly unknown[];

describe('strict inputs', () => {
  const { startHost } = useHosts();

  const actor = { ...operator };
  const id = '01890000-0000-7000-8000-000000000000';
  const page = { cursor: null, limit: 10 };
  const calendar = { timeZone: 'UTC', hours: { 1: [['09:00', '17:00']] } };

  /** Arguments of every call with every object that it takes. A call that is missing here fails the test. */
  const inputs: Record<string, Args> = {
    'conversations.open': [{ actorId: 'ada' }],
    'conversations.receive': [id, { content: 'Hello' }],
    'conversations.reply': [id, { content: 'Hello', actor }],
    'conversations.note': [id, { content: 'Hello', actor }],
    'conversations.resolve': [id, { resolvedBy: actor }],
    'conversations.reopen': [id, { actor }],
    'conversations.update': [id, { priority: 'high', assignee: { ...actor }, metadata: undefined, actor }],
    'conversations.snooze': [id, { until: null, actor }],
    'conversations.archive': [id, { actor }],
    'conversations.submitCsat': [id, 'positive'],
    'conversations.get': [id],
    'conversations.list': [page],
    'conversations.count': [{ status: 'open' }],
    'conversations.forCustomer': ['ada', page],
    'conversations.getForCustomer': ['ada', id, { limit: 10 }],
    'conversations.markReadForCustomer': ['ada', id, {}],
    'drafts.propose': [id, { type: 'reply', content: 'Hello', evidence: [{ source: 's' }] }],
    'drafts.get': [id],
    'drafts.listForConversation': [id],
    'drafts.approve': [id, { actor }],
    'drafts.edit': [id, { content: 'Hello', actor }],
    'drafts.use': [id, { content: 'Hello', actor }],
    'drafts.discard': [id, { actor }],
    'outbound.trigger': [id, { templateId: 't', content: 'Hello', actor }],
    'outbound.bulkTrigger': [[id], { templateId: 't', content: 'Hello', actor }],
    'outbound.cancel': [id, { actor }],
    'sla.activePolicies': [],
    'sla.setPolicy': ['high', { responseMinutes: 1, calendar }, { actor }],
    'sla.forConversation': [id],
    'sla.explain': [id],
    'sla.pause': [id, { reason: 'r', actor }],
    'sla.resume': [id, { actor }],
    'deliveries.list': [page],
    'deliveries.get': [id],
    'deliveries.retry': [id, { actor }],
    'deliveries.countRetryable': [{ topic: 'outbound' }],
    'deliveries.retryRange': [{ topic: 'outbound' }, { actor }],
    'deliveries.discard': [id, { actor }],
    'context.get': ['ada'],
    'audit.list': [page],
    report: [{ until: undefined }],
    'customers.export': ['ada'],
    'customers.erase': ['ada', { actor, reason: 'asked for', dryRun: false }],
    'telemetry.attach': ['t', 'cairnloop.conversation.opened', () => {}],
    'telemetry.detach': ['t'],
  };
  /** What takes no input, and may stand where a framework calls a hook with an object of its own. */
  const hooks = ['worker.start', 'worker.stop', 'close'];
  /** Mounts have an error of their own for their options. */
  const mounts = ['operations', 'workspace', 'portal'];
  /** It takes an object of another library's, with any keys; its calls are those of the walk. */
  const transactions = ['within'];

  const start = async () => {
    const { notifier } = recordingNotifier();
    const provider = { ...policies(terms), setPolicy: () => err<never>('read-only') };
    return (await startHost({ notifier, slaPolicyProvider: provider }, { worker: false })).cairnloop;
  };

  const refused = (operation: string, key: string) => (error: unknown) => {
    assert.ok(isCairnloopError(error), `${operation}: ${String(error)}`);
    assert.equal(error.code, 'INPUT_INVALID', `${operation} ${key}: ${error.message}`);
    assert.ok(error.message.includes(`${key}: expected `), error.message);
    return true;
  };

  it('LP4 the test below covers every call of the library', async () => {
    assert.deepEqual(
      callsOf(await start()).sort(),
      [...Object.keys(inputs), ...hooks, ...mounts, ...transactions].sort(),
    );
  });

  it('LP4 every call accepts the arguments that the test below starts from', async () => {
    const cairnloop = await start();
    for (const [operation, args] of Object.entries(inputs)) {
      const error = await failureOf(cairnloop, operation, args);
      assert.ok(!isCairnloopError(error) || error.code !== 'INPUT_INVALID', `${operation}: ${String(error)}`);
    }
  });

  it('LP4 an unknown key in any object of any call is INPUT_INVALID, naming it', async () => {
    const cairnloop = await start();
    for (const [operation, args] of Object.entries(inputs))
      for (const { given, path } of withStranger(args)) {
        const error = await failureOf(cairnloop, operation, given);
        refused(operation, path)(error);
      }
  });

  it('LP4 an object that no parameter takes is INPUT_INVALID, naming its first key', async () => {
    const cairnloop = await start();
    for (const [operation, args] of Object.entries(inputs)) {
      const error = await failureOf(cairnloop, operation, [...args, { stranger: 1 }]);
      refused(operation, 'stranger')(error);
    }
    const { id: known } = await cairnloop.conversations.open({});
    assert.equal((await Promise.all([known].map(cairnloop.conversations.get)))[0]?.id, known);
  });

  it('LP4 within a transaction an unknown key, and an object that no parameter takes, are refused in the same way', async () => {
    const { within } = await start();
    const executor = { query: async () => ({ rows: [] }) };
    assert.throws(
      () => (within as (...given: unknown[]) => unknown)(executor, { stranger: 1 }),
      refused('within', 'stranger'),
    );
    const { conversations } = within(executor);
    await assert.rejects(
      conversations.get(...([id, { stranger: 1 }] as unknown as [string])),
      refused('get', 'stranger'),
    );
  });

  it('LP4 a misspelt key is refused with the closest known one', async () => {
    const { conversations, drafts, sla } = await start();
    const slips: [call: () => Promise<unknown>, path: string, meant: string][] = [
      [() => conversations.open({ actorID: 'ada' } as never), 'actorID', 'actorId'],
      [() => conversations.receive(id, { content: 'c', dedupe_key: 'k' } as never), 'dedupe_key', 'dedupeKey'],
      [() => conversations.reply(id, { content: 'c', actor: { ...actor, nme: 'A' } } as never), 'actor.nme', 'name'],
      [
        () => drafts.propose(id, { type: 'reply', content: 'c', evidence: [{ source: 's', qoute: 'q' }] } as never),
        'evidence.0.qoute',
        'quote',
      ],
      [() => drafts.propose(id, { type: 'reply', content: 'c', risktier: 'high' } as never), 'risktier', 'riskTier'],
      [() => sla.setPolicy('high', { responseMinute: 1 } as never), 'attrs.responseMinute', 'responseMinutes'],
      [
        () => sla.setPolicy('high', { responseMinutes: 1, calendar: { ...calendar, timezone: 'UTC' } } as never),
        'attrs.calendar.timezone',
        'timeZone',
      ],
    ];
    for (const [call, path, meant] of slips)
      await assert.rejects(call, (error: CairnloopError) => {
        assert.equal(error.code, 'INPUT_INVALID');
        assert.ok(error.message.includes(`${path}: expected a known key (did you mean "${meant}"?)`), error.message);
        return true;
      });
  });

  it('LP4 keys such as __proto__ and constructor are unknown keys as well', async () => {
    const { conversations } = await start();
    for (const key of ['__proto__', 'constructor', 'toString', '', ' ', 'actorId '])
      await assert.rejects(
        conversations.open(JSON.parse(JSON.stringify({ odd: 1 }).replace('odd', key))),
        refused('conversations.open', key),
      );
    assert.equal(await conversations.count(), 0);
  });

  it('LP4 factories refuse an option that they do not know', async () => {
    const stranger = { stranger: 1 } as never;
    const factories: [operation: string, call: () => unknown][] = [
      ['prometheus', () => prometheus(stranger)],
      ['templateDraftGenerator', () => templateDraftGenerator(stranger)],
      ['templateDraftGenerator', () => templateDraftGenerator({ templates: [stranger] })],
      ['aiDraftGenerator', () => aiDraftGenerator(stranger)],
      ['createCairnloop', () => createCairnloop({ database: { url: 'postgres://localhost/none' } }, stranger)],
      ['check', () => testing.checkNotifier(recordingNotifier().notifier, stranger)],
      ['check', () => testing.checkContextProvider({ getContext: () => ({}) }, stranger)],
      ['check', () => testing.checkAutomationPolicy({ decide: () => 'deny' }, stranger)],
      ['check', () => testing.checkSlaPolicyProvider(policies(terms), stranger)],
    ];
    for (const [operation, call] of factories) await assert.rejects(async () => call(), refused(operation, 'stranger'));
    for (const mount of ['operations', 'workspace', 'portal'] as const) {
      const cairnloop = await start();
      assert.throws(() => cairnloop[mount]({ basePath: '/s', stranger: 1 } as never), { code: 'MOUNT_OPTION_INVALID' });
    }
  });

  it('LP4 no input schema in the source drops unknown keys', () => {
    /** They name their own arguments, or what a model or a provider returned. */
    const positional = [
      'ai/model-proposal.ts',
      'context/context-reader.ts',
      'drafts/proposal.ts',
      'validation/input.ts',
      'sla/policies.ts',
      'telemetry/telemetry.ts',
      'validation/calendar.ts',
      'workspace/presence-messages.ts',
      'workspace/routes/bulk.tsx',
    ];
    const lax = sourceFiles()
      .filter(({ path, text }) => /z\s*\.(object|looseObject)\(/.test(text) && !positional.includes(path))
      .map(({ path }) => path);
    assert.deepEqual(lax, []);
  });
});

/** The names of everything that can be called, to the second level. */
function callsOf(cairnloop: Cairnloop): string[] {
  return Object.entries(cairnloop).flatMap(([name, value]) =>
    typeof value === 'function'
      ? [name]
      : Object.entries(value)
          .filter(([, call]) => typeof call === 'function')
          .map(([key]) => `${name}.${key}`),
  );
}

async function failureOf(cairnloop: Cairnloop, operation: string, args: Args): Promise<unknown> {
  const path = operation.split('.');
  try {
    const call = path.reduce<unknown>((inside, key) => Object(inside)[key], cairnloop);
    await (call as (...given: Args) => unknown)(...args);
    return undefined;
  } catch (error) {
    return error;
  } finally {
    cairnloop.telemetry.detach('t');
  }
}

/** The arguments again and again, each time with an unknown key in another of their objects, and where it is. */
function withStranger(value: unknown, path = ''): { given: never; path: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.entries(value).flatMap(([key, child]) =>
    // Weekdays of a calendar are data, judged with the terms.
    key === 'hours'
      ? []
      : withStranger(child, `${path}.${key}`).map((found) => ({
          given: (Array.isArray(value)
            ? value.map((item, index) => (String(index) === key ? found.given : item))
            : { ...value, [key]: found.given }) as never,
          path: found.path,
        })),
  );
  if (Array.isArray(value)) return inner;
  return [{ given: { ...value, stranger: 1 } as never, path: 'stranger' }, ...inner];
}
