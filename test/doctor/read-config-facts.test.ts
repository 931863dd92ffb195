import assert from 'node:assert/strict';
import { configProblems, validateConfig } from '../../src/config/config-schema.js';
import { toConfigWithoutInvalidKeys } from '../../src/doctor/read-config-facts.js';

const url = 'postgres://app@db.internal/app';
const salvaged = (raw: unknown) => toConfigWithoutInvalidKeys(raw, configProblems(raw));

describe('doctor/read-config-facts', () => {
  it('keeps all of a good config', () => {
    const raw = { database: { url }, worker: { concurrency: 5 }, contextProvider: { getContext() {} } };
    const { databaseUrl, ...config } = salvaged(raw);
    assert.deepEqual(config, validateConfig(raw));
    assert.equal(databaseUrl, url);
  });

  it('leaves out wrong keys and keeps the rest', () => {
    const config = salvaged({
      database: { url, schema: 'Not This' },
      worker: { concurrency: 0, leaseMs: 5000 },
      ops: 'everywhere',
      wroker: {},
      notifier: { onSlaBreach() {} },
      metrics: {},
    });
    assert.equal(config.databaseUrl, url);
    assert.equal(config.database.schema, 'cairnloop');
    assert.deepEqual([config.worker.concurrency, config.worker.leaseMs], [20, 5000]);
    assert.equal(config.ops.port, 9464);
    assert.deepEqual([config.notifier, config.metrics], [undefined, undefined]);
  });

  it('has no database URL if that is wrong, or if there is no config', () => {
    for (const raw of [{ database: { url: 'mysql://db' } }, {}, null, 7, []]) {
      assert.equal(salvaged(raw).databaseUrl, undefined);
    }
  });
});
