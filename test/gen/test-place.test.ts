import assert from 'node:assert/strict';
import type { TestPlace } from '../../src/gen/host-snapshot.js';
import { placeTest } from '../../src/gen/test-place.js';

const none: TestPlace = { include: [], patterns: [], exclude: [], excludePatterns: [] };
const place = (testPlace: Partial<TestPlace>, testSuffix: 'test' | 'spec' = 'test', file = 'src/a/notifier.ts') => {
  const tests = { runner: 'node', other: null, places: [{ ...none, ...testPlace }], compiled: null } as const;
  return placeTest(file, { tests, testSuffix }).file;
};

describe('gen/test-place', () => {
  it('stands beside the module where the runner looks nowhere that is known', () => {
    assert.equal(place({}), 'src/a/notifier.test.ts');
    assert.equal(place({}, 'spec'), 'src/a/notifier.spec.ts');
    assert.equal(place({}, 'test', 'notifier.mjs'), 'notifier.test.mjs');
  });

  it('prefers the place beside the module, and the name of the other tests', () => {
    assert.equal(place({ include: ['**/*.ts'] }), 'src/a/notifier.test.ts');
    assert.equal(place({ include: ['**/*.{test,spec}.ts'] }, 'spec'), 'src/a/notifier.spec.ts');
    assert.equal(place({ include: ['**/*.spec.ts'] }), 'src/a/notifier.spec.ts');
    assert.equal(place({ include: ['**/*.test.ts'] }, 'spec'), 'src/a/notifier.test.ts');
    assert.equal(place({ include: ['**/*_test.ts'] }), 'src/a/notifier_test.ts');
    assert.equal(place({ include: ['**/*-test.ts'] }), 'src/a/notifier-test.ts');
  });

  it('takes the folder that the pattern of the runner begins with, also one in another', () => {
    assert.equal(place({ include: ['checks/**/*.test.ts'] }), 'checks/notifier.test.ts');
    assert.equal(place({ include: ['checks/unit/**/*.test.ts'] }), 'checks/unit/notifier.test.ts');
    assert.equal(place({ include: ['checks/*/*.test.ts'] }), 'checks/unit/notifier.test.ts');
    assert.equal(
      place({ include: ['checks/*/*/*.test.ts', 'checks/__tests__/*.ts'] }),
      'checks/__tests__/notifier.test.ts',
    );
    assert.equal(
      place({ include: ['checks/**/*.ts'], exclude: ['**/*.{test,spec}.ts', '**/*{_,-}test.ts'] }),
      'checks/notifier.ts',
    );
    assert.equal(place({ include: ['checks/main.test.ts', 'checks/*.spec.ts'] }), 'checks/notifier.spec.ts');
  });

  it('takes a usual folder, or a root, for a pattern over the path', () => {
    for (const folder of ['src/a/__tests__', 'test', 'tests', '__tests__', 'spec', 'test/unit', 'tests/__tests__']) {
      assert.equal(place({ patterns: [`^/${folder}/[^/]*$`] }), `${folder}/notifier.test.ts`);
    }
    const roots = { roots: ['checks'], patterns: ['\\.test\\.ts$'] };
    assert.equal(place(roots), 'checks/notifier.test.ts');
    assert.equal(place({ ...roots, roots: ['other', 'src'] }), 'src/a/notifier.test.ts');
    assert.equal(place({ ...roots, roots: ['sr'] }), 'sr/notifier.test.ts');
  });

  it('avoids what the runner leaves out, and survives a pattern with a mistake', () => {
    const include = ['**/*.test.ts'];
    assert.equal(place({ include, exclude: ['src/**'] }), 'test/notifier.test.ts');
    assert.equal(place({ include, excludePatterns: ['^/src/'] }), 'test/notifier.test.ts');
    assert.equal(place({ include, excludePatterns: ['(', '^/src/'] }), 'test/notifier.test.ts');
    assert.equal(place({ include, exclude: ['**'] }), 'src/a/notifier.test.ts');
    assert.equal(place({ include }, 'test', '.hidden/notifier.ts'), '.hidden/notifier.test.ts');
  });
});
