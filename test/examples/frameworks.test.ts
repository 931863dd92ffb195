/** The hosts of `examples/`, run as their README says. They import the built package, so `npm run build` comes before. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { client, tokenIn } from '../workspace/served-workspace.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const servers = ['express', 'fastify', 'hono', 'koa', 'node-http'];
const commandOf = (name: string) => `--import tsx examples/${name}/server.ts`;
const readme = readFileSync(`${root}examples/README.md`, 'utf8');
const secret = 'let-me-in';
const signedIn = { cookie: `other=1; session=${secret}` };
const asCustomer = { cookie: `customer=${secret}` };

describe('examples/', () => {
  let database: TestDatabase;
  let running: Running[] = [];

  before(async () => {
    database = await createTestDatabase();
    const preparing = [...readme.matchAll(/^node (.*(?:migrate|open-conversation).*)$/gm)].map(([, args = '']) => args);
    assert.equal(preparing.length, 2);
    for (const args of preparing) {
      const { code, output } = await run(args, database.url).ended;
      assert.equal(code, 0, output);
    }
  });
  afterEach(async () => {
    for (const { child } of running) child.kill('SIGKILL');
    await Promise.all(running.map(({ ended }) => ended));
    running = [];
  });
  after(() => database.drop());

  /** Starts an example and waits until it listens. */
  async function start(
    name: string,
    env: Record<string, string> = { OPERATOR_SESSION: secret, CUSTOMER_SESSION: secret },
  ) {
    const host = run(commandOf(name), database.url, env);
    running.push(host);
    return { ...host, origin: await host.listening };
  }

  it('holds one for each framework, and says how to run each', () => {
    const folders = readdirSync(`${root}examples`, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    assert.deepEqual(folders.map(({ name }) => name).sort(), [...servers, 'next'].sort());
    for (const name of servers) assert.ok(readme.includes(`| \`node ${commandOf(name)}\` |`), name);
  });

  // The others are checked with the repository's own sources.
  it('next compiles under strict, with its own way to resolve imports', async () => {
    const tsc = fileURLToPath(new URL('bin/tsc', import.meta.resolve('typescript/package.json')));
    const { code, output } = await ending(
      spawn(process.execPath, [tsc, '--noEmit', '-p', 'examples/next'], { cwd: root }),
    );
    assert.deepEqual([code, output], [0, '']);
  });

  for (const name of servers) {
    it(`OP3 ${name}: the probes and the workspace stand beside the host's own page, and SIGTERM ends it`, async () => {
      const { origin, child, ended } = await start(name);
      await answersAsItShould(origin, (path, init) => fetch(`${origin}${path}`, { redirect: 'manual', ...init }));

      const { get, post } = client(origin, '/support');
      const conversation = /href="\/support(\/c\/[^"?#]+)/.exec((await get('', signedIn)).text)?.[1];
      const noted = await post(`${conversation}/compose`, { mode: 'note', content: `seen in ${name}` }, signedIn);
      assert.equal(noted.status, 303, noted.text);
      assert.ok((await get(conversation ?? '', signedIn)).text.includes(`seen in ${name}`));

      const live = await fetch(`${origin}/support/live`, { headers: signedIn });
      assert.equal(live.status, 200);
      child.kill('SIGTERM');
      await live.text();
      const { code, output } = await ended;
      assert.equal(code, 0, output);
    });

    it(`${name}: lets nobody in while no session is configured`, async () => {
      const { origin } = await start(name, {});
      for (const cookie of ['session=', 'session=undefined', `session=${secret}`]) {
        const refused = await fetch(`${origin}/support`, { headers: { cookie } });
        assert.equal(refused.status, 401, cookie);
      }
    });
  }

  for (const name of servers) {
    it(`LP8 ${name}: a refund and the conversation about it are committed together, or neither is`, async () => {
      const { origin } = await start(name);
      const refund = (headers: Record<string, string>) =>
        fetch(`${origin}/orders/${name}-7/refund`, { method: 'POST', headers });
      assert.equal((await refund({})).status, 401);
      const done = await refund(signedIn);
      assert.equal(done.status, 201);
      assert.equal((await refund(signedIn)).status, 409);
      const subject = `Refund of order ${name}-7`;
      const { rows } = await database.query('SELECT id FROM cairnloop.conversations WHERE subject = $1', [subject]);
      assert.deepEqual(rows, [{ id: await done.text() }]);
      const { rowCount } = await database.query('SELECT FROM refunds WHERE "orderId" = $1', [`${name}-7`]);
      assert.equal(rowCount, 1);
    });
  }

  it("OP3 next: the probes and the workspace stand beside the host's own page, as route handlers", async () => {
    const restore = changeProcess({ DATABASE_URL: database.url, OPERATOR_SESSION: secret, CUSTOMER_SESSION: secret });
    try {
      const send = await routeHandlers();
      await answersAsItShould('http://127.0.0.1:3000', send);
      const refund = await load('app/orders/[id]/refund/route.ts');
      const refunded = () =>
        refund.POST(new Request('http://127.0.0.1:3000/orders/next-7/refund', { method: 'POST', headers: signedIn }), {
          params: Promise.resolve({ id: 'next-7' }),
        });
      assert.deepEqual([(await refunded()).status, (await refunded()).status], [201, 409]);
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

/** Sets variables of this process until the answer is called, which also takes off what listens to its signals since. */
function changeProcess(env: Record<string, string>): () => void {
  const before = { ...process.env };
  const signals = ['SIGINT', 'SIGTERM'] as const;
  const listening = signals.map((signal) => new Set(process.listeners(signal)));
  Object.assign(process.env, env);
  return () => {
    for (const name of Object.keys(env)) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
    for (const [index, signal] of signals.entries()) {
      for (const listener of process.listeners(signal))
        if (!listening[index]?.has(listener)) process.off(signal, listener);
    }
  };
}

type Send = (path: string, init?: RequestInit) => Promise<Response>;

/** What every host answers, whatever it is made with. */
async function answersAsItShould(origin: string, send: Send): Promise<void> {
  const ask: (...request: Parameters<Send>) => Promise<[number, string]> = async (...request) => {
    const response = await send(...request);
    return [response.status, await response.text()];
  };
  assert.deepEqual(await ask('/'), [200, 'The shop']);
  assert.deepEqual(await ask('/health'), [200, '{"status":"ok"}']);
  assert.equal((await ask('/health/ready'))[0], 200);
  assert.match((await ask('/metrics'))[1], /^# HELP cairnloop_/);
  assert.equal((await ask('/nowhere'))[0], 404);

  const strangers: Record<string, string>[] = [{}, { cookie: 'session=wrong' }, { cookie: `session=${secret}x` }];
  for (const headers of strangers) {
    for (const path of ['/support', '/support/', '/support/audit', '/support/live']) {
      const [status, text] = await ask(path, { headers });
      assert.equal(status, 401, path);
      assert.doesNotMatch(text, /<html|Invoice|Maya/);
    }
  }
  for (const headers of [{}, { cookie: 'customer=wrong' }, signedIn]) {
    const [status, text] = await ask('/help', { headers: headers as Record<string, string> });
    assert.equal(status, 401);
    assert.doesNotMatch(text, /Invoice/);
  }
  const [answered, threads] = await ask('/help', { headers: asCustomer });
  assert.equal(answered, 200, threads);
  assert.match(threads, /Invoice total looks wrong/);
  const [status, queue] = await ask('/support', { headers: signedIn });
  assert.equal(status, 200);
  assert.match(queue, /Invoice total looks wrong/);
  assert.match(queue, /Maya/);

  const form = (from: string): RequestInit => ({
    method: 'POST',
    headers: { ...signedIn, origin: from },
    body: new URLSearchParams({ token: tokenIn(queue), theme: 'dark' }),
  });
  assert.equal((await ask('/support/theme', form('https://evil.example')))[0], 403);
  assert.equal((await ask('/support/theme', form(origin)))[0], 303);
}

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

interface Running {
  child: ChildProcess;
  /** Where it says it listens. */
  listening: Promise<string>;
  ended: Promise<{ code: number | NodeJS.Signals | null; output: string }>;
}

function run(args: string, databaseUrl: string, env: Record<string, string> = {}): Running {
  const { OPERATOR_SESSION: _, CUSTOMER_SESSION: __, ...inherited } = process.env;
  const child = spawn(process.execPath, args.split(' '), {
    cwd: root,
    env: { ...inherited, DATABASE_URL: databaseUrl, PORT: '0', ...env },
  });
  const ended = ending(child);
  const listening = new Promise<string>((resolve, reject) => {
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += chunk;
      const origin = /^listening on (\S+)\n/m.exec(said)?.[1];
      if (origin) resolve(origin);
    });
    ended.then(({ code, output }) => reject(new Error(`${args} ended with ${code}: ${output}`)));
  });
  listening.catch(() => {});
  return { child, listening, ended };
}

/** How a process ended and all it said. */
async function ending(child: ReturnType<typeof spawn>): Promise<{ code: number | NodeJS.Signals; output: string }> {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk));
  const [code, signal] = await once(child, 'close');
  return { code: code ?? signal, output };
}
