import { fileURLToPath } from 'node:url';

const root = new URL('../../', import.meta.url);

/** A page under docs/ that `npm run docs` writes whole. */
export interface ReferencePage {
  /** From the repository's root, e.g. `docs/errors.md`. */
  file: string;
  render(): string | Promise<string>;
}

export function repositoryFile(name: string): string {
  return fileURLToPath(new URL(name, root));
}

/** Text as Markdown: `<` outside of code would begin an HTML tag. */
export function escaped(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith('`') ? part : part.replace(/[<|]/g, '\\$&')))
    .join('');
}

/** A table with its head; a cell may hold Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
