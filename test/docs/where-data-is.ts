import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { renderDataColumns } from './data-columns.js';

export const dataPage = path.join(fileURLToPath(new URL('../..', import.meta.url)), 'docs/where-data-is.md');

const marks = /(<!-- columns -->\n)[\s\S]*(\n<!-- end of columns -->)/;

/** The page with its table as the classification has it. */
export function withDataColumns(page: string): string {
  return page.replace(marks, (_, begin: string, end: string) => `${begin}\n${renderDataColumns()}\n${end}`);
}
