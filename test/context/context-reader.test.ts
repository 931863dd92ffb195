import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { createContextReader } from '../../src/context/context-reader.js';
import type { ContextProvider } from '../../src/contracts/context-provider.js';
import { err, ok } from '../../src/contracts/result.js';
import type { ContextState } from '../../src/telemetry/metrics.js';

const facts = { 'User Details': { name: 'Ann', since: new Date(0) } };
const never = new Promise<never>(() => {});

function readerOf(provider: ContextProvider | undefined, options: { timeoutMs?: number; cacheMs?: number } = {}) {
  const outcomes: ContextState[] = [];
  const logged: unknown[] = [];
  const reader = createContextReader({
    provider,
    timeoutMs: options.timeoutMs ?? 1000,
    cacheMs: options.cacheMs ?? 0,
    log: { warn: (...line: unknown[]) => logged.push(line) } as never,
    onOutcome: (state) => outcomes.push(state),
  });
  return { reader, outcomes, logged };
}

/** A provider that counts its calls. */
function counting(answer: () => unknown) {
  const calls: unknown[][] = [];
  const getContext = (...call: unknown[]) => {
    calls.push(call);
    return answer();
  };
  return { calls, provider: { getContext } as ContextProvider };
}

describe('context/context-reader', () => {
  it('CP1 takes a sync and an async provider, a plain object and a class that uses this', async () => {
    class Accounts implements ContextProvider {
      #name = 'Ann';
      getContext() {
        return ok({ 'User Details': { name: this.#name, since: new Date(0) } });
      }
    }
    const providers = [{ getContext: () => ok(facts) }, { getContext: async () => ok(facts) }, new Accounts()];
    for (const provider of providers) {
      const { state, sections } = await readerOf(provider).reader.get('a');
      assert.equal(state, 'available');
      assert.deepEqual(sections[0]?.entries[0]?.value, { kind: 'text', text: 'Ann', presentation: 'plain' });
    }
  });

  it('CP2 hands the actor id over unchanged', async () => {
    const { calls, provider } = counting(() => ok({}));
    const ids = ['007', 'ann@mail.test', '3f2a6a0e-0000-4000-8000-000000000000', 'Ωμέγα ', '__proto__'];
    for (const id of ids) await readerOf(provider).reader.get(id);
    assert.deepEqual(
      calls.map(([id]) => id),
      ids,
    );
  });

  it('CP2 does not call the provider for an actor id that is no text', async () => {
    const { calls, provider } = counting(() => ok({}));
    const { reader } = readerOf(provider);
    for (const actorId of [42, {}, Symbol('x'), ['a'], true])
      await assert.rejects(reader.get(actorId as never), {
        code: 'INPUT_INVALID',
        message: /actorId: expected a text/,
      });
    assert.equal((await reader.get(undefined as never)).state, 'anonymous');
    assert.deepEqual(calls, []);
  });

  it('CP3 passes a frozen object as opts', async () => {
    const { calls, provider } = counting(() => ok({}));
    await readerOf(provider).reader.get('a');
    assert.deepEqual(calls[0]?.[1], {});
    assert.ok(Object.isFrozen(calls[0]?.[1]));
  });

  it('CP4, CP12 distinguishes a missing provider from a missing actor id, and calls nothing', async () => {
    const { calls, provider } = counting(() => ok(facts));
    assert.equal((await readerOf(undefined).reader.get('a')).state, 'unconfigured');
    assert.equal((await readerOf(provider).reader.get(null)).state, 'anonymous');
    assert.equal(await readerOf(provider).reader.raw(null), null);
    assert.deepEqual(calls, []);
  });

  it('CP5 logs the reason of an err without secrets, and does not return it', async () => {
    const { reader, logged, outcomes } = readerOf({ getContext: () => err('postgres://app:hunter2@db/crm is down') });
    const answer = await reader.get('a');
    assert.equal(answer.state, 'unavailable');
    assert.deepEqual(answer.sections, []);
    assert.ok(!JSON.stringify(answer).includes('crm'));
    assert.match(JSON.stringify(logged), /db\/crm is down/);
    assert.ok(!JSON.stringify(logged).includes('hunter2'));
    assert.deepEqual(outcomes, ['unavailable']);
  });

  it('CP6 a throw, a rejection, a time-out and any malformed return are the same to the caller', async () => {
    const answers: Record<string, () => unknown> = {
      throw: () => {
        throw new Error('no');
      },
      rejection: () => Promise.reject('no'),
      'time-out': () => never,
      nothing: () => undefined,
      'a bare map': () => facts,
      'an empty object': () => ({}),
      'a list': () => ok([facts] as never),
      'a text': () => ok('facts' as never),
      'a null': () => ok(null as never),
      'a truthy ok': () => ({ ok: 'yes', value: facts }),
      'an instance': () => ok(new Error('x') as never),
      'a getter that throws': () => ({
        get ok() {
          throw new Error('no');
        },
      }),
      'a thenable that throws': () => ({
        // biome-ignore lint/suspicious/noThenProperty: hostile on purpose
        then: () => {
          throw new Error('no');
        },
      }),
    };
    for (const [name, answer] of Object.entries(answers)) {
      const { reader, outcomes, logged } = readerOf(counting(answer).provider, { timeoutMs: 20 });
      assert.equal((await reader.get('a')).state, 'unavailable', name);
      assert.equal(await reader.raw('a'), null, name);
      assert.deepEqual(outcomes, ['unavailable', 'unavailable'], name);
      assert.equal(logged.length, 2, name);
    }
  });

  it('CP7 an empty map is a state of its own', async () => {
    const { reader } = readerOf({ getContext: () => ok({}) });
    const { state, sections, fetchedAt } = await reader.get('a');
    assert.deepEqual({ state, sections }, { state: 'empty', sections: [] });
    assert.ok(fetchedAt instanceof Date);
    assert.deepEqual(await reader.raw('a'), {});
  });

  it('gives policy and generator a plain frozen copy, without values that cannot be frozen', async () => {
    const own: Record<string, unknown> = {
      name: 'Ann',
      since: new Date(0),
      big: 1n,
      list: [1, { a: null }],
      run: () => 1,
    };
    own.self = own;
    const { reader } = readerOf({ getContext: () => ok({ User: own }) });
    const copy = await reader.raw('a');
    assert.deepEqual(copy, { User: { name: 'Ann', since: new Date(0), big: 1n, list: [1, { a: null }] } });
    assert.ok(Object.isFrozen(copy?.User));
    assert.ok(!Object.isFrozen(own));
    const polluting = await readerOf({
      getContext: () => ok(JSON.parse('{"__proto__":{"polluted":1},"a":1}')),
    }).reader.raw('a');
    assert.deepEqual(Object.keys(polluting ?? {}), ['a']);
  });

  it('calls the provider once for concurrent readers, and once while the cached facts are fresh', async () => {
    const { calls, provider } = counting(async () => ok(facts));
    const { reader, outcomes } = readerOf(provider, { cacheMs: 60_000 });
    await Promise.all([reader.get('a'), reader.raw('a'), reader.get('a'), reader.get('b')]);
    await reader.get('a');
    assert.deepEqual(
      calls.map(([id]) => id),
      ['a', 'b'],
    );
    assert.equal(outcomes.length, 5);
  });

  it('CP2 keeps the facts of each actor id apart, also of ids that differ in one character', async () => {
    const { reader } = readerOf(
      { getContext: (id) => ok({ Account: { id: JSON.stringify(id) } }) },
      { cacheMs: 60_000 },
    );
    const ids = [
      'ann',
      'Ann',
      'ANN',
      ' ann',
      'ann ',
      'é',
      'e\u0301',
      'ﬁ',
      'fi',
      '１',
      '1',
      '01',
      'a/b',
      'a%2Fb',
      'a\u0000',
    ];
    for (const round of ['asked', 'kept']) {
      for (const id of ids) assert.deepEqual(await reader.raw(id), { Account: { id: JSON.stringify(id) } }, round);
    }
  });

  it('CP6 gives the provider exactly timeoutMs', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      const { reader, outcomes } = readerOf({ getContext: () => never }, { timeoutMs: 3000 });
      const answer = reader.get('a');
      mock.timers.tick(2999);
      await turnOfTheLoop();
      assert.deepEqual(outcomes, []);
      mock.timers.tick(1);
      assert.equal((await answer).state, 'unavailable');
    } finally {
      mock.timers.reset();
    }
  });

  it('CP12 calls the provider every time without a cache', async () => {
    const answers = [ok({ A: { a: 1 } }), ok({ A: { a: 1 }, B: { b: 1 } })];
    const { reader } = readerOf({ getContext: () => answers.shift() ?? ok({}) });
    assert.equal((await reader.get('a')).sections.length, 1);
    assert.equal((await reader.get('a')).sections.length, 2);
  });

  it('does not cache a failure', async () => {
    const answers = [err('down'), ok(facts)];
    const { reader } = readerOf({ getContext: () => answers.shift() ?? err('asked thrice') }, { cacheMs: 60_000 });
    const states = [await reader.get('a'), await reader.get('a'), await reader.get('a')].map(({ state }) => state);
    assert.deepEqual(states, ['unavailable', 'available', 'available']);
  });
});
