import { Node, type SourceFile, ts } from 'ts-morph';
import { nextLineStart, type TextInsertion } from './insert-texts.js';
import type { CodeStyle } from './style.js';

/**
 * Inserts an import after the leading imports or requires; without any, before the first statement, below shebang,
 * header comment and directives. `statement` has no semicolon.
 */
export function addImportToFile(
  file: SourceFile,
  statement: string,
  style: Pick<CodeStyle, 'eol' | 'semicolons'>,
): TextInsertion {
  const text = file.getFullText();
  const statements = file.getStatements();
  const last = statements[countWhile(statements, isOpening) - 1];
  const line = `${statement}${style.semicolons ? ';' : ''}`;
  if (!last) return addOnTop(text, statements[0], line, style.eol);
  const later = nextInOrder(statements.slice(0, statements.indexOf(last) + 1), statement);
  if (later) return { at: later.getStart(), text: `${line}${style.eol}` };
  const statementEnd = last.getEnd() - leadingSemicolon(last).length;
  const end = ts.getTrailingCommentRanges(text, statementEnd)?.at(-1)?.end ?? statementEnd;
  const at = nextLineStart(text, end);
  if (text.slice(end, at).trim() !== '') return { at: statementEnd, text: ` ${statement};` };
  const startsNewLine = text[at - 1] === '\n';
  return { at, text: startsNewLine ? `${line}${style.eol}` : `${style.eol}${line}` };
}

/**
 * The import before which a new one belongs, if the imports of the host's own files are sorted: Biome, import/order and
 * perfectionist check the order.
 */
function nextInOrder(opening: readonly Node[], statement: string): Node | undefined {
  const source = /\bfrom\s+['"](\.[^'"]*)/.exec(statement)?.[1];
  if (source === undefined) return undefined;
  const block = opening.slice(opening.findLastIndex((one) => fileImported(one) === undefined) + 1);
  const sources = block.map((one) => fileImported(one) ?? '');
  const isOrdered = sources.every((one, index) => index === 0 || (sources[index - 1] ?? '') < one);
  return isOrdered && !block.some(hasOwnComment) ? block[sources.findIndex((one) => one > source)] : undefined;
}

/**
 * The relative path that an import statement imports; undefined for other statements, and for one that shares its line.
 */
function fileImported(statement: Node): string | undefined {
  if (!Node.isImportDeclaration(statement) || !statement.getImportClause()) return undefined;
  if (!/(?:^|\n)[ \t]*$/.test(statement.getSourceFile().getFullText().slice(0, statement.getStart()))) return undefined;
  const source = statement.getModuleSpecifierValue();
  return source.startsWith('.') ? source : undefined;
}

/** Whether a comment, or the blank line that begins a group, precedes an import. */
function hasOwnComment(statement: Node, index: number): boolean {
  const before = statement.getFullText().slice(0, statement.getStart() - statement.getFullStart());
  return index > 0 && before.replace(/\r?\n/, '') !== '';
}

/**
 * The `;` that code without semicolons puts in front of its next statement; the parser counts it as the end of this
 * one.
 */
function leadingSemicolon(statement: Node): string {
  return /\s*\n\s*;$/.exec(statement.getText())?.[0] ?? '';
}

function addOnTop(text: string, first: Node | undefined, line: string, eol: string): TextInsertion {
  const at = first ? afterHeader(text, first) : text.length;
  const isFileStart = at === 0 || text[at - 1] === '\n';
  const wouldContinue = !line.endsWith(';') && /^[([`+\-/]/.test(first?.getText() ?? '');
  return { at, text: `${isFileStart ? '' : eol}${line}${wouldContinue ? ';' : ''}${eol}${first ? eol : ''}` };
}

/**
 * The position after the file's header: shebang, pragmas and comments above a blank line. A comment directly above the
 * first statement belongs to that statement.
 */
function afterHeader(text: string, first: Node): number {
  const shebang = /^#!.*\r?\n/.exec(text)?.[0].length ?? 0;
  const header = (ts.getLeadingCommentRanges(text, first.getFullStart()) ?? []).findLast(({ pos, end }) => {
    const after = text.slice(end, first.getStart());
    return (
      /^\r?\n[ \t]*\r?\n/.test(after) || /^\/\/\/|@ts-(no)?check|eslint-(disable|env)\b(?!-)/.test(text.slice(pos, end))
    );
  });
  if (!header) return shebang;
  const afterLine = nextLineStart(text, header.end);
  return /^[ \t]*\r?\n/.test(text.slice(afterLine)) ? nextLineStart(text, afterLine) : afterLine;
}

function isOpening(statement: Node): boolean {
  return (
    Node.isImportDeclaration(statement) ||
    Node.isImportEqualsDeclaration(statement) ||
    isDirective(statement) ||
    isRequire(statement)
  );
}

function isDirective(statement: Node): boolean {
  return Node.isExpressionStatement(statement) && Node.isStringLiteral(statement.getExpression());
}

/**
 * Whether a statement only requires modules: `const x = require('x')`, `const { y } = require('x').z`, `require('x')`.
 */
function isRequire(statement: Node): boolean {
  if (Node.isExpressionStatement(statement)) return isRequireCall(statement.getExpression());
  if (!Node.isVariableStatement(statement)) return false;
  return statement.getDeclarations().every((declaration) => isRequireCall(declaration.getInitializer()));
}

function isRequireCall(node: Node | undefined): boolean {
  if (Node.isCallExpression(node)) return node.getExpression().getText() === 'require';
  return Node.isPropertyAccessExpression(node) && isRequireCall(node.getExpression());
}

function countWhile<T>(list: readonly T[], holds: (item: T) => boolean): number {
  const end = list.findIndex((item) => !holds(item));
  return end < 0 ? list.length : end;
}
