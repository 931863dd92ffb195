/** The acceptance tests of this repository against the packed package. */
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { execa } from 'execa';
import { readClaims, statementsIn } from '../docs/acceptance-table.js';
import { root } from '../examples/processes.js';

/** Returns how many tests passed and failed. */
export async function runAcceptance(node: string, tarball: string, folder: string): Promise<string> {
  await unpackBesideTests(tarball, folder);
  const statements = statementsIn(readFileSync(path.join(root, 'docs/acceptance.md'), 'utf8'));
  const claims = readClaims().filter(({ statement }) => statements.includes(statement));
  const files = [...new Set(claims.map(({ file }) => file))];
  const grep = `(?<![^ ])(?:${statements.join('|')})(?=[, ])`;
  const report = path.join(folder, 'report.json');
  const mocha = ['node_modules/mocha/bin/mocha.js', '--grep', grep, '--timeout', '180000', '--parallel', '--jobs', '2'];
  const reporter = ['--reporter', 'json', '--reporter-option', `output=${report}`];
  // What the tests start by name, such as npm, runs on the same Node.
  const env = { PATH: [path.dirname(node), process.env.PATH].join(path.delimiter) };
  const run = await execa(node, [...mocha, ...reporter, ...files], { cwd: folder, env, reject: false, all: true });
  return summary(report, run.all);
}

/** Everything but the sources: where the tests import `src`, `dist` of the package stands. */
async function unpackBesideTests(tarball: string, folder: string): Promise<void> {
  mkdirSync(folder);
  const { stdout } = await execa('git', ['ls-files'], { cwd: root });
  for (const file of stdout.split('\n').filter((name) => !name.startsWith('src/')))
    cpSync(path.join(root, file), path.join(folder, file), { recursive: true });
  await execa('tar', ['xzf', tarball, '--strip-components=1'], { cwd: folder });
  symlinkSync('dist', path.join(folder, 'src'));
  // Tests of the sources themselves read those of the repository, which the package lacks.
  const reader = path.join(folder, 'test/support/source-files.ts');
  const source = pathToFileURL(path.join(root, 'src/')).href;
  writeFileSync(reader, readFileSync(reader, 'utf8').replace('../../src/', source));
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
}

interface MochaReport {
  stats: { passes: number; failures: number; pending: number };
  failures: { fullTitle: string; err: { message?: string; stack?: string } }[];
}

function summary(file: string, output: string): string {
  let report: MochaReport;
  try {
    report = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    console.error(output.slice(-4000));
    return '**failed**';
  }
  for (const { fullTitle, err } of report.failures) console.error(`${fullTitle}\n${err.stack ?? err.message}\n`);
  const { passes, failures } = report.stats;
  return failures > 0 ? `${passes} passed, **${failures} failed**` : `${passes} passed`;
}
