/**
 * `npm test`: all tests, in two lanes beside each other: most files several at a time, and those that load the machine one
 * by one. `npm test -- <arguments of mocha>` runs mocha as it is.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { globSync } from 'tinyglobby';
import { heavyFiles, longFiles } from './lanes.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const mocha = path.join(root, 'node_modules/mocha/bin/mocha.js');
const given = process.argv.slice(2);

process.exitCode = given.length > 0 ? runMocha(given) : await runAll();

function runMocha(args: readonly string[]): number {
  return spawnSync(process.execPath, [mocha, ...args], { cwd: root, stdio: 'inherit' }).status ?? 1;
}

async function runAll(): Promise<number> {
  const began = performance.now();
  const files = globSync('test/**/*.test.ts', { cwd: root }).sort();
  const heavy = globSync(heavyFiles, { cwd: root }).sort();
  const long = longFiles.filter((file) => files.includes(file));
  const rest = files.filter((file) => !heavy.includes(file) && !long.includes(file));
  const jobs = process.env.CAIRNLOOP_TEST_JOBS ?? String(Math.min(8, Math.max(2, availableParallelism())));
  const together = runLane(`${jobs} files at a time`, ['--parallel', '--jobs', jobs, ...long, ...rest], 'inherit');
  const apart = runLane('one file at a time', heavy, 'pipe');
  const lanes = [await together, await apart];
  report(lanes, Math.round((performance.now() - began) / 1000));
  return lanes.every(({ code, results }) => code === 0 && results?.failures === 0) ? 0 : 1;
}

interface Results {
  passes: number;
  failures: number;
  pending: number;
  /** The list of failures as mocha prints it. */
  failed: string;
  /** By file. */
  seconds: Record<string, number>;
}

interface Lane {
  name: string;
  code: number | NodeJS.Signals;
  /** What was not shown at once. */
  printed: string;
  /** Absent where mocha ended before it had any. */
  results?: Results;
}

/** Runs mocha over the files. What it prints is shown at once, or returned, but for its results. */
async function runLane(name: string, args: readonly string[], stdout: 'inherit' | 'pipe'): Promise<Lane> {
  const folder = mkdtempSync(path.join(tmpdir(), 'cairnloop-results-'));
  const file = path.join(folder, 'results.json');
  const options = ['--reporter', 'test/support/lane-reporter.cjs', process.stdout.isTTY ? '--color' : '--no-color'];
  const child = spawn(process.execPath, [mocha, ...options, ...args], {
    cwd: root,
    stdio: ['ignore', stdout, 'inherit'],
    env: { ...process.env, CAIRNLOOP_TEST_RESULTS: file },
  });
  let printed = '';
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    printed += text;
  });
  // Of mocha's own handlers this is the one that ends its workers.
  const stop = () => child.kill('SIGINT');
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  for (const each of ['SIGINT', 'SIGTERM'] as const) process.off(each, stop);
  const results: Results | undefined = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  rmSync(folder, { recursive: true });
  return { name, code: code ?? signal ?? 1, printed, ...(results && { results }) };
}

function report(lanes: readonly Lane[], seconds: number): void {
  for (const { printed } of lanes) process.stdout.write(printed);
  for (const { name, code, results } of lanes) {
    if (!results) console.log(`\n  The lane "${name}" ended with ${code} before its results.`);
    else if (results.failures > 0) console.log(`\n  Failed in the lane "${name}":\n${results.failed}`);
  }
  const times = lanes.flatMap(({ results }) => Object.entries(results?.seconds ?? {}));
  const slowest = times.sort(([, one], [, other]) => other - one).slice(0, 12);
  console.log('\n  The slowest files, in seconds:');
  for (const [file, took] of slowest) console.log(`  ${String(Math.round(took)).padStart(5)}  ${file}`);
  const total = (kind: 'passes' | 'failures' | 'pending') =>
    lanes.reduce((sum, { results }) => sum + (results?.[kind] ?? 0), 0);
  console.log(
    `\n  ${total('passes')} passing, ${total('failures')} failing, ${total('pending')} pending in ${seconds} s`,
  );
  console.log('  One file: npm run build && npx mocha test/cli/bin.test.ts\n');
}
