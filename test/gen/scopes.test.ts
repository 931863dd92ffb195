import assert from 'node:assert/strict';
import { SyntaxKind } from 'ts-morph';
import { parseSourceFile } from '../../src/gen/parse-source.js';
import { findDeclaration } from '../../src/gen/scopes.js';

/** The kind of the scope that declares the last `x` of a text, and how often it does. */
function declared(text: string): [scope: string | undefined, count: number] {
  const file = parseSourceFile('a.ts', text);
  const use = file.getDescendantsOfKind(SyntaxKind.Identifier).findLast((identifier) => identifier.getText() === 'x');
  const found = findDeclaration(use ?? assert.fail('no x'));
  return [found?.scope.getKindName(), found?.declarations.length ?? 0];
}

const cases: Record<string, [text: string, scope: string | undefined, count?: number][]> = {
  'a file declares': [
    ['const x = 1; x;', 'SourceFile'],
    ['const { x } = y; x;', 'SourceFile'],
    ['const [, x] = y; x;', 'SourceFile'],
    ['function x() {} x;', 'SourceFile'],
    ['class x {} x;', 'SourceFile'],
    ['enum x {} x;', 'SourceFile'],
    ["import x from 'x'; x;", 'SourceFile'],
    ["import * as x from 'x'; x;", 'SourceFile'],
    ["import { x } from 'x'; x;", 'SourceFile'],
    ["import { y as x } from 'x'; x;", 'SourceFile'],
    ["import x = require('x'); x;", 'SourceFile'],
    ['var x = 1; var x = 2; x;', 'SourceFile', 2],
    ['{ var x = 1; } x;', 'SourceFile'],
    ['for (var x of y) {} x;', 'SourceFile'],
  ],
  'a function declares': [
    ['const x = 1; function f(x) { x; }', 'FunctionDeclaration'],
    ['const x = 1; (x) => x;', 'ArrowFunction'],
    ['const x = 1; ({ x }) => x;', 'ArrowFunction'],
    ['const x = 1; function f() { if (y) { var x = 2; } x; }', 'FunctionDeclaration'],
    ['const x = 1; class A { m(x) { x; } }', 'MethodDeclaration'],
    ['const x = 1; namespace N { var x = 2; x; }', 'ModuleBlock'],
  ],
  'a block declares': [
    ['const x = 1; { let x = 2; x; }', 'Block'],
    ['const x = 1; { function x() {} x; }', 'Block'],
    ['const x = 1; for (const x of y) x;', 'ForOfStatement'],
    ['const x = 1; for (const x in y) x;', 'ForInStatement'],
    ['const x = 1; for (let x = 0; x < 1; ) {}', 'ForStatement'],
    ['const x = 1; try {} catch (x) { x; }', 'CatchClause'],
    ['const x = 1; switch (y) { case 1: const x = 2; x; }', 'CaseBlock'],
    ['const x = 1; { let x = 2; } x;', 'SourceFile'],
    ['let f = function (x = 1) {}; const x = 1; x;', 'SourceFile'],
  ],
  'nothing declares': [
    ['x;', undefined, 0],
    ['const y = { x: 1 }; x;', undefined, 0],
    ['const { x: y } = z; x;', undefined, 0],
    ['class A { x = 1 } x;', undefined, 0],
    ["import { x as y } from 'x'; x;", undefined, 0],
    ['{ let x = 2; } x;', undefined, 0],
    ['function f(x) {} x;', undefined, 0],
    ['type x = 1; x;', undefined, 0],
  ],
};

describe('gen/scopes', () => {
  for (const [title, all] of Object.entries(cases)) {
    describe(`finds what ${title}`, () => {
      for (const [text, scope, count = 1] of all) {
        it(text, () => {
          assert.deepEqual(declared(text), [scope, count]);
        });
      }
    });
  }
});
