import assert from 'node:assert/strict';
import { detectFileNameCase, fileNameCases, toFileNameCase } from '../../src/gen/file-name-case.js';

describe('gen/file-name-case', () => {
  it('names a file in each case', () => {
    const named = (name: string) => fileNameCases.map((one) => toFileNameCase(name, one)).join(' ');
    assert.equal(
      named('sla-policy-provider'),
      'sla-policy-provider sla-policy.provider sla_policy_provider slaPolicyProvider SlaPolicyProvider slapolicyprovider',
    );
    assert.equal(named('notifier'), 'notifier notifier notifier notifier Notifier notifier');
  });

  it('sees the case of a name of several words, for every kind of file', () => {
    const seen = (name: string) => detectFileNameCase(name);
    assert.deepEqual(['user-store.ts', 'user-store.test.ts', 'user-store.d.ts'].map(seen), ['kebab', 'kebab', 'kebab']);
    assert.deepEqual(['user_store.js', 'userStore.mjs', 'UserStore.cts'].map(seen), ['snake', 'camel', 'pascal']);
    assert.deepEqual(['user.service.ts', 'user-profile.dto.ts', 'app.e2e-spec.ts'].map(seen), [
      'kind',
      'kind',
      undefined,
    ]);
    assert.deepEqual(['main.ts', '+server.ts', 'vite.config.ts', 'a.b.c.ts'].map(seen), Array(4).fill(undefined));
  });
});
