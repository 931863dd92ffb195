import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type CairnloopConfig,
  configDefaults,
  configProblems,
  metricsBrand,
  validateConfig,
} from '../../src/config/config-schema.js';
import { defineConfig } from '../../src/config/define-config.js';
import type { Conversation } from '../../src/contracts/domain.js';
import type { Notifier, ResolvedMetadata } from '../../src/contracts/notifier.js';
import { type CairnloopError, type ConfigProblem, isCairnloopError } from '../../src/foundation/errors.js';

const url = 'postgres://app@db.example:5432/app';
const minimal = { database: { url } };

class HostNotifier implements Notifier {
  readonly #seen: string[] = [];
  onConversationResolved(_conversation: Conversation, metadata: ResolvedMetadata): number {
    return this.#seen.push(metadata.deliveryId);
  }
  onSlaBreach(): void {}
  onOutboundTriggered(): void {}
}

function refusal(raw: unknown, file?: string): CairnloopError<'CONFIG_INVALID'> {
  try {
    validateConfig(raw, file);
  } catch (error) {
    assert(isCairnloopError(error), String(error));
    assert.equal(error.code, 'CONFIG_INVALID');
    return error as CairnloopError<'CONFIG_INVALID'>;
  }
  return assert.fail('it was accepted');
}

const paths = (raw: unknown): string[] => configProblems(raw).map((problem) => problem.path);
const only = (raw: unknown): ConfigProblem => {
  const problems = configProblems(raw);
  assert.equal(problems.length, 1, JSON.stringify(problems));
  return problems[0] as ConfigProblem;
};

describe('config/config-schema', () => {
  describe('what is accepted', () => {
    it('fills in every default', () => {
      const database = { url, schema: 'cairnloop', poolSize: 10 };
      assert.deepEqual(validateConfig(minimal), { ...configDefaults, database });
    });

    it('returns a frozen config, in which undefined modules are absent', () => {
      const config = validateConfig({ ...minimal, logger: undefined });
      assert.ok(Object.isFrozen(config));
      assert.deepEqual(Object.keys(config), Object.keys(configDefaults));
    });

    it('treats undefined as absent and keeps given values', () => {
      const config = validateConfig({
        ...minimal,
        worker: { concurrency: 3, leaseMs: undefined },
        ops: undefined,
        notifier: undefined,
        jobs: { backend: 'mongodb', url: 'mongodb://a:27017,b:27017/jobs?replicaSet=r' },
      });
      assert.deepEqual(config.worker, { ...configDefaults.worker, concurrency: 3 });
      assert.deepEqual(config.ops, configDefaults.ops);
      assert.equal('notifier' in config, false);
      assert.deepEqual(config.jobs, { backend: 'mongodb', url: 'mongodb://a:27017,b:27017/jobs?replicaSet=r' });
    });

    it('G1 an instance with private state is the very object that is called', () => {
      const notifier = new HostNotifier();
      const config = validateConfig(defineConfig({ ...minimal, notifier }));
      assert.equal(config.notifier, notifier);
      assert.equal(config.notifier?.onConversationResolved({} as Conversation, { deliveryId: '1', attempt: 1 }), 1);
    });

    it('a function whose own properties fulfil the contract', () => {
      const automationPolicy = Object.assign(() => undefined, { decide: () => 'deny' });
      assert.equal(validateConfig({ ...minimal, automationPolicy }).automationPolicy, automationPolicy);
    });

    it('the metrics of another copy of this package, known by their brand', () => {
      const metrics = { [Symbol.for('cairnloop.metrics')]: true };
      assert.equal(metricsBrand, Symbol.for('cairnloop.metrics'));
      assert.equal(validateConfig({ ...minimal, metrics }).metrics, metrics);
    });

    for (const accepted of [
      'postgresql://u:p%23@[::1]:5432/db',
      'postgres://u:p@/db?host=/run/postgresql',
      'postgres:///db',
    ]) {
      it(`the URL ${accepted}`, () =>
        assert.equal(validateConfig({ database: { url: accepted } }).database.url, accepted));
    }

    it('defineConfig returns its argument, and its type accepts an environment variable', () => {
      const config: CairnloopConfig = {
        database: { url: process.env.CAIRNLOOP_TEST_UNSET },
        jobs: { backend: 'mongodb', url: process.env.CAIRNLOOP_TEST_UNSET },
      };
      assert.equal(defineConfig(config), config);
      assert.deepEqual(paths(config), ['database.url', 'jobs.url']);
    });
  });

  describe('G3 what is refused', () => {
    it('every problem at once, each with path, expected and found, and the file', () => {
      const error = refusal(
        { database: { schema: 'My Schema' }, ops: { port: 70_000 }, notifier: {} },
        'cairnloop.config.ts',
      );
      assert.deepEqual(
        error.details.problems.map((problem) => problem.path),
        [
          'database.url',
          'database.schema',
          'ops.port',
          'notifier.onConversationResolved',
          'notifier.onSlaBreach',
          'notifier.onOutboundTriggered',
        ],
      );
      assert.match(error.message, /^cairnloop\.config\.ts has 6 problems:/);
      assert.match(error.message, /ops\.port: expected a whole number from 0 to 65535, found 70000/);
    });

    const wrong: [title: string, raw: object, path: string, found: string][] = [
      [
        'an unset environment variable',
        { database: { url: undefined } },
        'database.url',
        'undefined (is its environment variable set?)',
      ],
      ['a database of another kind', { database: { url: 'mysql://h/db' } }, 'database.url', 'mysql://h/db'],
      ['a number as text', { worker: { concurrency: '20' } }, 'worker.concurrency', '"20"'],
      ['a fraction', { worker: { maxAttempts: 1.5 } }, 'worker.maxAttempts', '1.5'],
      ['a time that no timer can wait', { worker: { leaseMs: 2 ** 31 } }, 'worker.leaseMs', '2147483648'],
      ['a reserved schema', { database: { url, schema: 'pg_temp' } }, 'database.schema', '"pg_temp"'],
      [
        'a schema that is too long',
        { database: { url, schema: 'a'.repeat(64) } },
        'database.schema',
        `"${'a'.repeat(40)}…"`,
      ],
      ['a schema that is SQL', { database: { url, schema: '"; drop' } }, 'database.schema', '"\\"; drop"'],
      ['an unknown backend', { jobs: { backend: 'redis' } }, 'jobs.backend', '"redis"'],
      ['MongoDB without a URL', { jobs: { backend: 'mongodb' } }, 'jobs.url', 'nothing'],
      ['a jobs URL that would be ignored', { jobs: { url: 'mongodb://u:p@h' } }, 'jobs.url', 'mongodb://***@h'],
      ['a path without a slash', { ops: { healthPath: 'health' } }, 'ops.healthPath', '"health"'],
      ['a path with a slash at its end', { ops: { healthPath: '/h/' } }, 'ops.healthPath', '"/h/"'],
      [
        'the path of the metrics at readiness',
        { ops: { metricsPath: '/health/ready' } },
        'ops.metricsPath',
        '"/health/ready", which is readiness',
      ],
      ['one path for both', { ops: { healthPath: '/metrics' } }, 'ops.metricsPath', '"/metrics" for both'],
      ['a section that is no object', { worker: null }, 'worker', 'null'],
      [
        'a class instead of an instance',
        { notifier: HostNotifier },
        'notifier',
        'the class HostNotifier itself; write new HostNotifier()',
      ],
      ['a promise of a module', { notifier: Promise.resolve() }, 'notifier', 'a promise; await it'],
      ['a function as a contract', { draftGenerator: () => null }, 'draftGenerator', 'a function'],
      ['null as a contract', { contextProvider: null }, 'contextProvider', 'null'],
      [
        'a property in place of a method',
        { automationPolicy: { decide: 'deny' } },
        'automationPolicy.decide',
        'a string',
      ],
      [
        'LP2 an optional method that is none',
        { notifier: { onConversationResolved() {}, onSlaBreach() {}, onOutboundTriggered() {}, onReply: 'mail' } },
        'notifier.onReply',
        'a string',
      ],
      [
        'NT13 a missing method',
        { slaPolicyProvider: { getActivePolicies() {} } },
        'slaPolicyProvider.setPolicy',
        'nothing',
      ],
      ['a short audit key', { audit: { key: 'hunter2' } }, 'audit.key', 'a string of 7 characters'],
      ['an audit key that is blank', { audit: { key: ' '.repeat(40) } }, 'audit.key', 'a string of 40 characters'],
      ['an audit key that is no text', { audit: { key: 12345 } }, 'audit.key', 'a number'],
      [
        'a short previous audit key',
        { audit: { key: 'k'.repeat(32), previousKeys: ['k'.repeat(32), 'hunter2'] } },
        'audit.previousKeys',
        'a list with a string of 7 characters',
      ],
      ['previous audit keys without one in use', { audit: { previousKeys: ['k'.repeat(32)] } }, 'audit.key', 'nothing'],
      ['prometheus that was not called', { metrics: () => ({}) }, 'metrics', 'a function; call it'],
      ['a log level', { log: { level: 'verbose' } }, 'log.level', '"verbose"'],
    ];
    for (const [title, raw, path, found] of wrong) {
      it(title, () => {
        const { expected, ...problem } = only({ ...minimal, ...raw });
        assert.deepEqual(problem, { path, found });
        assert.notEqual(expected, '');
      });
    }

    it('an unknown key, suggesting the nearest', () => {
      const near = only({ ...minimal, worker: { concurency: 1 } });
      assert.deepEqual(near, {
        path: 'worker.concurency',
        expected: 'a known key (did you mean "concurrency"?)',
        found: 'an unknown key',
      });
      assert.match(only({ ...minimal, slaPolicyprovider: {} }).expected, /"slaPolicyProvider"/);
      assert.equal(only({ ...minimal, outbound: { colour: 1 } }).expected, 'one of maxBatchSize');
    });

    it('an unknown key by its path, quoted and cut where it is no plain name', () => {
      const found = (raw: object) => only({ ...minimal, ...raw }).path;
      assert.equal(found({ worker: { $a_1: 1 } }), 'worker.$a_1');
      assert.equal(found({ 'a b': 1 }), '"a b"');
      assert.equal(found({ ops: { '': 1 } }), 'ops.""');
      assert.equal(found({ ['k'.repeat(60)]: 1 }), 'k'.repeat(60));
      assert.equal(found({ ['k'.repeat(61)]: 1 }), `"${'k'.repeat(60)}"`);
      assert.match(
        only({ ...minimal, zzzzzzzz: 1 }).expected,
        /^one of database, jobs, worker, .*metrics, tracing, logger$/,
      );
    });

    it('two ops paths only where both could be paths', () => {
      assert.deepEqual(paths({ ...minimal, ops: { healthPath: 'x', metricsPath: 'x/ready' } }), [
        'ops.healthPath',
        'ops.metricsPath',
      ]);
      assert.deepEqual(paths({ ...minimal, ops: { healthPath: '/m', metricsPath: 7 } }), ['ops.metricsPath']);
      assert.deepEqual(paths({ ...minimal, ops: { healthPath: '/metrics', metricsPath: undefined } }), [
        'ops.metricsPath',
      ]);
      assert.deepEqual(paths({ ...minimal, ops: { healthPath: '/metrics', metricsPath: '/m' } }), []);
    });

    it('the url of jobs by the backend: required, refused, or neither for an unknown one', () => {
      const jobs = (given: object) => configProblems({ ...minimal, jobs: given });
      assert.deepEqual(jobs({ backend: 'postgres' }), []);
      assert.deepEqual(jobs({ backend: undefined, url: undefined }), []);
      assert.equal(jobs({ url: 'mongodb://h/d' })[0]?.expected, 'none, because the postgres backend uses database.url');
      assert.deepEqual(
        jobs({ backend: 'redis', url: 'redis://h' }).map(({ path }) => path),
        ['jobs.backend'],
      );
      assert.deepEqual(jobs({ backend: 'mongodb', url: 'mongodb://h/d' }), []);
      assert.deepEqual(
        jobs({ backend: 'mongodb', url: undefined })[0]?.found,
        'undefined (is its environment variable set?)',
      );
    });

    it('previous audit keys without a key, and no key alone', () => {
      const keys = ['k'.repeat(32)];
      assert.deepEqual(paths({ ...minimal, audit: { key: keys[0], previousKeys: keys } }), []);
      assert.deepEqual(paths({ ...minimal, audit: { key: keys[0] } }), []);
      assert.equal(
        only({ ...minimal, audit: { key: undefined, previousKeys: keys } }).expected,
        'the key that signs new events, because audit.previousKeys is set',
      );
    });

    it('keys that only the prototype of an object has', () => {
      assert.deepEqual(paths(JSON.parse(`{ "database": { "url": "${url}" }, "constructor": {}, "__proto__": {} }`)), [
        'constructor',
        '__proto__',
      ]);
    });

    for (const raw of [undefined, null, 'x', 7, [], () => minimal]) {
      it(`${JSON.stringify(raw) ?? typeof raw} instead of a config`, () => {
        assert.deepEqual(paths(raw), ['config']);
      });
    }
  });

  it('G3 any JSON is refused with complete problems, and never throws another error', () => {
    const keys = fc.constantFrom(...Object.keys(configDefaults), 'notifier', 'metrics', 'automationPolicy', 'other');
    const shaped = fc.dictionary(
      keys,
      fc.oneof(fc.jsonValue(), fc.dictionary(fc.constantFrom('url', 'port', 'x'), fc.jsonValue())),
    );
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), shaped), (raw) => {
        const { problems } = refusal(raw).details;
        assert(problems.length > 0);
        for (const problem of problems) {
          for (const part of [problem.path, problem.expected, problem.found]) assert.match(part, /\S/);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('no message shows user, password or query of a URL, in any key', () => {
    const secret = fc.stringMatching(/^[a-zA-Z0-9#/?:%]{0,6}c4nary[a-zA-Z0-9#/?:@%]{0,6}$/);
    const scheme = fc.constantFrom('postgres', 'mysql', 'mongodb', 'https', 'Postgres');
    fc.assert(
      fc.property(scheme, secret, secret, secret, (protocol, user, password, query) => {
        const leak = `${protocol}://${user}:${password}@db.example/app?sslpassword=${encodeURIComponent(query)}`;
        const sections = Object.entries(configDefaults).map(([name, section]) => {
          const keys = Object.keys({ ...section, ...(name === 'database' || name === 'jobs' ? { url: 1 } : {}) });
          return [name, Object.fromEntries(keys.map((key) => [key, leak]))];
        });
        const raw = {
          ...Object.fromEntries(sections),
          notifier: leak,
          metrics: leak,
          automationPolicy: { decide: leak },
        };
        for (const given of [
          raw,
          { database: leak, jobs: { backend: 'mongodb', url: leak } },
          { jobs: { url: leak } },
        ]) {
          assert.doesNotMatch(refusal(given).message, /c4nary/);
        }
      }),
    );
  });

  it('a password in the place of a URL is not shown', () => {
    assert.doesNotMatch(refusal({ database: { url: 'hunter2' }, worker: { leaseMs: 'hunter2' } }).message, /hunter2/);
  });
});
