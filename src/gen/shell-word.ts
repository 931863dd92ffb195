/**
 * One word of a command line to copy, in quotes where it needs them: double ones, which Windows knows too, unless the
 * shell would read something in them.
 */
export function quoteShellWord(text: string): string {
  if (/^[\w./@:=,+-]+$/.test(text)) return text;
  return /["$`\\!%]/.test(text) || text === '' ? `'${text.replaceAll("'", "'\\''")}'` : `"${text}"`;
}
