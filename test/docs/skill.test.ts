/** The steps of the packed skill, followed to the letter in a fresh Express host; a build comes before. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Place, shell, start, until } from '../hosts/commands.js';
import { packed } from '../hosts/packed.js';
import { link } from '../hosts/try-host.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { freePort } from '../support/free-port.js';

const hostServer = `import type { IncomingMessage } from 'node:http';
import express from 'express';

const signedIn = (incoming?: IncomingMessage) => incoming?.headers['x-user'] === 'maya';
const operatorOf = (incoming?: IncomingMessage) => (signedIn(incoming) ? { id: 'op_7', name: 'Maya' } : null);
const customerOf = (incoming?: IncomingMessage) => (signedIn(incoming) ? { id: 'cus_1', name: 'Maya' } : null);

const app = express();
app.use(express.json());
app.get('/', (_request, response) => void response.send('The shop'));
app.listen(Number(process.env.PORT), '127.0.0.1');
`;

describe('skills/cairnloop/SKILL.md', () => {
  let folder: string;
  let place: Place;
  let database: TestDatabase;
  let crm: Server;
  let skill: string;
  const received: Pick<IncomingMessage, 'url' | 'headers'>[] = [];

  before(async () => {
    folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'cairnloop-skill-')));
    database = await createTestDatabase();
    crm = createServer(({ url, headers }, response) => {
      received.push({ url, headers });
      response.end();
    }).listen(0, '127.0.0.1');
    await once(crm, 'listening');
    const crmUrl = `http://127.0.0.1:${(crm.address() as AddressInfo).port}`;
    const env = { PATH: process.env.PATH ?? '', DATABASE_URL: database.url, CRM_URL: crmUrl, CI: '1' };
    place = { folder, env: { ...env, PORT: String(await freePort()) } };
    write('package.json', JSON.stringify({ name: 'shop', type: 'module', dependencies: { express: '*' } }));
    const compilerOptions = { strict: true, module: 'nodenext', target: 'es2022', rootDir: 'src', outDir: 'dist' };
    write('tsconfig.json', JSON.stringify({ compilerOptions: { ...compilerOptions, types: ['node'] } }));
    write('src/server.ts', hostServer);
    // An install without a registry.
    await link(await packed(folder), place, ['express', '@types/express', '@types/node', 'typescript']);
    skill = readFileSync(path.join(folder, 'node_modules/cairnloop/skills/cairnloop/SKILL.md'), 'utf8');
  });
  after(async () => {
    crm.closeAllConnections();
    crm.close();
    await database.drop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  });

  function write(file: string, text: string): void {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  }
  const step = (number: number) => new RegExp(`^## Step ${number}:[\\s\\S]*?(?=^## )`, 'm').exec(skill)?.[0] ?? '';
  const block = (text: string, info: string) =>
    new RegExp(`^\`\`\`${info}\\n([\\s\\S]*?)^\`\`\``, 'm').exec(text)?.[1] ?? assert.fail(`no block "${info}"`);
  /** Without what is written to stderr, as a notice of npm's. */
  const json = async (command: string) => JSON.parse(await shell(`${command} 2> stderr.log`, place));
  const linesOf = (number: number) => block(step(number), 'sh').trim().split('\n');

  it('begins with a name and a description', () => {
    assert.match(skill, /^---\nname: cairnloop\ndescription: \S.{50,1000}\n---\n/);
    assert.doesNotMatch(skill, /<!--/);
  });

  it('step 1 installs and writes the config', async () => {
    const [install, init = ''] = linesOf(1);
    assert.equal(install, 'npm install cairnloop');
    const { files, mount } = await json(init);
    assert.ok(files.some((file: { path: string }) => file.path === 'src/cairnloop.config.ts'));
    assert.match(mount.join('\n'), /cairnloop\.workspace\(/);
  });

  it('step 2 writes a notifier, which is kept after an edit when `gen` runs again', async () => {
    const [gen = ''] = linesOf(2);
    const { files } = await json(gen);
    const { path: file } = files.find((one: { path: string }) => /\/notifier\.ts$/.test(one.path));
    const edited = block(step(2), 'ts module=notifier');
    write(file, edited);
    await shell(gen, place);
    assert.equal(readFileSync(path.join(folder, file), 'utf8'), edited);
  });

  it('step 3 prepares the database, and doctor finds nothing blocked', async () => {
    const [migrate = '', doctor = ''] = linesOf(3);
    assert.equal((await json(migrate)).pending.length, 0);
    const { findings, summary } = await json(doctor);
    assert.equal(summary.blocked, 0);
    for (const { level, code, message, fix } of findings) assert.ok(level && code && message && fix !== undefined);
  });

  it('step 4 mounts the pages in the server, which compiles under strict and admits signed-in users only', async () => {
    const lines = block(step(4), 'js mount=express').split('\n');
    const imports = lines.filter((line) => line.startsWith('import '));
    const others = lines.filter((line) => !line.startsWith('import '));
    const [head, rest] = hostServer.split('const app = express();\n');
    write('src/server.ts', [...imports, head, 'const app = express();', ...others, rest].join('\n'));
    await shell('npx tsc', place);
    const server = start('exec node dist/server.js', place);
    const origin = `http://127.0.0.1:${place.env.PORT}`;
    try {
      await until(async () => (await fetch(`${origin}/health/ready`).catch(() => null))?.ok ?? false, server);
      for (const page of ['/support', '/help']) {
        assert.equal((await fetch(origin + page)).status, 401);
        assert.equal((await fetch(origin + page, { headers: { 'x-user': 'maya' } })).status, 200);
      }
      assert.equal(await (await fetch(origin)).text(), 'The shop');
    } finally {
      server.kill();
    }
  }).timeout(120_000);

  it('step 5 resolves a conversation, and the worker calls the added notifier', async () => {
    write('check-support.mjs', block(step(5), 'js file=check-support.mjs'));
    assert.match(await shell(block(step(5), 'sh'), place), /^done/m);
    const [call, ...others] = received.filter(({ url }) => url === '/resolved');
    assert.deepEqual(others, []);
    assert.ok(call?.headers['idempotency-key']);
  }).timeout(120_000);
});
