import { createWrappedNode, type SourceFile, ts } from 'ts-morph';

/** Parses one text to a syntax tree. Reads nothing from disk and computes no types. */
export function parseSourceFile(fileName: string, text: string): SourceFile {
  const setParentNodes = true;
  return createWrappedNode(ts.createSourceFile(fileName, text, ts.ScriptTarget.Latest, setParentNodes)) as SourceFile;
}

/** Whether the text has no syntax errors. Avoids `ts.createProgram`, which would load the standard library's types. */
export function hasValidSyntax(file: SourceFile): boolean {
  const { parseDiagnostics } = file.compilerNode as unknown as { parseDiagnostics: readonly unknown[] };
  return parseDiagnostics.length === 0;
}
