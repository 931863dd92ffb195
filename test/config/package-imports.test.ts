import assert from 'node:assert/strict';
import path from 'node:path';
import { resolvePackageImport } from '../../src/config/package-imports.js';
import { tempHost } from '../support/temp-host.js';

function targetsOf(manifest: object, specifier: string) {
  const host = tempHost({ 'package.json': manifest }, []);
  try {
    const { ofNode, ofSources } = resolvePackageImport(path.join(host.folder, 'src/a.ts'), specifier);
    const relative = (files: readonly string[]) => files.map((file) => path.relative(host.folder, file));
    return { ofNode: relative(ofNode), ofSources: relative(ofSources) };
  } finally {
    host.remove();
  }
}

describe('config/package-imports', () => {
  it('takes the exact name, then the pattern with the longest start, in any order of the keys they are written', () => {
    const targets = { '#*': './any/*.js', '#a/*': './a/*.js', '#a/b': './exact.js', '#a/b/*': './longest/*.js' };
    const means = { '#a/b': 'exact.js', '#a/b/c': 'longest/c.js', '#a/c': 'a/c.js', '#c': 'any/c.js' };
    for (const entries of [Object.entries(targets), Object.entries(targets).reverse()]) {
      for (const [specifier, target] of Object.entries(means)) {
        assert.deepEqual(targetsOf({ imports: Object.fromEntries(entries) }, specifier).ofNode, [target], specifier);
      }
    }
    assert.deepEqual(targetsOf({ imports: { '#a/*.js': './a/*.mjs' } }, '#a/b.css').ofNode, []);
  });

  it('maps build output to its sources, from every usual output folder', () => {
    for (const folder of ['dist', 'build', 'out', 'lib', 'output']) {
      const { ofSources } = targetsOf({ imports: { '#a': `./${folder}/b/a.js` } }, '#a');
      assert.deepEqual(ofSources, [`${folder}/b/a.js`, 'src/b/a.js', 'b/a.js']);
    }
    assert.deepEqual(targetsOf({ imports: { '#a': './other/a.js' } }, '#a').ofSources, ['other/a.js']);
  });

  it('resolves the name of the package itself, and of no other', () => {
    const own = { name: 'host', exports: { '.': './index.js', './*': './lib/*.js' } };
    assert.deepEqual(targetsOf(own, 'host').ofNode, ['index.js']);
    assert.deepEqual(targetsOf(own, 'host/a').ofNode, ['lib/a.js']);
    assert.deepEqual(targetsOf({ name: 'host', exports: { import: './main.js' } }, 'host').ofNode, ['main.js']);
    for (const other of ['hostile', 'host-tools/a', 'pg', '#a']) assert.deepEqual(targetsOf(own, other).ofNode, []);
    assert.deepEqual(targetsOf({ exports: './main.js' }, 'undefined').ofNode, []);
  });

  it('follows the conditions of Node for what exists, and those of sources except of types and browsers', () => {
    const conditions = { types: './a.d.ts', browser: './web.js', worker: './w.js', development: './a.ts' };
    const { ofNode, ofSources } = targetsOf({ imports: { '#a': { ...conditions, default: ['./a.js', 'pg'] } } }, '#a');
    assert.deepEqual([ofNode, ofSources], [['a.js'], ['a.ts', 'a.js']]);
  });
});
