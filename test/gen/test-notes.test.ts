import assert from 'node:assert/strict';
import type { HostSnapshot, HostTestSetup } from '../../src/gen/host-snapshot.js';
import { notesOnGeneratedTests } from '../../src/gen/test-notes.js';

const modules = [{ file: 'src/notifier.ts', check: 'checkNotifier' }];
const notes = (tests: Partial<HostTestSetup>, made = modules) => {
  const run = { runner: 'node', other: null, places: [], compiled: null, ...tests };
  return notesOnGeneratedTests({ tests: run, testSuffix: 'test' } as unknown as HostSnapshot, made);
};

describe('gen/test-notes', () => {
  it('names each runner that does not take the test, and the test', () => {
    const names = {
      node: "Node's runner",
      vitest: 'Vitest',
      jest: 'Jest',
      mocha: 'Mocha',
      japa: 'Japa',
      bun: 'Bun',
      deno: 'Deno',
      ava: 'AVA',
      uvu: 'uvu',
      tape: 'tape',
      tap: 'tap',
      jasmine: 'Jasmine',
    };
    const rest = 'so it does not run src/notifier.test.ts: configure it to run them, or move them.';
    for (const [runner, name] of Object.entries(names)) {
      const expected = [`${name} runs no tests of this package, ${rest}`];
      assert.deepEqual(notes({ runner: runner as HostTestSetup['runner'] }), expected);
    }
  });

  it('has no note where nothing is written or the runner takes the test', () => {
    const place = { include: ['**/*.test.ts'], patterns: [], exclude: [], excludePatterns: [] };
    assert.deepEqual(notes({}, []), []);
    assert.deepEqual(notes({ places: [place] }), []);
  });
});
