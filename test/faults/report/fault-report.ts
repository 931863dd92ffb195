import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { fileURLToPath } from 'node:url';
import type { SoakResult } from '../soak/soak.js';
import type { FaultFigures } from '../support/fault.js';

const file = fileURLToPath(new URL('../../../docs/fault-report.md', import.meta.url));

const head = `# Fault report

What Cairnloop promises, and no more: an event is recorded if and only if the transaction commits; each is handed to the
host's callback at least once; a crash can repeat at most the calls in flight; every call carries a stable \`deliveryId\` and
its attempt number; a delivery that keeps failing stops after \`maxAttempts\`, stays visible and can be retried.

\`npm run test:faults\` writes this file: real worker processes, real SIGKILL, an embedded Postgres of their own where it is
restarted or filled up. \`npm test\` runs a short form of each. A call is lost when nobody was notified to the end, and repeated
when it began more than once; recovery is in seconds.
`;

type Row = FaultFigures & { title: string; seconds: number };

const columns = ['accepted', 'delivered', 'replies', 'lost', 'repeated', 'recovery', 'seed', 'note'] as const;

/** Writes the table of the long form. What this run left out keeps its line of the last one. */
export function writeFaults(rows: readonly Row[]): void {
  const lines = new Map(knownLines());
  for (const row of rows) {
    const cells = [row.title, ...columns.map((column) => cell(row[column])), cell(row.seconds)];
    lines.set(row.title, `| ${cells.join(' | ')} |`);
  }
  const table = [
    `| fault | ${columns.join(' | ')} | took (s) |`,
    `| --- |${' --- |'.repeat(columns.length + 1)}`,
    ...[...lines].sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true })).map(([, line]) => line),
  ];
  put('faults', `## Long form\n\n${machine()}\n\n${table.join('\n')}\n`);
}

function knownLines(): [title: string, line: string][] {
  const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const part = /<!-- faults -->\n([\s\S]*)<!-- \/faults -->/.exec(before)?.[1] ?? '';
  const lines = part
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(2);
  return lines.map((line) => [line.split(' | ')[0]?.slice(2) ?? '', line]);
}

/** Writes how a soak ended. */
export function writeSoak(duration: string, result: SoakResult): void {
  const rows = Object.entries(result.marks).map(([what, value]) => `| ${what} | ${cell(value)} |`);
  put('soak', `## F18 soak, ${duration}\n\n${machine()}\n\n| | |\n| --- | --- |\n${rows.join('\n')}\n`);
}

function cell(value: number | string | undefined): string {
  return typeof value === 'number' ? String(Number(value.toFixed(2))) : (value ?? '');
}

function machine(): string {
  const [cpu] = os.cpus();
  const date = new Date().toISOString().slice(0, 10);
  return `${date}, ${os.cpus().length} × ${cpu?.model.trim()}, ${os.type()}, Node ${process.versions.node}.`;
}

/** Puts a part in place of the last one of its name. */
function put(name: string, text: string): void {
  const before = existsSync(file) ? readFileSync(file, 'utf8') : head;
  const [from, to] = [`<!-- ${name} -->\n`, `<!-- /${name} -->\n`];
  const known = before.indexOf(from);
  const part = `${from}${text}${to}`;
  mkdirSync(fileURLToPath(new URL('.', `file://${file}`)), { recursive: true });
  writeFileSync(
    file,
    known === -1 ? `${before}\n${part}` : before.slice(0, known) + part + before.slice(before.indexOf(to) + to.length),
  );
}
