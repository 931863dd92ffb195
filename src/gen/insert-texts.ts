/** A piece of text to insert at a position. Existing text is never rewritten. */
export interface TextInsertion {
  at: number;
  text: string;
}

/** Inserts texts at their positions; two at the same position keep their order. */
export function insertTextsAtPositions(text: string, additions: readonly TextInsertion[]): string {
  let result = '';
  let read = 0;
  for (const { at, text: added } of [...additions].sort((a, b) => a.at - b.at)) {
    result += text.slice(read, at) + added;
    read = at;
  }
  return result + text.slice(read);
}

/** The start of the line that contains a position. */
export function lineStart(text: string, position: number): number {
  return text.lastIndexOf('\n', position - 1) + 1;
}

/** The start of the line after a position, or the end of the text. */
export function nextLineStart(text: string, position: number): number {
  const newline = text.indexOf('\n', position);
  return newline < 0 ? text.length : newline + 1;
}

/** The indentation of the line that contains a position. */
export function indentationAt(text: string, position: number): string {
  return /^[ \t]*/.exec(text.slice(lineStart(text, position)))?.[0] ?? '';
}
