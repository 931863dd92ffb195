/**
 * How long the command line takes to start, as a multiple of what it cannot be faster than: a bare Node, and for `gen`
 * the import of ts-morph alone. Medians over runs that take turns, so that a busy machine slows both sides alike.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { figure } from './support/report.mjs';
import { alternate, median } from './support/stats.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = path.join(root, 'bin/cairnloop.js');
const rounds = 21;

export async function run({ say }) {
  const parts = [
    await compare(
      { 'bare node': ['-e', '0'], 'cairnloop --help': [bin, '--help'], 'cairnloop --version': [bin, '--version'] },
      1.8,
    ),
    await compare(
      {
        "import 'ts-morph'": ['--input-type=module', '-e', "import 'ts-morph'"],
        'cairnloop gen notifier': [bin, 'gen', 'notifier', '--cwd', '@host'],
      },
      2,
    ),
  ];
  for (const { marks } of parts) for (const { what, found } of marks) say(`${what}: ${found}`);
  return {
    title: 'Command line',
    about: 'Time from start to exit of a fresh process.',
    tables: parts.map((part) => part.table),
    marks: parts.flatMap((part) => part.marks),
  };
}

/** The first command is the floor that the others are a multiple of. */
async function compare(commands, limit) {
  const times = await alternate(Object.keys(commands), rounds, (name) => inFreshHost(commands[name]));
  const middles = [...times].map(([name, values]) => ({ name, ms: median(values) }));
  const [floor, ...others] = middles;
  return {
    table: { head: ['command', 'ms'], rows: middles.map(({ name, ms }) => [`\`${name}\``, figure(ms)]) },
    marks: others.map(({ name, ms }) => ({
      what: `\`${name}\` against ${floor.name}`,
      found: `${figure(ms / floor.ms)}x`,
      wanted: `<= ${limit}x`,
      held: ms / floor.ms <= limit,
    })),
  };
}

function inFreshHost(argv) {
  const host = mkdtempSync(path.join(tmpdir(), 'cairnloop-bench-'));
  writeFileSync(path.join(host, 'package.json'), '{ "type": "module" }\n');
  try {
    return milliseconds(argv.map((word) => (word === '@host' ? host : word)));
  } finally {
    rmSync(host, { recursive: true });
  }
}

function milliseconds(argv) {
  const start = process.hrtime.bigint();
  const { status, stderr } = spawnSync(process.execPath, argv, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${argv.join(' ')} failed: ${stderr}`);
  return Number(process.hrtime.bigint() - start) / 1e6;
}
