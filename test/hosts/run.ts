/** `npm run test:hosts [-- names…] [-- --node 20,22,24]`: tries the hosts and writes the table of docs/hosts.md. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { createTestDatabase, stopSharedServer } from '../support/database.js';
import { hosts } from './hosts.js';
import { packed } from './packed.js';
import { withResults } from './table.js';
import { tryHost } from './try-host.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const document = path.join(root, 'docs/hosts.md');
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { node: { type: 'string', default: '20,22,24' } },
});
const chosen = hosts.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
const unknown = positionals.filter((name) => hosts.every((host) => host.name !== name));
if (unknown.length > 0) {
  console.error(`No host is named ${unknown.join(', ')}. The hosts: ${hosts.map(({ name }) => name).join(', ')}.`);
  process.exit(2);
}
const majors = values.node.split(',');
const tools = path.join(root, 'node_modules/.hosts');
const folder = mkdtempSync(path.join(tmpdir(), 'cairnloop-packed-'));

// The `node` package brings each version, so that none has to be installed on the machine.
mkdirSync(tools, { recursive: true });
writeFileSync(path.join(tools, 'package.json'), '{ "private": true }\n');
const nodes = majors.map((major) => `node${major}@npm:node@${major}`);
await execa('npm', ['install', '--no-audit', '--no-fund', ...nodes, '@yarnpkg/cli-dist@4'], { cwd: tools });

let failed = false;
try {
  const tarball = await packed(folder);
  for (const host of chosen) {
    for (const major of majors) {
      const database = await createTestDatabase();
      const node = path.join(tools, `node_modules/node${major}/bin`);
      console.log(`${host.name} on Node ${major}`);
      const report = await tryHost(host, { tarball, databaseUrl: database.url, node, say: console.log });
      await database.drop();
      failed ||= Object.values(report).includes('failed');
      writeFileSync(document, withResults(readFileSync(document, 'utf8'), host, major, report));
    }
  }
} finally {
  await stopSharedServer();
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;
