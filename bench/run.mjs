/**
 * `npm run bench -- <name> [--json]`: runs `bench/<name>.mjs`, which exports `run({ say })` and returns
 * `{ title, about, tables: [{ caption, head, rows }], marks: [{ what, found, wanted, held }] }`. The result is printed
 * and put into docs/benchmarks.md under its name, beside what the other benchmarks left there. `BENCH_SCALE` makes it small.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { machine } from './support/machine.mjs';
import { keepInDocs, toMarkdown } from './support/report.mjs';
import { isFullSize } from './support/scale.mjs';

const folder = fileURLToPath(new URL('.', import.meta.url));
const known = readdirSync(folder)
  .filter((file) => file.endsWith('.mjs') && file !== 'run.mjs')
  .map((file) => file.slice(0, -'.mjs'.length));

const args = process.argv.slice(2);
const names = args.filter((arg) => !arg.startsWith('-'));
const unknown = names.find((name) => !known.includes(name));
if (unknown) {
  console.error(`There is no benchmark "${unknown}"; known are ${known.join(', ')}.`);
  process.exit(2);
}

installPeers();
const results = [];
for (const name of names.length > 0 ? names : known) {
  const { run } = await import(`./${name}.mjs`);
  const result = { name, ...(await run({ say: (line) => console.error(`${name}: ${line}`) })), machine: machine() };
  results.push(result);
  if (isFullSize) keepInDocs(result);
  if (!args.includes('--json')) console.log(toMarkdown(result));
}
if (args.includes('--json')) console.log(JSON.stringify(results, null, 2));

/** What Cairnloop is measured against is a package of its own, so that nobody who works on Cairnloop has to install it. */
function installPeers() {
  if (existsSync(`${folder}node_modules`)) return;
  console.error('installing what Cairnloop is measured against (bench/package.json)');
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(1);
}
