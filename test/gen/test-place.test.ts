import assert from 'node:assert/strict';
import type { TestFileLocation } from '../../src/gen/host-snapshot.js';
import { chooseTestPlacement } from '../../src/gen/test-place.js';

const none: TestFileLocation = { include: [], patterns: [], exclude: [], excludePatterns: [] };
const place = (
  testPlace: Partial<TestFileLocation>,
  testSuffix: 'test' | 'spec' = 'test',
  file = 'src/a/notifier.ts',
) => {
  const tests = { runner: 'node', other: null, places: [{ ...none, ...testPlace }], compiled: null } as const;
  return chooseTestPlacement(file, { tests, testSuffix }).file;
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

  it('takes the name that the last part of a pattern asks for', () => {
    const names: Record<string, string> = {
      'checks/*.e2e-spec.ts': 'checks/notifier.e2e-spec.ts',
      'checks/*.check.[jt]s': 'checks/notifier.check.ts',
      'checks/*.check.{js,ts}': 'checks/notifier.check.ts',
      'checks/*.check.?(c|m)[jt]s?(x)': 'checks/notifier.check.ts',
      'checks/*.+(check|proof).ts': 'checks/notifier.check.ts',
      'checks/*.@(big|small)-@(check|proof).ts': 'checks/notifier.big-check.ts',
      'checks/?(my.)*?(.big).check.ts': 'checks/notifier.check.ts',
      'checks/check-*.ts': 'checks/check-notifier.ts',
      'checks/**/*.check.*': 'checks/notifier.check.ts',
      '**/check_*.[cm]ts': 'src/a/notifier.test.ts',
      '**/proofs/*.ts': 'src/a/proofs/notifier.test.ts',
    };
    for (const [glob, file] of Object.entries(names)) assert.equal(place({ include: [glob] }), file, glob);
    assert.equal(place({ patterns: ['/checks/[^/]*\\.e2e-spec\\.ts$'] }), 'checks/notifier.e2e-spec.ts');
    assert.equal(place({ patterns: ['\\.unit\\.ts$'] }), 'src/a/notifier.unit.ts');
  });

  it('says whether the runner takes the file, also one that tsc compiles for it', () => {
    const placed = (places: Partial<TestFileLocation>[], compiled: { from: string; to: string } | null = null) =>
      chooseTestPlacement('src/a/notifier.ts', {
        tests: { runner: 'node', other: null, places: places.map((one) => ({ ...none, ...one })), compiled },
        testSuffix: 'test',
      });
    assert.deepEqual(placed([]), { file: 'src/a/notifier.test.ts', isRun: false });
    assert.deepEqual(placed([{ include: ['**/*.test.ts'] }]), { file: 'src/a/notifier.test.ts', isRun: true });
    const built = [{ include: ['dist/**/*.spec.js'] }];
    assert.deepEqual(placed(built), { file: 'src/a/notifier.test.ts', isRun: false });
    const compiled = { from: 'src', to: 'dist' };
    assert.deepEqual(placed(built, compiled), { file: 'src/a/notifier.spec.ts', isRun: true });
    assert.deepEqual(placed(built, { from: 'other', to: 'dist' }).file, 'other/notifier.spec.ts');
    const browser = { include: ['**/*.test.ts'], isBrowser: true };
    assert.equal(placed([browser]).file, 'src/a/notifier.test.ts');
    assert.equal(placed([browser, { include: ['test/*.ts'] }]).file, 'test/notifier.test.ts');
    assert.equal(
      placed([{ include: ['**/*.ts'], only: 'checks' }, { include: ['checks/**'] }]).file,
      'checks/notifier.test.ts',
    );
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
