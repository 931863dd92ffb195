import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const file = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url));

const head = `# Benchmarks

\`npm run bench -- [names] [--json]\` writes this file; the names are those of the files in \`bench/\`. Every contestant of
a table runs in the same run, on the same temporary Postgres, in turns, each turn in a process of its own; figures are
medians. Absolute numbers are those of the machine that is named; the ratios are what carries over.
`;

/** One result as a section of Markdown. */
export function toMarkdown({ title, about, tables, marks, machine }) {
  return [
    `## ${title}`,
    '',
    about,
    '',
    `Machine: ${machine}.`,
    ...tables.flatMap((table) => ['', ...(table.caption ? [`### ${table.caption}`, ''] : []), ...toTable(table)]),
    ...(marks?.length
      ? ['', '### Marks', '', ...toTable({ head: ['mark', 'found', 'wanted', ''], rows: marks.map(toRow) })]
      : []),
    '',
  ].join('\n');
}

function toRow({ what, found, wanted, held }) {
  return [what, found, wanted, held ? 'held' : '**missed**'];
}

function toTable({ head, rows }) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}

/** Puts a result into docs/benchmarks.md in place of the last one of its name. */
export function keepInDocs(result) {
  const before = existsSync(file) ? readFileSync(file, 'utf8') : head;
  const [from, to] = [`<!-- bench:${result.name} -->`, `<!-- /bench:${result.name} -->`];
  const section = `${from}\n${toMarkdown(result)}${to}\n`;
  const known = before.indexOf(from);
  const after =
    known === -1
      ? `${before}\n${section}`
      : before.slice(0, known) + section + before.slice(before.indexOf(to) + to.length + 1);
  mkdirSync(fileURLToPath(new URL('../../docs', import.meta.url)), { recursive: true });
  writeFileSync(file, after);
}

/** `12345.6` -> `12 346`; small numbers keep two digits. */
export function figure(value) {
  if (value >= 100) return Math.round(value).toLocaleString('en').replaceAll(',', ' ');
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** A mark that wants at least so many times the other. */
export function atLeast(what, ratio, wanted) {
  return { what, found: `${figure(ratio)}x`, wanted: `>= ${wanted}x`, held: ratio >= wanted };
}

/** A mark that wants at most so many milliseconds (or another unit). */
export function atMost(what, value, wanted, unit = 'ms') {
  return { what, found: `${figure(value)} ${unit}`, wanted: `<= ${wanted} ${unit}`, held: value <= wanted };
}
