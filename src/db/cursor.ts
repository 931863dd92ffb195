import { CairnloopError } from '../foundation/errors.js';
import { isId } from '../validation/input.js';

/**
 * Packs the sort key of a page's last row into one opaque text. The parts of a key are texts, because a `Date` has no
 * microseconds.
 */
export function encodeCursor(key: readonly string[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/** Unpacks a cursor whose key has `length` parts. Throws `CURSOR_INVALID` for a text that no list returned. */
export function decodeCursor(cursor: string, length: number): string[] {
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (
      Array.isArray(key) &&
      key.length === length &&
      key.every((part) => typeof part === 'string' && safeKey.test(part))
    )
      return key;
  } catch {
    // A text that is not JSON is no cursor: the throw below this block refuses it.
  }
  return throwInvalidCursor(cursor);
}

/** Unpacks the cursor of a list that is sorted by id. Throws `CURSOR_INVALID`. */
export function decodeIdCursor(cursor: string): string {
  const [id] = decodeCursor(cursor, 1);
  return isId(id) ? id : throwInvalidCursor(cursor);
}

export type TimeCursor = [at: string, id: string];

/** Unpacks the cursor of a list that is sorted by a time and then by id. Throws `CURSOR_INVALID`. */
export function decodeTimeCursor(cursor: string): TimeCursor {
  const [at = '', id] = decodeCursor(cursor, 2);
  return isTimestampText(at) && isId(id) ? [at, id] : throwInvalidCursor(cursor);
}

/**
 * Unpacks the cursor of a list that is paged by offset: the number of rows before the page. Throws `CURSOR_INVALID`.
 */
export function decodeOffsetCursor(cursor: string): number {
  const [offset = ''] = decodeCursor(cursor, 1);
  return /^\d{1,6}$/.test(offset) ? Number(offset) : throwInvalidCursor(cursor);
}

/**
 * Whether a text is a UTC time in the ISO 8601 form of our lists. February 30th is refused: JavaScript parses it,
 * Postgres does not.
 */
export function isTimestampText(text: string): boolean {
  const time = new Date(text);
  return !Number.isNaN(time.getTime()) && time.toISOString() === text && time.getUTCFullYear() > 0;
}

function throwInvalidCursor(cursor: string): never {
  throw new CairnloopError('CURSOR_INVALID', { found: cursor.slice(0, 100) });
}

/** Matches the times, ids and numbers that sort keys consist of. */
const safeKey = /^[0-9a-fA-FTZ:.-]{1,40}$/;
