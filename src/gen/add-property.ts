import { type Node, Node as Nodes, type ObjectLiteralExpression, SyntaxKind, ts } from 'ts-morph';
import { indentationAt, lineStart, nextLineStart, type TextInsertion } from './insert-texts.js';
import type { CodeStyle } from './style.js';

/** An object literal, the property to add to it, and the host's code style. */
interface PropertyAddition {
  text: string;
  open: number;
  /** Position of the object's `}`. */
  close: number;
  elements: Node[];
  commas: Node[];
  hasTrailingComma: boolean;
  property: string;
  style: Pick<CodeStyle, 'indent' | 'eol' | 'trailingCommas'>;
}

/**
 * Adds `property` (without comma) to an object literal. If `}` has its own line, so does the property. No existing line
 * changes, unless the object ends in a spread without trailing comma, which must stay before the new property.
 */
export function addPropertyToObject(
  object: ObjectLiteralExpression,
  property: string,
  style: PropertyAddition['style'],
): TextInsertion[] {
  const text = object.getSourceFile().getFullText();
  const [open, close] = [object.getStart() + 1, object.getEnd() - 1];
  const commas = object.getChildSyntaxListOrThrow().getChildrenOfKind(SyntaxKind.CommaToken);
  const elements = object.getProperties();
  const hasTrailingComma = elements.length > 0 && commas.length === elements.length;
  const place = { text, open, close, elements, commas, hasTrailingComma, property, style };
  const closesOnOwnLine = text.slice(lineStart(text, close), close).trim() === '' && lineStart(text, close) > open;
  return closesOnOwnLine ? addLine(place) : addInline(place);
}

/** Adds a property on the same line: `{ a: 1 }` becomes `{ a: 1, property }`, `{}` becomes `{ property }`. */
function addInline({
  text,
  open,
  close,
  elements,
  commas,
  hasTrailingComma,
  property,
}: PropertyAddition): TextInsertion[] {
  const last = elements.at(-1);
  if (!last) {
    const at = open + text.slice(open, close).trimEnd().length;
    return [{ at, text: ` ${property}${at < close ? '' : ' '}` }];
  }
  const comma = commas.at(-1);
  if (hasTrailingComma && comma) return [{ at: comma.getEnd(), text: ` ${property},` }];
  return [{ at: inlineEnd(text, last.getEnd()), text: `, ${property}` }];
}

function addLine(place: PropertyAddition): TextInsertion[] {
  const { elements, hasTrailingComma, style } = place;
  const last = elements.at(-1);
  if (!last) return [lineBeforeClose(place, style.trailingCommas ? ',' : '')];
  if (hasTrailingComma) return [lineBeforeClose(place, ',')];
  return addCommaFirst(place, last) ?? addBeforeLast(place, last) ?? addCommaAndLine(place, last);
}

function lineBeforeClose({ text, close, elements, property, style }: PropertyAddition, comma: string): TextInsertion {
  const last = elements.at(-1);
  const indent =
    last && startsItsLine(text, last.getStart())
      ? indentationAt(text, last.getStart())
      : indentationAt(text, close) + style.indent;
  return { at: lineStart(text, close), text: `${indent}${property}${comma}${style.eol}` };
}

/** Adds a line that begins with a comma, if the host writes its commas first (`, b: 2`). */
function addCommaFirst({ text, commas, property, style }: PropertyAddition, last: Node): TextInsertion[] | undefined {
  const comma = commas.at(-1);
  if (!comma || !startsItsLine(text, comma.getStart()) || Nodes.isCommentNode(last)) return undefined;
  const indent = indentationAt(text, comma.getStart());
  return [{ at: nextLineStart(text, trailingEnd(text, last.getEnd())), text: `${indent}, ${property}${style.eol}` }];
}

/** Adds a line before the last property, so that no existing line changes in code without trailing commas. */
function addBeforeLast(
  { text, open, elements, commas, property, style }: PropertyAddition,
  last: Node,
): TextInsertion[] | undefined {
  const end = trailingEnd(text, elements.length > 1 ? (commas.at(-1)?.getEnd() ?? open) : open);
  const at = nextLineStart(text, end);
  const isFree = text.slice(end, at).trim() === '' && at <= last.getStart();
  if (!isFree || !startsItsLine(text, last.getStart()) || Nodes.isSpreadAssignment(last)) return undefined;
  return [{ at, text: `${indentationAt(text, last.getStart())}${property},${style.eol}` }];
}

function addCommaAndLine(place: PropertyAddition, last: Node): TextInsertion[] {
  return [{ at: last.getEnd(), text: ',' }, lineBeforeClose(place, '')];
}

function startsItsLine(text: string, position: number): boolean {
  return text.slice(lineStart(text, position), position).trim() === '';
}

/**
 * The position after block comments on the same line, but before a line comment, which would swallow the text after it.
 */
function inlineEnd(text: string, position: number): number {
  const comments = ts.getTrailingCommentRanges(text, position) ?? [];
  const isLine = comments.some(({ kind }) => kind === SyntaxKind.SingleLineCommentTrivia);
  return isLine ? position : trailingEnd(text, position);
}

/** The position after any trailing comments on the same line. */
function trailingEnd(text: string, position: number): number {
  return ts.getTrailingCommentRanges(text, position)?.at(-1)?.end ?? position;
}
