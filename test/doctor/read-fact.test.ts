import assert from 'node:assert/strict';
import { readDoctorFact } from '../../src/doctor/read-fact.js';
import { CairnloopError } from '../../src/foundation/errors.js';

const look = { what: 'the vault', because: 'the vault is shut', fix: 'open it', timeoutMs: 20 };

describe('doctor/read-fact', () => {
  it('returns the value that was read', async () => {
    assert.deepEqual(await readDoctorFact(look, async () => 7), { state: 'known', value: 7 });
  });

  it('turns a throw, a rejection and a time-out into a failed fact, without credentials', async () => {
    const because = 'the vault is shut';
    const thrown = await readDoctorFact(look, () => assert.fail('no redis://u:hunter2@h'));
    const message = 'the vault: no redis://[redacted]@h.';
    assert.deepEqual(thrown, { state: 'failed', message, fix: 'open it', because });
    const hung = await readDoctorFact(look, () => new Promise<never>(() => {}));
    assert.deepEqual(hung, {
      state: 'failed',
      message: 'the vault did not settle within 20 ms.',
      fix: 'open it',
      because,
    });
  });

  it('ends every message with a full stop, also one from the host', async () => {
    for (const [reason, told] of [
      ['no vault (config.js:3)', 'no vault (config.js:3).'],
      ['No vault.', 'No vault.'],
    ] as const) {
      const found = await readDoctorFact(look, () => {
        throw new CairnloopError('CONFIG_IMPORT_FAILED', { file: 'config.js', reason });
      });
      assert.ok(found.state === 'failed');
      assert.equal(found.message, `config.js could not be imported: ${told}`);
    }
  });

  it('uses the hint of an expected failure', async () => {
    const reason = 'password=hunter2 refused';
    const found = await readDoctorFact(look, () => {
      throw new CairnloopError('DATABASE_UNREACHABLE', { target: 'db:5432/app', reason });
    });
    assert.ok(found.state === 'failed');
    assert.match(found.message, /db:5432\/app cannot be reached: password=\[redacted\] refused/);
    assert.match(found.fix, /^Check that Postgres is running/);
  });
});
