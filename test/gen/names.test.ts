import assert from 'node:assert/strict';
import {
  chooseUnusedIdentifier,
  importSpecifier,
  normalizeModulePath,
  possibleModulePaths,
} from '../../src/gen/names.js';

describe('gen/names', () => {
  it('recognizes one module under every spelling of its path', () => {
    for (const file of ['src/a.ts', 'src/a.js', 'src/a.mts', 'src/a.cjs', 'src/a', 'src/a/index.ts']) {
      assert.equal(normalizeModulePath(file), 'src/a');
    }
  });

  it('writes import paths with the extensions that the host uses', () => {
    assert.equal(importSpecifier('cairnloop.config.ts', 'src/a.ts', 'js'), './src/a.js');
    assert.equal(importSpecifier('cairnloop.config.ts', 'src/a.ts', 'ts'), './src/a.ts');
    assert.equal(importSpecifier('cairnloop.config.ts', 'src/a.ts', 'none'), './src/a');
    assert.equal(importSpecifier('config/x.mts', 'src/a.mts', 'js'), '../src/a.mjs');
    assert.equal(importSpecifier('cairnloop.config.cjs', 'src/a.cjs', 'none'), './src/a.cjs');
  });

  it('follows relative paths and the aliases of a tsconfig', () => {
    const aliases = { '@/*': ['src/*', 'lib/*'], '#notifier': ['src/notifier.ts'] };
    assert.deepEqual(possibleModulePaths('config/x.ts', '../src/a.js', aliases), ['src/a']);
    assert.deepEqual(possibleModulePaths('x.ts', '@/a', aliases), ['src/a', 'lib/a']);
    assert.deepEqual(possibleModulePaths('x.ts', '#notifier', aliases), ['src/notifier']);
    assert.deepEqual(possibleModulePaths('x.ts', 'express', aliases), []);
  });

  it('takes the first name that is free', () => {
    assert.equal(chooseUnusedIdentifier('a', 'b', new Set()), 'a');
    assert.equal(chooseUnusedIdentifier('a', 'b', new Set(['a'])), 'b');
    assert.equal(chooseUnusedIdentifier('a', 'b', new Set(['a', 'b', 'b2'])), 'b3');
  });

  it('takes every extension of a script and an index off the id of a module, and nothing else', () => {
    const ids: Record<string, string> = {
      'a.d.ts': 'a',
      'a.tsx': 'a',
      'a.cjsx': 'a',
      'index.js': '.',
      index: '.',
      'a/index': 'a',
      'a.json': 'a.json',
      'a.ts.b': 'a.ts.b',
      'my-index.ts': 'my-index',
      'index/a.ts': 'index/a',
      'a.service.ts': 'a.service',
    };
    for (const [file, id] of Object.entries(ids)) assert.equal(normalizeModulePath(file), id, file);
  });

  it('writes the path from any folder, and replaces the extension at its end alone', () => {
    assert.equal(importSpecifier('a/b/x.ts', 'a/c.ts', 'js'), '../c.js');
    assert.equal(importSpecifier('a/x.ts', 'a/b/c.tsx', 'js'), './b/c.js');
    assert.equal(importSpecifier('x.ts', 'a.ts.d/c.cts', 'js'), './a.ts.d/c.cjs');
    assert.equal(importSpecifier('x.ts', 'a.js', 'js'), './a.js');
    assert.equal(importSpecifier('x.ts', 'a.js', 'none'), './a');
    assert.equal(importSpecifier('x.ts', 'a.mts', 'none'), './a.mts');
  });

  it('follows an alias with text on both sides of its star, and into a path that is not normal', () => {
    const aliases = { '@app/*.js': ['./src/../lib/*.ts'], '@': ['./src/index.ts'], '@x': [] };
    assert.deepEqual(possibleModulePaths('x.ts', '@app/a/b.js', aliases), ['lib/a/b']);
    assert.deepEqual(possibleModulePaths('x.ts', '@app/a', aliases), []);
    assert.deepEqual(possibleModulePaths('x.ts', 'x/@app/a.js', aliases), []);
    assert.deepEqual(possibleModulePaths('x.ts', '@', aliases), ['src']);
    assert.deepEqual(possibleModulePaths('x.ts', '@/a', aliases), []);
    assert.deepEqual(possibleModulePaths('a/x.ts', './b', aliases), ['a/b']);
    assert.deepEqual(possibleModulePaths('x.ts', 'any', { '*': ['src/*'] }), ['src/any']);
  });

  it('counts the fallbacks from 2, without a gap', () => {
    const taken = ['a', 'b', 'b2', 'b3'];
    assert.equal(chooseUnusedIdentifier('a', 'b', new Set(taken.slice(0, 2))), 'b2');
    assert.equal(chooseUnusedIdentifier('a', 'b', new Set(taken)), 'b4');
    assert.equal(chooseUnusedIdentifier('a', 'b', new Set(['a', 'b2'])), 'b');
  });
});
