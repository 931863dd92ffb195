import displayWidth from 'fast-string-width';
import { padToWidth, singleLine, truncateToWidth } from './single-line-text.js';

export interface TableWidthOptions {
  /** The terminal's width, in columns; undefined if the output is no terminal, so that nothing is shortened. */
  width: number | undefined;
  /** Indexes of the columns that may be shortened. */
  free: readonly number[];
}

/** Minimum width of a shortened column. */
const leastWidth = 16;
const gap = '  ';
const indent = '    ';

/**
 * Formats rows of cells as aligned lines; the first row is the header. If a row is too wide, the `free` columns are
 * shortened, the longest first, and columns that still do not fit continue on indented lines below. The last column of
 * a line is not padded.
 */
export function formatTable(
  rows: readonly (readonly string[])[],
  fit: TableWidthOptions = { width: undefined, free: [] },
): string {
  const cells = rows.map((row) => row.map((cell) => singleLine(cell)));
  const widths = (cells[0] ?? []).map((_, at) => Math.max(...cells.map((row) => displayWidth(row[at] ?? ''))));
  const lines = layOut(widths, fit);
  return cells.flatMap((row) => linesOf(row, lines)).join('\n');
}

function linesOf(row: readonly string[], lines: readonly Column[][]): string[] {
  const [first = '', ...others] = lines.map((line) => lineOf(row, line));
  return [first, ...others.filter((text) => text !== '').map((text) => indent + text)];
}

interface Column {
  at: number;
  width: number;
}

function lineOf(row: readonly string[], columns: readonly Column[]): string {
  return columns
    .map(({ at, width }) => padToWidth(truncateToWidth(row[at] ?? '', width), width))
    .join(gap)
    .trimEnd();
}

/** Decides which columns are on which line, and how wide they are. Pure. */
function layOut(widths: readonly number[], { width = Number.POSITIVE_INFINITY, free }: TableWidthOptions): Column[][] {
  const least = widths.map((full, at) => (free.includes(at) ? Math.min(full, leastWidth) : full));
  const lines: number[][] = [];
  let room = 0;
  least.forEach((wanted, at) => {
    const line = lines.at(-1);
    if (line && room >= wanted + gap.length) {
      line.push(at);
      room -= wanted + gap.length;
    } else {
      lines.push([at]);
      room = width - wanted - (lines.length > 1 ? indent.length : 0);
    }
  });
  return lines.map((line, at) => widen(line, { widths, least, room: width - (at > 0 ? indent.length : 0) }));
}

/** Distributes the free room of a line among its shortened columns, the shortest first. */
function widen(
  line: readonly number[],
  { widths, least, room }: { widths: readonly number[]; least: readonly number[]; room: number },
): Column[] {
  const wide = (at: number) => widths[at] ?? 0;
  const columns = line.map((at) => ({ at, width: least[at] ?? 0 }));
  let left = room - columns.reduce((sum, { width }) => sum + width, gap.length * (line.length - 1));
  for (const column of [...columns].sort((a, b) => wide(a.at) - wide(b.at))) {
    const more = Math.min(wide(column.at) - column.width, Math.max(left, 0));
    column.width += more;
    left -= more;
  }
  return columns;
}
