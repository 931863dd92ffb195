/**
 * Formats ids or numbers as an array literal. pg quotes every element of an array parameter, which causes much of a
 * worker's garbage.
 */
export function arrayLiteral(values: readonly (string | number)[]): string {
  return `{${values.join(',')}}`;
}
