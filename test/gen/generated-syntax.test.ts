import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type FunctionDeclaration, Node, SyntaxKind } from 'ts-morph';
import { parseSourceFile } from '../../src/gen/parse-source.js';
import { runMain } from '../support/run-main.js';
import { type TempHost, tempHost } from '../support/temp-host.js';

const hosts: Record<string, Record<string, string | object>> = {
  'TypeScript ESM': { 'package.json': { type: 'module' }, 'tsconfig.json': '{}' },
  'JavaScript ESM': { 'package.json': { type: 'module' } },
  'JavaScript CommonJS': { 'package.json': {} },
};
const runners = ['node', 'vitest', 'jest', 'mocha', 'ava', 'uvu', 'tape', 'tap', 'jasmine'];

/** Syntax that a parser of ECMAScript 2018 refuses, as ESLint is often set to; the first three were generated once. */
const newerThan2018 = [
  SyntaxKind.QuestionDotToken,
  SyntaxKind.QuestionQuestionToken,
  SyntaxKind.QuestionQuestionEqualsToken,
  SyntaxKind.BarBarEqualsToken,
  SyntaxKind.AmpersandAmpersandEqualsToken,
  SyntaxKind.PropertyDeclaration,
  SyntaxKind.PrivateIdentifier,
  SyntaxKind.BigIntLiteral,
];

describe('the syntax of generated files', () => {
  let host: TempHost;
  afterEach(() => host?.remove());

  for (const [name, files] of Object.entries(hosts)) {
    for (const storage of ['static', 'database']) {
      it(`in ${name} with SLA terms of storage ${storage} passes require-await and a parser of 2018`, async () => {
        for (const runner of storage === 'static' ? runners : ['node']) {
          host = tempHost({ ...files, 'package.json': withRunner(files['package.json'] as object, runner) });
          const found = await runMain(host.folder, ['gen', 'all', '--storage', storage, '--json']);
          const written = found.json().files.filter(({ path }: { path: string }) => /\.[cm]?[jt]s$/.test(path));
          assert.equal(written.length, 9, found.out);
          for (const { path: file } of written) check(file, readFileSync(path.join(host.folder, file), 'utf8'));
          host.remove();
        }
      });
    }
  }

  it('a mount may be passed on as its functions alone, for unbound-method', () => {
    const source = parseSourceFile('mount.ts', readFileSync('src/http/mount.ts', 'utf8'));
    const mount = source.getInterfaceOrThrow('RequestHandlers');
    assert.deepEqual(
      mount
        .getProperties()
        .map((property) => property.getName())
        .sort(),
      ['fetch', 'node'],
    );
    assert.deepEqual(mount.getMethods(), []);
  });
});

function withRunner(manifest: object, runner: string): object {
  const dependency = runner === 'node' ? {} : { [runner]: '*' };
  const test = runner === 'node' ? 'node --test' : runner;
  return { ...manifest, scripts: { test }, devDependencies: dependency };
}

function check(file: string, text: string): void {
  const source = parseSourceFile(file, text);
  for (const node of source.getDescendants()) {
    const at = `${file}:${node.getStartLineNumber()}\n${text}`;
    assert.ok(!newerThan2018.includes(node.getKind()), `${node.getKindName()} in ${at}`);
    if (Node.isCatchClause(node)) assert.ok(node.getVariableDeclaration(), `catch without a name in ${at}`);
    if (Node.isAsyncable(node) && node.isAsync()) assert.ok(awaits(node as FunctionDeclaration), `no await in ${at}`);
  }
}

/** Whether a function awaits in its own body, outside functions in it. */
function awaits(asked: FunctionDeclaration): boolean {
  return asked
    .getDescendantsOfKind(SyntaxKind.AwaitExpression)
    .some((found) => found.getFirstAncestor(Node.isFunctionLikeDeclaration) === asked);
}
