const articles: Record<string, string> = { object: 'an object', undefined: 'undefined' };

/** Names the type of a value and shows nothing of its content. Never throws. */
export function describeType(value: unknown): string {
  if (value === null) return 'null';
  return isList(value) ? 'an array' : (articles[typeof value] ?? `a ${typeof value}`);
}

/**
 * Describes a wrong value in messages of public calls by its type, a text or list also by its length. A text is never
 * repeated, because logs must not contain it.
 */
export function describeInputValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') return value.trim() === '' ? 'an empty text' : `a text of ${counted(value.length)}`;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (isList(value)) return `a list of ${value.length}`;
  return isDate(value) ? describeDate(value) : describeType(value);
}

function describeDate(date: Date): string {
  return Number.isNaN(date.getTime()) ? 'an invalid Date' : `the Date ${date.toISOString()}`;
}

function counted(characters: number): string {
  return characters === 1 ? '1 character' : `${characters} characters`;
}

/** Whether a value is an array; false for a revoked proxy, for which Array.isArray throws. */
function isList(value: unknown): value is unknown[] {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}

function isDate(value: unknown): value is Date {
  try {
    return value instanceof Date;
  } catch {
    return false;
  }
}
