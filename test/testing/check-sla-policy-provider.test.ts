import assert from 'node:assert/strict';
import { err, ok, type Result } from '../../src/contracts/result.js';
import type { SlaPolicy } from '../../src/contracts/sla-policy-provider.js';
import { validateSlaPolicies } from '../../src/sla/validate-policies.js';
import { checkSlaPolicyProvider } from '../../src/testing.js';
import { codesOf } from './codes-of.js';

const high: SlaPolicy = { priority: 'high', responseMinutes: 60, breachMinutes: 240 };
const normal: SlaPolicy = { priority: 'normal', responseMinutes: 5, breachMinutes: 5 };
const readOnly = (...policies: unknown[]) => ({
  getActivePolicies: () => ok(policies as SlaPolicy[]),
  setPolicy: () => err('not_implemented'),
});

/** Stores in memory what it accepts. */
class Terms {
  readonly rows = new Map<string, SlaPolicy>();
  constructor(...rows: SlaPolicy[]) {
    for (const row of rows) this.rows.set(row.priority, row);
  }
  async getActivePolicies(): Promise<Result<SlaPolicy[]>> {
    return ok([...this.rows.values()]);
  }
  async setPolicy(priority: string, attrs: Partial<SlaPolicy>): Promise<Result<SlaPolicy>> {
    const row = { ...this.rows.get(priority), ...attrs, priority } as SlaPolicy;
    const { rejected } = validateSlaPolicies([row]);
    if (rejected.length > 0) return err(rejected[0]?.reason);
    this.rows.set(priority, row);
    return ok(row);
  }
}

describe('checkSlaPolicyProvider', () => {
  it('finds nothing wrong with good providers: none, read-only, stored', async () => {
    for (const provider of [readOnly(), readOnly(high, normal), new Terms(), new Terms(high), new Terms(normal)]) {
      const report = await checkSlaPolicyProvider(provider);
      assert.deepEqual(report.problems, []);
      assert.deepEqual(report.warnings, []);
    }
  });

  it('leaves the terms as they were', async () => {
    const terms = new Terms(high, normal);
    await checkSlaPolicyProvider(terms);
    assert.deepEqual(validateSlaPolicies([...terms.rows.values()]).policies, [high, normal]);
  });

  it('METHOD_MISSING names the method', async () => {
    const report = await checkSlaPolicyProvider({ getActivePolicies: () => ok([]) });
    assert.match(report.problems[0] ?? '', /slaPolicyProvider\.setPolicy: expected a method/);
  });

  it('SL5 INVALID_POLICY names each rejected priority', async () => {
    const wrong = readOnly(high, { ...normal, breachMinutes: 1 }, { priority: 'low', responseMinutes: 0 });
    const report = await checkSlaPolicyProvider(wrong);
    assert.deepEqual(codesOf(report), ['INVALID_POLICY']);
    assert.match(report.problems[0] ?? '', /"normal" \(breachMinutes: .*"low" \(responseMinutes: /);
  });

  it('NOT_A_RESULT: the bare list', async () => {
    const report = await checkSlaPolicyProvider({ ...readOnly(), getActivePolicies: () => [high] });
    assert.deepEqual(codesOf(report), ['NOT_A_RESULT']);
  });

  it('ANSWERS_ERR: the terms cannot be read', async () => {
    const report = await checkSlaPolicyProvider({ ...readOnly(), getActivePolicies: () => err('no table') });
    assert.deepEqual(codesOf(report), ['ANSWERS_ERR']);
    assert.match(report.warnings[0] ?? '', /no table.*no SLA starts/);
  });

  it('THROWS and HANGS', async () => {
    const throwing = { ...readOnly(high), setPolicy: () => assert.fail('read-only') };
    assert.deepEqual(codesOf(await checkSlaPolicyProvider(throwing)), ['THROWS']);
    const hanging = { ...readOnly(), getActivePolicies: () => new Promise(() => {}) };
    assert.deepEqual(codesOf(await checkSlaPolicyProvider(hanging, { timeoutMs: 20 })), ['HANGS']);
  });

  it('NOT_STORED: ok without keeping the terms', async () => {
    const forgetful = {
      ...readOnly(high),
      setPolicy: (priority: string, attrs: object) => ok({ priority, ...attrs }),
    };
    assert.deepEqual(codesOf(await checkSlaPolicyProvider(forgetful)), ['NOT_STORED']);
  });

  it('WRONG_POLICY: ok with the terms from before', async () => {
    class Stale extends Terms {
      override async setPolicy(priority: string, attrs: Partial<SlaPolicy>) {
        const before = this.rows.get(priority) as SlaPolicy;
        const { ok: stored } = await super.setPolicy(priority, attrs);
        return stored ? ok(before) : err('refused');
      }
    }
    assert.deepEqual(codesOf(await checkSlaPolicyProvider(new Stale(high))), ['WRONG_POLICY']);
  });

  it('STORES_INVALID_TERMS: a store that checks nothing, restored afterwards', async () => {
    class Trusting extends Terms {
      override async setPolicy(priority: string, attrs: Partial<SlaPolicy>) {
        const row = { ...this.rows.get(priority), ...attrs, priority } as SlaPolicy;
        this.rows.set(priority, row);
        return ok(row);
      }
    }
    const terms = new Trusting(high);
    const report = await checkSlaPolicyProvider(terms);
    assert.deepEqual(report.problems, []);
    assert.deepEqual(codesOf(report), ['STORES_INVALID_TERMS']);
    assert.match(report.warnings[0] ?? '', /stores a term of 0 minutes/);
    assert.deepEqual(validateSlaPolicies([...terms.rows.values()]).policies, [high]);
  });

  it('FAILS_CONCURRENTLY: one connection for everybody', async () => {
    let busy = false;
    const getActivePolicies = async () => {
      if (busy) return err('busy');
      busy = true;
      await new Promise((resolve) => setImmediate(resolve));
      busy = false;
      return ok([]);
    };
    const report = await checkSlaPolicyProvider({ ...readOnly(), getActivePolicies });
    assert.deepEqual(codesOf(report), ['FAILS_CONCURRENTLY']);
  });

  it('is read once and not written by a dry check', async () => {
    let reads = 0;
    const provider = {
      getActivePolicies: () => {
        reads += 1;
        return ok([high]);
      },
      setPolicy: () => assert.fail('was called'),
    };
    assert.deepEqual((await checkSlaPolicyProvider(provider, { dry: true })).problems, []);
    assert.equal(reads, 1);
  });
});
