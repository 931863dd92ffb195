import assert from 'node:assert/strict';
import { err, ok } from '../../src/contracts/result.js';
import { checkContextProvider } from '../../src/testing.js';
import { codesOf } from './codes-of.js';

const of = (value: unknown) => ({ getContext: () => ok(value as Record<string, unknown>) });

describe('checkContextProvider', () => {
  it('finds nothing wrong with a good provider that knows some ids', async () => {
    class Crm {
      private readonly customers = new Map([
        ['customer-1', { name: 'Ada', since: new Date(0), orders: [1n, 2n], address: { city: 'London', zip: null } }],
        ['customer-2', { name: 'Grace', since: new Date(1), orders: [], address: { city: 'New York', zip: '10001' } }],
      ]);
      async getContext(actorId: string) {
        const customer = this.customers.get(actorId);
        return customer ? ok({ Customer: customer }) : ok({});
      }
    }
    for (const provider of [new Crm(), of({}), of(Object.create(null))]) {
      const report = await checkContextProvider(provider);
      assert.deepEqual(report.problems, []);
      assert.deepEqual(report.warnings, []);
    }
  });

  it('hands actor ids over unchanged and opts as an object', async () => {
    const seen = new Map<string, unknown>();
    const getContext = (actorId: string, opts: unknown) => {
      seen.set(actorId, opts);
      return err('unknown');
    };
    const report = await checkContextProvider({ getContext }, { actorIds: ['42'] });
    for (const id of ['42', '007', '__proto__', 'ada+support@example.com']) assert.deepEqual(seen.get(id), {});
    assert.deepEqual(report.problems, []);
  });

  it('METHOD_MISSING names the method', async () => {
    const report = await checkContextProvider({ get: () => ok({}) });
    assert.match(report.problems[0] ?? '', /contextProvider\.getContext: expected a method/);
  });

  it('ANSWERS_ERR: the known customer is unknown', async () => {
    const report = await checkContextProvider({ getContext: () => err('no customer-1 here') });
    assert.deepEqual(codesOf(report), ['ANSWERS_ERR']);
    assert.match(report.warnings[0] ?? '', /no customer-1 here.*actorIds/);
  });

  it('THROWS for an id that the host cannot parse', async () => {
    const getContext = (actorId: string) => (actorId.startsWith('customer-') ? ok({}) : ok(JSON.parse('{')));
    const report = await checkContextProvider({ getContext });
    assert.deepEqual(codesOf(report), ['THROWS']);
    assert.match(report.problems[0] ?? '', /odd actor ids: threw .* \(actor id "007" and 10 more\)/);
  });

  it('HANGS: a provider that waits for ever', async () => {
    const report = await checkContextProvider({ getContext: () => new Promise(() => {}) }, { timeoutMs: 20 });
    assert.deepEqual(codesOf(report), ['HANGS']);
  });

  it('NOT_A_RESULT: the bare map', async () => {
    const report = await checkContextProvider({ getContext: async () => ({ Plan: { tier: 'gold' } }) });
    assert.deepEqual(codesOf(report), ['NOT_A_RESULT', 'NOT_A_RESULT']);
    assert.match(report.problems[0] ?? '', /expected ok\(map\) or err\(reason\), found an object/);
  });

  for (const [title, value] of [
    ['null', null],
    ['a list', []],
    ['a Map', new Map()],
    ['a model instance', new (class User {})()],
  ] as const) {
    it(`NOT_A_MAP: ok of ${title}`, async () => {
      assert.deepEqual([...new Set(codesOf(await checkContextProvider(of(value))))], ['NOT_A_MAP']);
    });
  }

  it('UNREADABLE: a getter that throws', async () => {
    const map = Object.defineProperty({}, 'Plan', {
      enumerable: true,
      get: () => assert.fail('no plan'),
    });
    assert.deepEqual([...new Set(codesOf(await checkContextProvider(of(map))))], ['UNREADABLE']);
  });

  const cycle: Record<string, unknown> = { name: 'Ada' };
  cycle.self = cycle;
  for (const [title, value, message] of [
    ['a function', { Plan: { renew: () => {} } }, /the map\.Plan\.renew cannot be shown: found a function/],
    ['a class instance', { Plan: { owner: new URL('http://h') } }, /the map\.Plan\.owner .* an instance of URL/],
    ['a cycle', { Customer: cycle }, /the map\.Customer\.self is a cycle/],
    ['seven levels', { a: { b: { c: { d: { e: { f: { g: 1 } } } } } } }, /the map\.a\.b\.c\.d\.e\.f lies deeper/],
  ] as const) {
    it(`UNRENDERABLE: ${title}`, async () => {
      const report = await checkContextProvider(of(value), { dry: true });
      assert.deepEqual(codesOf(report), ['UNRENDERABLE']);
      assert.match(report.warnings[0] ?? '', message);
    });
  }

  it('accepts the same map twice, which is no cycle', async () => {
    const address = { city: 'London' };
    assert.deepEqual(codesOf(await checkContextProvider(of({ Home: address, Work: address }))), []);
  });

  it('MIXES_CUSTOMERS: state is shared between calls', async () => {
    let current = '';
    const getContext = async (actorId: string) => {
      current = actorId;
      await new Promise((resolve) => setImmediate(resolve));
      return ok({ Customer: { id: current } });
    };
    assert.deepEqual(codesOf(await checkContextProvider({ getContext })), ['MIXES_CUSTOMERS']);
  });

  it('FAILS_CONCURRENTLY: one connection for everybody', async () => {
    let busy = false;
    const getContext = async () => {
      if (busy) throw new Error('busy');
      busy = true;
      await new Promise((resolve) => setImmediate(resolve));
      busy = false;
      return ok({});
    };
    assert.deepEqual(codesOf(await checkContextProvider({ getContext })), ['FAILS_CONCURRENTLY']);
  });

  it('is called once by a dry check', async () => {
    const asked: string[] = [];
    const getContext = (actorId: string) => asked.push(actorId) && ok({});
    await checkContextProvider({ getContext }, { dry: true });
    assert.deepEqual(asked, ['customer-1']);
  });
});
