import assert from 'node:assert/strict';
import { configDefaults } from '../../src/config/config-schema.js';
import { type ConfigKeyRule, configKeyRules, metricsPathProblem } from '../../src/config/key-rules.js';

const maxMs = 2_147_483_647;
const rule = (key: string): ConfigKeyRule => {
  const [section = '', name = ''] = key.split('.');
  return (configKeyRules as Record<string, Record<string, ConfigKeyRule>>)[section]?.[name] ?? assert.fail(key);
};

describe('config/key-rules', () => {
  const bounds: Record<string, [min: number, max: number]> = {
    'database.poolSize': [1, 1000],
    'worker.concurrency': [1, 1000],
    'worker.callbackTimeoutMs': [1, maxMs],
    'worker.leaseMs': [100, maxMs],
    'worker.maxAttempts': [1, 1000],
    'worker.shutdownTimeoutMs': [0, maxMs],
    'ops.port': [0, 65_535],
    'outbound.maxBatchSize': [1, 100_000],
    'context.timeoutMs': [1, maxMs],
    'context.cacheMs': [0, maxMs],
    'drafts.debounceMs': [0, maxMs],
    'retention.doneDays': [0, 36_500],
    'retention.resolvedDays': [1, 36_500],
  };
  for (const [key, [min, max]] of Object.entries(bounds)) {
    it(`${key} takes the whole numbers from ${min} to ${max} and says so`, () => {
      const { accepts, expected } = rule(key);
      assert.deepEqual([min - 1, min, max, max + 1].map(accepts), [false, true, true, false]);
      assert.match(expected, new RegExp(`^a whole number from ${min} to ${max}(, or null)?$`));
    });
  }

  it('has its bounds tested for every key whose default is a number', () => {
    const numbers = Object.entries(configDefaults).flatMap(([section, keys]) =>
      Object.entries(keys).flatMap(([key, value]) => (typeof value === 'number' ? [`${section}.${key}`] : [])),
    );
    assert.deepEqual(
      numbers.filter((key) => !(key in bounds)),
      [],
    );
  });

  it('retention.resolvedDays alone takes null, which keeps conversations for ever', () => {
    const taken = Object.keys(bounds).filter((key) => rule(key).accepts(null));
    assert.deepEqual(taken, ['retention.resolvedDays']);
    assert.match(rule('retention.resolvedDays').expected, /, or null$/);
  });

  const texts: Record<string, { accepted: unknown[]; refused: unknown[] }> = {
    'database.schema': {
      accepted: ['cairnloop', '_a1', 'a'.repeat(63), 'my_pg_schema'],
      refused: ['', 'A', '1a', 'a-b', 'a'.repeat(64), 'pg_a', ' a', 'a '],
    },
    'jobs.backend': { accepted: ['postgres', 'mongodb'], refused: ['', 'Postgres', 'redis', null] },
    'jobs.url': {
      accepted: ['mongodb://h:1/d', 'mongodb+srv://h/d', 'mongodb://a:1,b:2/d?replicaSet=r'],
      refused: ['mongodb://', 'mongodb://h/d d', ' mongodb://h', 'xmongodb://h', 'postgres://h/d', 7],
    },
    'ops.host': {
      accepted: ['0.0.0.0', '::1', 'fe80::1%eth0', 'my-host.example'],
      refused: ['', 'a b', 'a/b', '[::1]'],
    },
    'ops.healthPath': {
      accepted: ['/h', '/a/b', '/a-b_c.d~e', '/.well-known', '/...'],
      refused: ['', '/', 'h', '/h/', '//h', '/.', '/..', '/a/../b', '/a b', '/:id', '/*', '/h?x', 7],
    },
    'log.level': { accepted: ['info', 'silent'], refused: ['verbose', 'INFO', ''] },
    'retention.keep': { accepted: ['nothing', 'shape'], refused: ['all', '', null] },
    'audit.key': { accepted: ['k'.repeat(32)], refused: ['k'.repeat(31), `${'k'.repeat(31)} `, 7, null] },
    'audit.previousKeys': {
      accepted: [[], ['k'.repeat(32)], ['k'.repeat(32), 'l'.repeat(33)]],
      refused: ['k'.repeat(32), ['k'.repeat(32), 'k'.repeat(31)], [7], null],
    },
    'database.url': {
      accepted: ['postgres://h/d', 'postgresql://u:p@h:1/d?sslmode=require', 'postgres://u:p@/d?host=/run'],
      refused: [
        '',
        'h/d',
        'mysql://h/d',
        'xpostgres://h/d',
        'postgres://u:p#w@h/d',
        'postgres://u:p/w@h/d',
        'postgres://h:x/d',
      ],
    },
  };
  for (const [key, { accepted, refused }] of Object.entries(texts)) {
    it(`${key} takes and refuses`, () => {
      for (const value of accepted) assert.equal(rule(key).accepts(value), true, JSON.stringify(value));
      for (const value of refused) assert.equal(rule(key).accepts(value), false, JSON.stringify(value));
      for (const value of [undefined, {}, Number.NaN]) assert.equal(rule(key).accepts(value), false, String(value));
    });
  }

  it('says in full what each key of text expects', () => {
    const expected = Object.fromEntries(Object.keys(texts).map((key) => [key, rule(key).expected]));
    const path = 'a path such as "/health" of letters, digits, "-", "_", "." and "~", without "/" at its end';
    assert.deepEqual(expected, {
      'database.schema': 'a lower-case Postgres identifier of at most 63 characters, not "pg_…"',
      'jobs.backend': 'one of "postgres", "mongodb"',
      'jobs.url': 'a URL such as mongodb://host:27017/database',
      'ops.host': 'a host name or address',
      'ops.healthPath': path,
      'log.level': 'one of "fatal", "error", "warn", "info", "debug", "trace", "silent"',
      'retention.keep': 'one of "nothing", "shape"',
      'audit.key': 'a secret of at least 32 characters, e.g. from `openssl rand -hex 32`',
      'audit.previousKeys': 'a list of secrets of at least 32 characters each',
      'database.url': 'a URL such as postgres://localhost:5432/app (user and password percent-encoded)',
    });
    assert.equal(rule('ops.metricsPath').expected, path);
  });

  it('describes a refused value without its secret', () => {
    const found = (key: string, value: unknown) => rule(key).found(value);
    assert.equal(found('audit.previousKeys', 'hunter2'), 'a string');
    assert.equal(found('audit.previousKeys', ['k'.repeat(32), 7]), 'a list with a number');
    assert.equal(found('audit.key', null), 'null');
    assert.equal(found('database.url', undefined), 'undefined (is its environment variable set?)');
    assert.equal(found('database.url', 7), '7');
    assert.equal(found('jobs.url', 'mysql://u:hunter2@h/d'), 'mysql://***@h/d');
  });

  it('names a URL that is a placeholder still', () => {
    const placeholders = [
      'postgres://user:password@<host>:5432/app',
      'postgres://user:password@host:5432/app',
      'postgres://user:password@your-db-host/app',
      'postgres://user@db.example.com/app',
      'postgres://user@localhost:<port>/app',
      'postgres://user@localhost:port/app',
      'changeme',
      'change-me',
      ' TODO ',
      'xxxx',
      'replace_me',
      'your-database-url',
      '<url>',
      '[url]',
      '{{ url }}',
      'null',
    ];
    for (const value of placeholders) assert.equal(rule('database.url').found(value), 'a placeholder', value);
    const others = [
      'mysql://u@db.internal:3306/app',
      'mysql://u@hosting.internal/a',
      'mysql://u@h/todo',
      'mysql://u@h/port',
    ];
    for (const value of others) assert.notEqual(rule('database.url').found(value), 'a placeholder', value);
  });

  it('refuses a metrics path that health or readiness has, and says which', () => {
    assert.deepEqual(metricsPathProblem('/h', '/h'), {
      path: 'metricsPath',
      expected: 'another path than ops.healthPath',
      found: '"/h" for both',
    });
    assert.deepEqual(metricsPathProblem('/h', '/h/ready'), {
      path: 'metricsPath',
      expected: 'another path than those of health and readiness',
      found: '"/h/ready", which is readiness',
    });
    for (const path of ['/m', '/h/live', '/ready']) assert.equal(metricsPathProblem('/h', path), undefined);
  });
});
