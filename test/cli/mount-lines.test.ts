import assert from 'node:assert/strict';
import { execa } from 'execa';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { runMain } from '../support/run-main.js';
import { migrated } from '../support/started-host.js';
import { type TempHost, tempHost } from '../support/temp-host.js';

/** A server that has an open live page, which it waits for where it stops on SIGTERM. */
const server = `
import { support } from './support.js';
const { workspace } = await support();
const { body } = await workspace.fetch(new Request('http://127.0.0.1/support/live'));
const reader = body.getReader();
await reader.read();
let isOpen = true;
(async () => {
  while (!(await reader.read()).done);
  isOpen = false;
})();
setInterval(() => {}, 1000);
console.log('open');
`;

describe('the lines that init prints for a server which connects at its first request', () => {
  let host: TempHost;
  let database: TestDatabase;
  before(async () => {
    database = await createTestDatabase(migrated);
  });
  after(() => database.drop());
  afterEach(() => host.remove());

  for (const framework of ['next', '@sveltejs/kit', '@adonisjs/core']) {
    const started = async (before: string) => {
      host = tempHost({ 'package.json': { name: 'host', type: 'module', dependencies: { [framework]: '*' } } });
      const { mount } = (await runMain(host.folder, ['init', '--json'])).json();
      const text = (mount as string[]).join('\n').replace(/from '(\.\.\/)+cairnloop/, "from './cairnloop");
      const module = text.slice(0, text.indexOf('\n};\n', text.indexOf('export const support')) + 4);
      host.write('support.js', `${module}const operatorOf = () => ({ id: 'op_7' });\nconst customerOf = () => null;\n`);
      host.write('server.js', `${before}\n${server}`);
      const child = execa(process.execPath, ['server.js'], {
        cwd: host.folder,
        env: { DATABASE_URL: database.url },
        reject: false,
        timeout: 60_000,
      });
      await new Promise((resolve, reject) => {
        child.stdout.once('data', resolve);
        child.then(({ stderr }) => reject(new Error(stderr)));
      });
      child.kill('SIGTERM');
      return child;
    };

    it(`end open pages on SIGTERM where the server waits for them: ${framework}`, async () => {
      const waits = "process.on('SIGTERM', () => setInterval(() => isOpen || process.exit(0), 20));";
      const { exitCode, stderr } = await started(waits);
      assert.equal(exitCode, 0, stderr);
    });

    it(`leave SIGTERM to Node where the server does nothing on it: ${framework}`, async () => {
      assert.equal((await started('')).signal, 'SIGTERM');
    });
  }
});

/** What a reader adds where the framework is none that init knows: the call of the handler. */
const calls = {
  '@loopback/rest': 'createServer((req, res) => supportHandler(req, res, () => own(req, res)))',
  '@tanstack/react-start': `createServer(getRequestListener(
    async (request) => (await supportResponse(request)) ?? new Response('own ' + (await request.text())),
  ))`,
};

describe('the handler that init prints for a framework that it does not know', () => {
  let host: TempHost;
  let database: TestDatabase;
  before(async () => {
    database = await createTestDatabase(migrated);
  });
  after(() => database.drop());
  afterEach(() => host.remove());

  for (const [framework, call] of Object.entries(calls)) {
    it(`serves Cairnloop's paths, and leaves all others with their bodies to the application: ${framework}`, async () => {
      const json = { name: 'host', type: 'module', dependencies: { [framework]: '*' } };
      host = tempHost({ 'package.json': json }, ['@hono/node-server']);
      const { mount } = (await runMain(host.folder, ['init', '--json'])).json();
      host.write(
        'server.js',
        `import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { getRequestListener } from '@hono/node-server';
${(mount as string[]).join('\n')}
const operatorOf = () => ({ id: 'op_7' });
const customerOf = () => null;
const own = async (req, res) => res.end('own ' + (await text(req)));
const server = ${call}.listen(0, '127.0.0.1', () => console.log(server.address().port));
`,
      );
      const env = { DATABASE_URL: database.url };
      const child = execa(process.execPath, ['server.js'], { cwd: host.folder, env, reject: false, timeout: 60_000 });
      const port = await new Promise((resolve, reject) => {
        child.stdout.once('data', (data) => resolve(String(data).trim()));
        child.then(({ stderr }) => reject(new Error(stderr)));
      });
      const get = (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${port}${path}`, init);
      const paths = ['/health', '/health/ready', '/metrics', '/support', '/help'];
      const statuses = await Promise.all(paths.map(async (path) => (await get(path)).status));
      assert.deepEqual(statuses, [200, 200, 501, 200, 401]);
      assert.equal(await (await get('/supporters', { method: 'POST', body: 'hello' })).text(), 'own hello');
      child.kill('SIGKILL');
    });
  }
});
