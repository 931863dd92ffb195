import { CairnloopError } from '../foundation/errors.js';
import { isId } from '../validation/input.js';

/** Packs the sort key of a page's last row into one opaque text. Keys are text: a `Date` would lose its fractions. */
export function encodeCursor(key: readonly string[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/** Unpacks a cursor of `length` keys. Throws `CURSOR_INVALID` for a text that no list returned. */
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
    // A text that is no JSON is refused below, like JSON of another shape.
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

/** Unpacks the cursor of a list that is walked by its place: how many rows come before. Throws `CURSOR_INVALID`. */
export function decodeOffsetCursor(cursor: string): number {
  const [offset = ''] = decodeCursor(cursor, 1);
  return /^\d{1,6}$/.test(offset) ? Number(offset) : throwInvalidCursor(cursor);
}

/** Whether a text is a time as our lists write it. JavaScript takes February 30th for a date, Postgres does not. */
export function isTimestampText(text: string): boolean {
  const time = new Date(text);
  return !Number.isNaN(time.getTime()) && time.toISOString() === text && time.getUTCFullYear() > 0;
}

function throwInvalidCursor(cursor: string): never {
  throw new CairnloopError('CURSOR_INVALID', { found: cursor.slice(0, 100) });
}

/** Times, ids and numbers are all that our sort keys hold. */
const safeKey = /^[0-9a-fA-FTZ:.-]{1,40}$/;
