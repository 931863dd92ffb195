import assert from 'node:assert/strict';
import { applyFileChangePlan } from '../../src/host-project/apply-plan.js';
import { type TempHost, tempHost } from '../support/temp-host.js';
import { treeOf } from '../support/tree.js';

describe('host-project/apply-plan', () => {
  let host: TempHost;
  beforeEach(() => {
    host = tempHost({ 'package.json': '{}', 'a.txt': 'one\n' });
  });
  afterEach(() => host.remove());
  const change = (file: string, before: string | null, after: string | null) =>
    ({ path: file, outcome: 'updated', before, after }) as const;

  it('refuses when a file changed since it was read, and writes none', () => {
    const before = treeOf(host.folder);
    const changes = [change('b.txt', null, 'b\n'), change('a.txt', 'other\n', 'two\n')];
    assert.throws(() => applyFileChangePlan({ root: host.folder, changes, notes: [] }), { code: 'FILE_CHANGED' });
    assert.deepEqual(treeOf(host.folder), before);
  });

  it('refuses to create a file that exists meanwhile', () => {
    const plan = { root: host.folder, changes: [change('a.txt', null, 'two\n')], notes: [] };
    assert.throws(() => applyFileChangePlan(plan), { code: 'FILE_CHANGED' });
  });

  it('writes all files or none: a failure restores those already written', () => {
    const before = treeOf(host.folder);
    const long = `${'x'.repeat(300)}.txt`;
    const changes = [
      change('new/b.txt', null, 'b\n'),
      change('a.txt', 'one\n', 'two\n'),
      change(`new/${long}`, null, 'c'),
    ];
    assert.throws(() => applyFileChangePlan({ root: host.folder, changes, notes: [] }), {
      code: 'WRITE_FAILED',
      message: new RegExp(`^new/${long} could not be written: `),
    });
    assert.deepEqual(treeOf(host.folder), before);
  });

  it('restores files already replaced when the last one cannot be written', () => {
    host.write('folder/inside.txt', '');
    const before = treeOf(host.folder);
    const changes = [change('a.txt', 'one\n', 'two\n'), change('folder', null, 'not a folder')];
    assert.throws(() => applyFileChangePlan({ root: host.folder, changes, notes: [] }), {
      code: 'WRITE_FAILED',
      message: /^folder could not be written: /,
    });
    assert.deepEqual(treeOf(host.folder), before);
  });
});
