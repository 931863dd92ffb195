import { type Host, hosts } from './hosts.js';
import { type Report, steps } from './try-host.js';

const head = ['host', 'Node', ...steps];
const words = { ok: 'ok', failed: '**failed**', none: '-' };

/** The document with a row for what came of a host on a version of Node, in the place of the one before. */
export function withResults(document: string, { title }: Host, major: string, report: Report): string {
  const [before = '', after = ''] = document.split(/^\| host \|[\s\S]*?\n(?=\n)/m);
  const kept = [...document.matchAll(/^\| (?!host |-)(.+?) \| (\d+) \|.*$/gm)]
    .filter(([, name, node]) => name !== title || node !== major)
    .map(([line, name = '', node = '']) => ({ line, name, node }));
  const cells = steps.map((step) => (report[step] ? words[report[step]] : ''));
  const line = `| ${[title, major, ...cells].join(' | ')} |`;
  const order = hosts.map((host) => host.title);
  const rows = [...kept, { line, name: title, node: major }]
    .sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name) || Number(a.node) - Number(b.node))
    .map((row) => row.line);
  return `${before}| ${head.join(' | ')} |\n|${'---|'.repeat(head.length)}\n${rows.join('\n')}\n${after}`;
}
