import assert from 'node:assert/strict';
import { configProblems } from '../../src/config/config-schema.js';
import { type ContractKey, contractMethods, contractProblems } from '../../src/config/host-modules.js';
import { openTelemetry, prometheus } from '../../src/index.js';

const method = () => {};
const withMethods = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, method]));
const optional: Partial<Record<ContractKey, string[]>> = { notifier: ['onReply', 'onCustomerErased', 'onAuditAnchor'] };
const logger = { fatal: method, error: method, warn: method, info: method, debug: method, trace: method };
const problems = (modules: object) => configProblems({ database: { url: 'postgres://h/d' }, ...modules });

describe('config/host-modules', () => {
  for (const [contract, methods] of Object.entries(contractMethods)) {
    const key = contract as ContractKey;
    const whole = withMethods(methods);

    it(`${key} takes what has its methods, and names each that is missing`, () => {
      assert.deepEqual(contractProblems(key, whole), []);
      assert.deepEqual(
        contractProblems(
          key,
          Object.assign(() => {}, whole),
        ),
        [],
      );
      for (const name of methods) {
        const problem = { path: `${key}.${name}`, expected: 'a method' };
        assert.deepEqual(contractProblems(key, { ...whole, [name]: undefined }), [{ ...problem, found: 'nothing' }]);
        assert.deepEqual(contractProblems(key, { ...whole, [name]: null }), [{ ...problem, found: 'null' }]);
      }
      for (const name of optional[key] ?? []) {
        assert.deepEqual(contractProblems(key, { ...whole, [name]: undefined }), []);
        const [problem, ...others] = contractProblems(key, { ...whole, [name]: 'x' });
        assert.deepEqual([problem?.path, problem?.found, others], [`${key}.${name}`, 'a string', []]);
      }
    });

    it(`${key} refuses a promise, a class, a function and what is no object, each as one problem`, () => {
      class Made {}
      Object.assign(Made.prototype, { [methods[0] as string]: method });
      const wrong: [value: unknown, found: string][] = [
        [Promise.resolve(), 'a promise; await it'],
        [Made, 'the class Made itself; write new Made()'],
        [class Other {}, 'a function'],
        [() => whole, 'a function'],
        ['x', 'a string'],
        [null, 'null'],
      ];
      for (const [value, found] of wrong) {
        const [problem, ...others] = contractProblems(key, value);
        assert.deepEqual([problem?.path, problem?.found, others], [key, found, []]);
        assert.match(problem?.expected ?? '', new RegExp(`^an object with ${methods.join('(?:, | and )')}$`));
      }
    });
  }

  it('lists the methods that an object lacks as a sentence does', () => {
    const [problem] = contractProblems('notifier', 7);
    assert.equal(problem?.expected, 'an object with onConversationResolved, onSlaBreach and onOutboundTriggered');
  });

  it('metrics and tracing take what their own function returns, and nothing else', () => {
    assert.deepEqual(problems({ metrics: prometheus(), tracing: openTelemetry() }), []);
    for (const [key, maker, other] of [
      ['metrics', prometheus, openTelemetry()],
      ['tracing', openTelemetry, prometheus()],
    ] as const) {
      const expected = `what ${maker.name}() returns`;
      const found = (value: unknown) => problems({ [key]: value });
      assert.deepEqual(found(maker), [{ path: key, expected, found: 'a function; call it' }]);
      assert.deepEqual(found('x'), [{ path: key, expected, found: 'a string' }]);
      assert.deepEqual(found(null), [{ path: key, expected, found: 'null' }]);
      assert.deepEqual(
        found(other).map(({ path }) => path),
        [key],
      );
    }
  });

  it('logger takes an object with the methods of pino, and names those it lacks', () => {
    const expected = 'a pino logger, or an object with fatal, error, warn, info, debug and trace';
    assert.deepEqual(problems({ logger }), []);
    for (const name of Object.keys(logger)) {
      const found = `one without ${name}`;
      assert.deepEqual(problems({ logger: { ...logger, [name]: 1 } }), [{ path: 'logger', expected, found }]);
    }
    assert.deepEqual(problems({ logger: 'x' }), [{ path: 'logger', expected, found: 'a string' }]);
  });
});
