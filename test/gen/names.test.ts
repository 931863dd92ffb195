import assert from 'node:assert/strict';
import { moduleId, possibleModuleIds, specifier, unusedName } from '../../src/gen/names.js';

describe('gen/names', () => {
  it('recognizes one module under every spelling of its path', () => {
    for (const file of ['src/a.ts', 'src/a.js', 'src/a.mts', 'src/a.cjs', 'src/a', 'src/a/index.ts']) {
      assert.equal(moduleId(file), 'src/a');
    }
  });

  it('writes import paths with the extensions that the host uses', () => {
    assert.equal(specifier('cairnloop.config.ts', 'src/a.ts', 'js'), './src/a.js');
    assert.equal(specifier('cairnloop.config.ts', 'src/a.ts', 'ts'), './src/a.ts');
    assert.equal(specifier('cairnloop.config.ts', 'src/a.ts', 'none'), './src/a');
    assert.equal(specifier('config/x.mts', 'src/a.mts', 'js'), '../src/a.mjs');
    assert.equal(specifier('cairnloop.config.cjs', 'src/a.cjs', 'none'), './src/a.cjs');
  });

  it('follows relative paths and the aliases of a tsconfig', () => {
    const aliases = { '@/*': ['src/*', 'lib/*'], '#notifier': ['src/notifier.ts'] };
    assert.deepEqual(possibleModuleIds('config/x.ts', '../src/a.js', aliases), ['src/a']);
    assert.deepEqual(possibleModuleIds('x.ts', '@/a', aliases), ['src/a', 'lib/a']);
    assert.deepEqual(possibleModuleIds('x.ts', '#notifier', aliases), ['src/notifier']);
    assert.deepEqual(possibleModuleIds('x.ts', 'express', aliases), []);
  });

  it('takes the first name that is free', () => {
    assert.equal(unusedName('a', 'b', new Set()), 'a');
    assert.equal(unusedName('a', 'b', new Set(['a'])), 'b');
    assert.equal(unusedName('a', 'b', new Set(['a', 'b', 'b2'])), 'b3');
  });
});
