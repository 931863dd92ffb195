/** The runtimes of docs/runtimes.md: how each is had from npm and started, and the table of what came of it. */
import path from 'node:path';
import { nodeFolder, nodePackage } from '../hosts/tools.js';

export interface Runtime {
  name: string;
  title: string;
  /** As npm installs it. */
  package: string;
  /** The command line that starts a script; `modules` has the installed package, `host` is the application's folder. */
  launch(step: Step, modules: string, host: string): string;
  /** The Node that runs the acceptance tests. */
  node?(modules: string): string;
}

/** The quickstart, in its order, and on request the tests of docs/acceptance.md. */
export const steps = ['init', 'gen notifier', 'migrate', 'doctor', 'server', 'worker', 'acceptance'] as const;
export type Step = (typeof steps)[number];

/** `ok`, `failed`, or how many tests passed and failed. */
export type Report = Partial<Record<Step, string>>;

const nodeIn = (major: number) => (modules: string) => path.join(nodeFolder(modules, major), 'node');

function node(major: number): Runtime {
  const binary = nodeIn(major);
  return {
    name: `node${major}`,
    title: `Node ${major}`,
    package: nodePackage(major),
    launch: (_step, modules) => binary(modules),
    node: binary,
  };
}

/** What docs/runtimes.md names for each command: those of a developer look at the folders above the application too. */
function permissions(step: Step, host: string): string[] {
  if (step === 'doctor') return ['--allow-fs-read=*', '--allow-child-process'];
  if (step === 'init' || step === 'gen notifier')
    return ['--allow-fs-read=*', `--allow-fs-write=${host}`, '--allow-child-process'];
  return [`--allow-fs-read=${host}`, ...(step === 'worker' ? ['--allow-worker'] : [])];
}

export const runtimes: readonly Runtime[] = [
  node(20),
  node(22),
  node(24),
  {
    name: 'permission',
    title: 'Node 24, permission model',
    package: nodePackage(24),
    launch: (step, modules, host) => [nodeIn(24)(modules), '--permission', ...permissions(step, host)].join(' '),
  },
  { name: 'bun', title: 'Bun', package: 'bun', launch: (_step, modules) => path.join(modules, '.bin/bun') },
  {
    name: 'deno',
    title: 'Deno',
    package: 'deno',
    launch: (_step, modules) => `${path.join(modules, '.bin/deno')} run -A`,
  },
];

const head = ['runtime', 'version', ...steps];

/** The document with the row of a runtime replaced; a step that was not tried keeps what came of it before. Pure. */
export function withRuntimeTable(page: string, runtime: Runtime, version: string, report: Report): string {
  const known = new Map(rowsOf(page).map((row) => [row[0], row]));
  const before = known.get(runtime.title) ?? [];
  const cells = steps.map((step, index) => report[step] ?? before[index + 2] ?? '-');
  known.set(runtime.title, [runtime.title, version, ...cells]);
  const rows = runtimes.flatMap(({ title }) => {
    const row = known.get(title);
    return row ? [line(row)] : [];
  });
  const table = [line(head), `|${'---|'.repeat(head.length)}`, ...rows].join('\n');
  return page.replace(/(<!-- runtimes -->\n)[\s\S]*(<!-- end of runtimes -->)/, `$1\n${table}\n\n$2`);
}

const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;

function rowsOf(page: string): string[][] {
  const table = /<!-- runtimes -->\n([\s\S]*)<!-- end of runtimes -->/.exec(page)?.[1] ?? '';
  return [...table.matchAll(/^\| (?!runtime )(.+) \|$/gm)].map(([, cells = '']) => cells.split(' | '));
}
