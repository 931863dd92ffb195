import { type Node, Node as Nodes, type ObjectLiteralExpression, SyntaxKind, ts } from 'ts-morph';
import { type Insertion, indentAt, lineStart, nextLineStart } from './insert-texts.js';
import type { CodeStyle } from './style.js';

/** Input of every way to add a property. */
interface Place {
  text: string;
  open: number;
  /** Position of `}`. */
  close: number;
  elements: Node[];
  commas: Node[];
  hasTrailingComma: boolean;
  property: string;
  style: Pick<CodeStyle, 'indent' | 'eol' | 'trailingCommas'>;
}

/**
 * Adds `property` (without comma) to an object literal. If `}` has its own line, so does the property. No existing line
 * changes, unless a spread without trailing comma comes last: it must stay before ours.
 */
export function addProperty(object: ObjectLiteralExpression, property: string, style: Place['style']): Insertion[] {
  const text = object.getSourceFile().getFullText();
  const [open, close] = [object.getStart() + 1, object.getEnd() - 1];
  const commas = object.getChildSyntaxListOrThrow().getChildrenOfKind(SyntaxKind.CommaToken);
  const elements = object.getProperties();
  const hasTrailingComma = elements.length > 0 && commas.length === elements.length;
  const place = { text, open, close, elements, commas, hasTrailingComma, property, style };
  const closesOnOwnLine = text.slice(lineStart(text, close), close).trim() === '' && lineStart(text, close) > open;
  return closesOnOwnLine ? addLine(place) : addInline(place);
}

/** `{ a: 1 }` becomes `{ a: 1, property }`, `{}` becomes `{ property }`. */
function addInline({ text, open, close, elements, commas, hasTrailingComma, property }: Place): Insertion[] {
  const last = elements.at(-1);
  if (!last) {
    const space = /\s*$/.exec(text.slice(open, close))?.[0] ?? '';
    return [{ at: close - space.length, text: ` ${property}${space ? '' : ' '}` }];
  }
  const comma = commas.at(-1);
  if (hasTrailingComma && comma) return [{ at: comma.getEnd(), text: ` ${property},` }];
  return [{ at: inlineEnd(text, last.getEnd()), text: `, ${property}` }];
}

function addLine(place: Place): Insertion[] {
  const { elements, hasTrailingComma, style } = place;
  const last = elements.at(-1);
  if (!last) return [lineBeforeClose(place, style.trailingCommas ? ',' : '')];
  if (hasTrailingComma) return [lineBeforeClose(place, ',')];
  return addCommaFirst(place, last) ?? addBeforeLast(place, last) ?? addCommaAndLine(place, last);
}

function lineBeforeClose({ text, close, elements, property, style }: Place, comma: string): Insertion {
  const last = elements.at(-1);
  const indent =
    last && startsItsLine(text, last.getStart())
      ? indentAt(text, last.getStart())
      : indentAt(text, close) + style.indent;
  return { at: lineStart(text, close), text: `${indent}${property}${comma}${style.eol}` };
}

/** Where the host puts commas first (`, b: 2`), the new property does too. */
function addCommaFirst({ text, commas, property, style }: Place, last: Node): Insertion[] | undefined {
  const comma = commas.at(-1);
  if (!comma || !startsItsLine(text, comma.getStart()) || Nodes.isCommentNode(last)) return undefined;
  const indent = indentAt(text, comma.getStart());
  return [{ at: nextLineStart(text, trailingEnd(text, last.getEnd())), text: `${indent}, ${property}${style.eol}` }];
}

/** In code without trailing commas, inserting before the last property changes one line only. */
function addBeforeLast({ text, open, elements, commas, property, style }: Place, last: Node): Insertion[] | undefined {
  const end = trailingEnd(text, elements.length > 1 ? (commas.at(-1)?.getEnd() ?? open) : open);
  const at = nextLineStart(text, end);
  const isFree = text.slice(end, at).trim() === '' && at <= last.getStart();
  if (!isFree || !startsItsLine(text, last.getStart()) || Nodes.isSpreadAssignment(last)) return undefined;
  return [{ at, text: `${indentAt(text, last.getStart())}${property},${style.eol}` }];
}

function addCommaAndLine(place: Place, last: Node): Insertion[] {
  return [{ at: last.getEnd(), text: ',' }, lineBeforeClose(place, '')];
}

function startsItsLine(text: string, position: number): boolean {
  return text.slice(lineStart(text, position), position).trim() === '';
}

/** The end of the line's code and block comments; text after a line comment would become part of it. */
function inlineEnd(text: string, position: number): number {
  const comments = ts.getTrailingCommentRanges(text, position) ?? [];
  const isLine = comments.some(({ kind }) => kind === SyntaxKind.SingleLineCommentTrivia);
  return isLine ? position : trailingEnd(text, position);
}

/** Behind the comments that follow on the same line. */
function trailingEnd(text: string, position: number): number {
  return ts.getTrailingCommentRanges(text, position)?.at(-1)?.end ?? position;
}
