/**
 * `npm run test:runtimes [-- names…] [-- --acceptance]`: the quickstart of the packed package on Node's releases, under Node's
 * permission model, on Bun and Deno, and the acceptance tests on Node's releases. The runtimes come from npm;
 * docs/runtimes.md is written with what came of them.
 */
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../examples/processes.js';
import { shell } from '../hosts/commands.js';
import { packed } from '../hosts/packed.js';
import { installTools } from '../hosts/tools.js';
import { stopSharedServer } from '../support/database.js';
import { runAcceptance } from './acceptance.js';
import { tryQuickstart } from './quickstart.js';
import { type Runtime, runtimes, withRuntimeTable } from './runtimes.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { acceptance: { type: 'boolean', default: false } },
});
const unknown = positionals.filter((name) => !runtimes.some((runtime) => runtime.name === name));
if (unknown.length > 0)
  throw new Error(`Expected names of ${runtimes.map(({ name }) => name).join(', ')}, found "${unknown.join('", "')}".`);
const chosen = runtimes.filter(({ name }) => positionals.length === 0 || positionals.includes(name));

const document = path.join(root, 'docs/runtimes.md');
const modules = await installTools([...new Set(chosen.map((runtime) => runtime.package))]);
const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'cairnloop-runtimes-')));
try {
  const tarball = await packed(folder);
  for (const runtime of chosen) await tryRuntime(runtime, tarball);
} finally {
  await stopSharedServer();
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

async function tryRuntime(runtime: Runtime, tarball: string): Promise<void> {
  const host = path.join(folder, runtime.name);
  mkdirSync(host);
  const say = (text: string) => console.log(`${runtime.name}: ${text}`);
  const version = await versionOf(runtime, host);
  const report = await tryQuickstart(runtime, { modules, host, tarball, say });
  const node = runtime.node?.(modules);
  if (values.acceptance && node) {
    report.acceptance = await runAcceptance(node, tarball, path.join(folder, `${runtime.name}-acceptance`));
    say(`acceptance: ${report.acceptance}`);
  }
  writeFileSync(document, withRuntimeTable(readFileSync(document, 'utf8'), runtime, version, report));
  if (/failed/.test(Object.values(report).join())) process.exitCode = 1;
}

async function versionOf(runtime: Runtime, host: string): Promise<string> {
  writeFileSync(
    path.join(host, 'version.mjs'),
    'const { bun, deno, node } = process.versions; console.log(bun ?? deno ?? node);',
  );
  const command = `${runtime.launch('server', modules, host)} version.mjs`;
  return (await shell(command, { folder: host, env: { PATH: process.env.PATH ?? '' } })).trim();
}
