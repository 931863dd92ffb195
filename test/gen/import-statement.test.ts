import assert from 'node:assert/strict';
import { renderImportLines } from '../../src/gen/import-statement.js';
import { detectModuleSyntax } from '../../src/gen/module-syntax.js';
import { parseSourceFile } from '../../src/gen/parse-source.js';

describe('gen/import-statement', () => {
  it('imports values and types in each module syntax', () => {
    const from = 'cairnloop';
    const both = { from, values: 'err, ok', types: 'Notifier' };
    const type = "import type { Notifier } from 'cairnloop';";
    assert.equal(renderImportLines(both, 'esm'), `${type}\nimport { err, ok } from 'cairnloop';`);
    assert.equal(renderImportLines(both, 'commonjs'), `${type}\nconst { err, ok } = require('cairnloop');`);
    assert.equal(
      renderImportLines(both, 'export-equals'),
      `${type}\nimport cairnloop = require('cairnloop');\nimport err = cairnloop.err;\nimport ok = cairnloop.ok;`,
    );
    assert.equal(renderImportLines({ from, types: 'Notifier' }, 'commonjs'), type);
    assert.equal(renderImportLines({ from }, 'esm'), '');
  });

  it('makes a name from a path for the whole module, and takes a module of the host as it is', () => {
    assert.match(
      renderImportLines({ from: 'cairnloop/testing', values: 'a' }, 'export-equals'),
      /^import cairnloopTesting =/,
    );
    assert.match(
      renderImportLines({ from: 'node:test', values: 'a' }, 'export-equals'),
      /^import nodeTest = .*\n.*nodeTest\.a;$/,
    );
    const local = { from: './notifier', values: 'notifier', local: true };
    assert.equal(renderImportLines(local, 'export-equals'), "import notifier = require('./notifier');");
    assert.equal(renderImportLines(local, 'esm'), "import { notifier } from './notifier';");
  });
});

describe('gen/module-syntax', () => {
  const form = (text: string, fallback: 'esm' | 'commonjs' | 'export-equals') =>
    detectModuleSyntax(parseSourceFile('a.ts', text), fallback);

  it('recognises ES modules and CommonJS by their statements, with any fallback', () => {
    for (const text of [
      "import 'a';",
      'export default 1;',
      "export * from 'a';",
      'export const a = 1;',
      'export class A {}',
    ]) {
      assert.equal(form(text, 'commonjs'), 'esm', text);
    }
    for (const text of ["const a = require('a');", 'module.exports = 1;', 'exports.a = 1;', "f(require ('a'));"]) {
      assert.equal(form(text, 'esm'), 'commonjs', text);
    }
    assert.equal(form("import 'a';\nmodule.exports = 1;", 'commonjs'), 'esm');
  });

  it('takes the fallback for a file that shows neither, and always where it is `export =`', () => {
    for (const text of ['', 'const a = 1;', 'const exported = 1;', 'my.module.exports = 1;', 'declare const a: 1;']) {
      for (const fallback of ['esm', 'commonjs'] as const) assert.equal(form(text, fallback), fallback, text);
    }
    assert.equal(form("import 'a';", 'export-equals'), 'export-equals');
  });
});
