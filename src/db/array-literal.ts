/**
 * Ids or numbers as the text of an array parameter. pg quotes and escapes every element of an array that it is given,
 * which is a good part of what a draining worker leaves to the garbage collector.
 */
export function arrayLiteral(values: readonly (string | number)[]): string {
  return `{${values.join(',')}}`;
}
