/**
 * Formats ids or numbers as a Postgres array literal. For a JavaScript array, pg would quote every element, which
 * causes much of a worker's garbage.
 */
export function formatArrayLiteral(values: readonly (string | number)[]): string {
  return `{${values.join(',')}}`;
}
