import { ts } from 'ts-morph';
import type { SourceFile } from './source-files.js';

export interface FunctionLength {
  /** `path:line name`. */
  readonly place: string;
  readonly lines: number;
}

/** The lines of every function with a body, its signature counted. */
export function functionLengths(files: readonly SourceFile[]): FunctionLength[] {
  return files.flatMap(({ path, text }) => {
    const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
    const found: FunctionLength[] = [];
    const visit = (node: ts.Node): void => {
      if (isFunctionWithBody(node)) found.push(measured(path, source, node));
      ts.forEachChild(node, visit);
    };
    visit(source);
    return found;
  });
}

/** The value that a given part of the sorted numbers do not exceed. */
export function percentile(numbers: readonly number[], part: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * part) - 1] ?? 0;
}

function isFunctionWithBody(node: ts.Node): node is ts.FunctionLikeDeclaration {
  return ts.isFunctionLike(node) && 'body' in node && node.body !== undefined;
}

function measured(path: string, source: ts.SourceFile, node: ts.FunctionLikeDeclaration): FunctionLength {
  const first = source.getLineAndCharacterOfPosition(node.getStart(source)).line;
  const last = source.getLineAndCharacterOfPosition(node.getEnd()).line;
  const name = node.name?.getText(source) ?? '(anonymous)';
  return { place: `${path}:${first + 1} ${name}`, lines: last - first + 1 };
}
