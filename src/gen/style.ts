import { Node, type SourceFile, SyntaxKind } from 'ts-morph';
import { parseSourceFile } from './parse-source.js';

/** The code style of a host. */
export interface CodeStyle {
  quote: "'" | '"';
  semicolons: boolean;
  /** One level of indentation. */
  indent: string;
  eol: '\n' | '\r\n';
  trailingCommas: boolean;
}

/** The code style in which the templates are written. */
export const templateCodeStyle: CodeStyle = {
  quote: "'",
  semicolons: true,
  indent: '  ',
  eol: '\n',
  trailingCommas: true,
};

/** Recognises the code style of one file; settings that the file does not show are absent. */
export function detectCodeStyle(file: SourceFile): Partial<CodeStyle> {
  const text = file.getFullText();
  return {
    ...observeQuotes(file),
    ...observeSemicolons(file),
    ...observeIndent(text),
    ...(text.includes('\n') ? { eol: text.includes('\r\n') ? '\r\n' : '\n' } : {}),
  };
}

function observeQuotes(file: SourceFile): Partial<CodeStyle> {
  const quotes = file.getDescendantsOfKind(SyntaxKind.StringLiteral).map((literal) => literal.getText()[0]);
  if (quotes.length === 0) return {};
  const doubles = quotes.filter((quote) => quote === '"').length;
  return { quote: doubles * 2 > quotes.length ? '"' : "'" };
}

function observeSemicolons(file: SourceFile): Partial<CodeStyle> {
  const ends = file
    .getStatements()
    .filter((statement) => takesSemicolon(statement))
    .map((statement) => /[^\s];$/.test(statement.getText()));
  return ends.length === 0 ? {} : { semicolons: ends.includes(true) };
}

function takesSemicolon(node: Node): boolean {
  return (
    Node.isImportDeclaration(node) ||
    Node.isImportEqualsDeclaration(node) ||
    Node.isVariableStatement(node) ||
    Node.isExpressionStatement(node) ||
    Node.isExportAssignment(node) ||
    Node.isExportDeclaration(node)
  );
}

/** Takes the smallest indentation of the file as one level; the ` *` of a block comment does not count. */
function observeIndent(text: string): Partial<CodeStyle> {
  const indents = [...text.matchAll(/^([ \t]+)(?![ \t]|\*|\r?$)/gm)].map(([, indent = '']) => indent);
  if (indents.some((indent) => indent.startsWith('\t'))) return { indent: '\t' };
  const widths = indents.map((indent) => indent.length).filter((width) => width > 1);
  return widths.length === 0 ? {} : { indent: ' '.repeat(Math.min(...widths)) };
}

/**
 * Rewrites a text from {@link templateCodeStyle} to the code style of a host. Comments and template literals stay as
 * they are.
 */
export function applyCodeStyle(fileName: string, text: string, style: CodeStyle): string {
  const file = parseSourceFile(fileName, text);
  const edits = file.getDescendants().flatMap((node) => tokenEdit(node, style, text));
  const restyled = edits
    .sort((a, b) => b.start - a.start)
    .reduce((result, edit) => result.slice(0, edit.start) + edit.text + result.slice(edit.end), text);
  return reindent(restyled, style.indent).replaceAll('\n', style.eol);
}

interface Edit {
  start: number;
  end: number;
  text: string;
}

function tokenEdit(node: Node, style: CodeStyle, text: string): Edit[] {
  const [start, end] = [node.getStart(), node.getEnd()];
  if (Node.isStringLiteral(node) && style.quote === '"' && !node.getText().includes('"')) {
    return [{ start, end, text: `"${text.slice(start + 1, end - 1)}"` }];
  }
  const isLast = text[end] === '\n';
  if (node.isKind(SyntaxKind.SemicolonToken) && !style.semicolons && isLast) return [{ start, end, text: '' }];
  const closes = /^\s*[}\])]/.test(text.slice(end));
  if (node.isKind(SyntaxKind.CommaToken) && !style.trailingCommas && closes) return [{ start, end, text: '' }];
  return [];
}

function reindent(text: string, indent: string): string {
  const width = templateCodeStyle.indent.length;
  return text.replaceAll(
    /^ {2,}/gm,
    (spaces) => indent.repeat(spaces.length / width) + ' '.repeat(spaces.length % width),
  );
}
