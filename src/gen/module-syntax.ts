import { Node, type SourceFile } from 'ts-morph';

/**
 * How a file imports and exports: `esm`; `commonjs` (`require`, `module.exports`); or `export-equals`, the only form
 * that TypeScript allows in a CommonJS file under `verbatimModuleSyntax`.
 */
export type ModuleSyntax = 'esm' | 'commonjs' | 'export-equals';

/** Recognises the module syntax of a file; `fallback` if it has neither imports nor exports. */
export function detectModuleSyntax(file: SourceFile, fallback: ModuleSyntax): ModuleSyntax {
  if (fallback === 'export-equals') return fallback;
  const statements = file.getStatements();
  if (statements.some(isEsm)) return 'esm';
  return statements.some(isCommonJs) ? 'commonjs' : fallback;
}

function isEsm(statement: Node): boolean {
  return (
    Node.isImportDeclaration(statement) ||
    Node.isExportAssignment(statement) ||
    Node.isExportDeclaration(statement) ||
    (Node.isModifierable(statement) && statement.getModifiers().some((modifier) => modifier.getText() === 'export'))
  );
}

function isCommonJs(statement: Node): boolean {
  return /\brequire\s*\(|^(module\.)?exports\b/.test(statement.getText());
}
