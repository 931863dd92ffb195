/** The hosts of `examples/`, run as their README says. They import the built package, so `npm run build` comes before. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import {
  answersAsItShould,
  endsOnSignal,
  isMailed,
  refundsOnce,
  type Send,
  secret,
  sendTo,
  sessions,
  takesANote,
} from './checks.js';
import { changeProcess } from './in-process.js';
import { type Running, root, useProcesses } from './processes.js';

const readme = readFileSync(`${root}examples/README.md`, 'utf8');
const typescript = (name: string) => [name, `node --import tsx examples/${name}/server.ts`] as const;
const commands: Record<string, string> = Object.fromEntries([
  ...['express', 'fastify', 'hono', 'koa', 'node-http'].map(typescript),
  ['nest', 'cd examples/nest && node --import tsx server.ts'],
]);
/** Those that other tests run. */
const elsewhere = { javascript: 'node examples/javascript/server.js', next: '', sveltekit: '', adonis: '' };

describe('examples/', () => {
  const { start, keep } = useProcesses();
  let database: TestDatabase;
  let catcher: Running;

  before(async () => {
    database = await createTestDatabase();
    const preparing = [...readme.matchAll(/^node .*(?:migrate|open-conversation).*$/gm)].map(([command]) => command);
    assert.equal(preparing.length, 2);
    const env = { DATABASE_URL: database.url };
    for (const command of preparing) {
      const { code, output } = await keep(command, env).ended;
      assert.equal(code, 0, output);
    }
    catcher = keep('node examples/mail-catcher.mjs', {});
    const [worker = ''] = /^node .* worker --config examples\/cairnloop.*$/m.exec(readme) ?? [];
    keep(`${worker} --no-ops`, { ...env, SMTP_URL: await catcher.listening });
  });
  after(() => database.drop());

  async function startHost(name: string, env: Record<string, string> = sessions) {
    const host = start(commands[name] ?? '', { DATABASE_URL: database.url, ...env });
    return { ...host, origin: await host.listening };
  }

  it('has one for each framework, with instructions to run it', () => {
    const folders = readdirSync(`${root}examples`, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const all = { ...commands, ...elsewhere };
    assert.deepEqual(folders.map(({ name }) => name).sort(), Object.keys(all).sort());
    for (const command of Object.values(all).filter(Boolean)) assert.ok(readme.includes(`| \`${command}\` |`), command);
  });

  // The others are checked with the repository's own sources, or with their framework by `npm run test:examples`.
  for (const name of ['next', 'nest', 'fastify']) {
    it(`${name} compiles under strict, with its own tsconfig`, async () => {
      const tsc = fileURLToPath(new URL('bin/tsc', import.meta.resolve('typescript/package.json')));
      const args = [tsc, '--noEmit', '-p', `examples/${name}`];
      const { exitCode, all } = await execa(process.execPath, args, { cwd: root, reject: false, all: true });
      assert.deepEqual([exitCode, all], [0, '']);
    });
  }

  it('the copied ones have the same notifier and session as the others', () => {
    const notifier = readFileSync(`${root}examples/notifier.ts`, 'utf8');
    const copies = ['next/notifier.ts', 'sveltekit/src/lib/server/notifier.ts', 'adonis/app/services/notifier.ts'];
    for (const file of copies) assert.equal(readFileSync(`${root}examples/${file}`, 'utf8'), notifier, file);
    const session = readFileSync(`${root}examples/session.ts`, 'utf8');
    for (const file of ['sveltekit/src/lib/server/session.ts', 'adonis/app/services/session.ts'])
      assert.equal(readFileSync(`${root}examples/${file}`, 'utf8'), session, file);
  });

  for (const name of Object.keys(commands)) {
    it(`OP3 ${name}: the probes and the workspace are served beside the host's own page, and SIGTERM ends it`, async () => {
      const { origin, child, ended } = await startHost(name);
      await answersAsItShould(origin, sendTo(origin));
      await takesANote(origin, name);
      await endsOnSignal(origin, { child, ended });
    });

    it(`${name}: lets nobody in while no session is configured`, async () => {
      const { origin } = await startHost(name, {});
      for (const cookie of ['session=', 'session=undefined', `session=${secret}`]) {
        const refused = await fetch(`${origin}/support`, { headers: { cookie } });
        assert.equal(refused.status, 401, cookie);
      }
    });

    it(`LP1, LP8 ${name}: a refund and the conversation about it are committed together, and the answer is mailed`, async () => {
      const { origin } = await startHost(name);
      await isMailed(await refundsOnce(name, sendTo(origin), database), catcher);
    });
  }

  it("OP3, LP1 next: the same as route handlers, and the answer is mailed by Next's own config", async () => {
    const restore = changeProcess({ DATABASE_URL: database.url, ...sessions });
    try {
      const send = await routeHandlers();
      await answersAsItShould('http://127.0.0.1:3000', send);
      const refund = await load('app/orders/[id]/refund/route.ts');
      const refunded: Send = (path, init) =>
        refund.POST(new Request(`http://127.0.0.1:3000${path}`, init), {
          params: Promise.resolve({ id: path.split('/')[2] }),
        });
      await isMailed(await refundsOnce('next', refunded, database), catcher);
      delete process.env.OPERATOR_SESSION;
      assert.equal((await send('/support', { headers: { cookie: 'session=undefined' } })).status, 401);
    } finally {
      const { cairnloop, shop } = await (await load('support.ts')).support();
      await cairnloop.close();
      await shop.close();
      restore();
    }
  });
});

/** Finds the file of Next's `app` folder that a path is answered by, as Next does for those that are here. */
async function routeHandlers(): Promise<Send> {
  const routes: [RegExp, Record<string, unknown>][] = [
    [/^\/$/, await load('app/route.ts')],
    [/^\/support(\/|$)/, await load('app/support/[[...path]]/route.ts')],
    [/^\/help(\/|$)/, await load('app/help/[[...path]]/route.ts')],
    [/^\/health(\/|$)/, await load('app/health/[[...path]]/route.ts')],
    [/^\/metrics$/, await load('app/metrics/route.ts')],
  ];
  return async (path, init) => {
    const handlers = routes.find(([pattern]) => pattern.test(path))?.[1];
    if (!handlers) return new Response('', { status: 404 });
    const handle = handlers[init?.method ?? 'GET'] as (request: Request) => Promise<Response>;
    return handle(new Request(`http://127.0.0.1:3000${path}`, init));
  };
}

/** A module of the Next example: at run time, for its imports are written as Next resolves them. */
function load(path: string) {
  const file = path.split('/').map(encodeURIComponent).join('/');
  return import(new URL(`../../examples/next/${file}`, import.meta.url).href);
}
