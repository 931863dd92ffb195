import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Logger } from 'pino';
import { createCairnloop } from '../../src/instance/cairnloop.js';
import { createTestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { migrated, operator, type StartedHost, useHosts } from '../support/started-host.js';
import { type TempHost, tempHost } from '../support/temp-host.js';
import { startWorkerProcess, type WorkerProcess } from '../support/worker-process.js';

/** A secret as hosts put them into their errors. */
const secret = 'postgres://app:hunter2@db.internal/shop';

describe('uncaught failures of callbacks in a worker process', () => {
  const { startHost } = useHosts();
  let producer: StartedHost;
  let host: TempHost;
  let workers: WorkerProcess[] = [];

  beforeEach(async () => {
    producer = await startHost({ notifier: silent }, { worker: false });
    host = tempHost({
      'package.json': { type: 'module' },
      'settings.json': {
        database: { url: producer.database.url },
        ops: { host: '127.0.0.1', port: 0 },
        worker: { shutdownTimeoutMs: 4000 },
      },
      'cairnloop.config.mjs': configFile,
    });
  });
  afterEach(async () => {
    for (const worker of workers) worker.signal('SIGKILL');
    await Promise.all(workers.map((worker) => worker.ended));
    workers = [];
    host.remove();
  });

  const start = async () => {
    const worker = await startWorkerProcess(host);
    workers.push(worker);
    return worker;
  };

  /** Resolves a conversation whose subject says what its callback does, and returns the id of the delivery. */
  const resolve = async (subject: string) => {
    const { id } = await producer.cairnloop.conversations.open({ subject });
    await producer.cairnloop.conversations.resolve(id, { resolvedBy: operator });
    const { rows } = await producer.database.query(
      `SELECT id FROM cairnloop.deliveries WHERE conversation_id = '${id}'`,
    );
    return String(rows[0]?.id);
  };
  const calls = () => {
    const file = join(host.folder, 'calls');
    return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
  };
  const sentence = (worker: WorkerProcess, about: RegExp) =>
    worker
      .stderr()
      .split('\n')
      .find((line) => about.test(line));

  for (const deed of ['float', 'float later', 'float nothing', 'float from an emitter']) {
    it(`a rejected promise (${deed}) is logged with its delivery, redacted, and the worker continues`, async () => {
      const worker = await start();
      const delivery = await resolve(deed);
      await eventually(() => assert.ok(sentence(worker, /rejected promise was not handled/), worker.stderr()));
      const line = sentence(worker, /rejected promise was not handled/) ?? '';
      assert.ok(line.includes(`notifier.onConversationResolved (delivery ${delivery}, attempt 1)`), line);
      assert.doesNotMatch(worker.stderr(), /hunter2/);
      await resolve('fine');
      await eventually(() => assert.ok(calls().includes('end fine'), 'not yet'));
      worker.signal('SIGTERM');
      assert.equal(await worker.ended, 0);
    });
  }

  for (const deed of ['throw later', 'throw text later', 'emit an error']) {
    it(`an uncaught error (${deed}) is logged with its delivery, redacted, and ends the worker after the other callbacks`, async () => {
      const worker = await start();
      await resolve('slow');
      await eventually(() => assert.ok(calls().includes('start slow'), 'not yet'));
      const delivery = await resolve(deed);
      assert.equal(await worker.ended, 1);
      const told = worker.stderr();
      assert.match(told, /ended by an error that nobody caught/);
      assert.ok(told.includes(`notifier.onConversationResolved (delivery ${delivery}, attempt 1)`), told);
      assert.doesNotMatch(told, /hunter2/);
      assert.ok(calls().includes('end slow'), 'what ran beside it has finished');
    });
  }

  it('an uncaught error ends the worker even if another callback never ends and has a long time-out', async () => {
    host.write(
      'settings.json',
      JSON.stringify({
        database: { url: producer.database.url },
        ops: { host: '127.0.0.1', port: 0 },
        worker: { shutdownTimeoutMs: 600_000, callbackTimeoutMs: 600_000 },
      }),
    );
    const worker = await start();
    await resolve('hang');
    await eventually(() => assert.ok(calls().includes('start hang'), 'not yet'));
    await resolve('throw later');
    assert.equal(await worker.ended, 1);
    assert.match(worker.stderr(), /ended by an error that nobody caught/);
  });

  it('an error that belongs to no callback is logged with the running ones', async () => {
    const worker = await start();
    const delivery = await resolve('hang');
    await eventually(() => assert.ok(calls().includes('start hang'), 'not yet'));
    host.write('break', '');
    assert.equal(await worker.ended, 1);
    assert.match(
      worker.stderr(),
      /one of the running callbacks, or in code outside of them: notifier\.onConversationResolved/,
    );
    assert.ok(worker.stderr().includes(delivery));
  });

  it('an uncaught error while the worker stops sets the exit code too', async () => {
    const worker = await start();
    await resolve('slow');
    await eventually(() => assert.ok(calls().includes('start slow'), 'not yet'));
    const delivery = await resolve('throw slowly');
    await eventually(() => assert.ok(calls().includes('start throw slowly'), 'not yet'));
    worker.signal('SIGTERM');
    assert.equal(await worker.ended, 1);
    assert.ok(calls().includes('end slow'));
    assert.ok(worker.stderr().includes(delivery));
  });

  it('process.exit() in a callback is logged with its delivery', async () => {
    const worker = await start();
    const delivery = await resolve('exit');
    assert.equal(await worker.ended, 9);
    const line = sentence(worker, /the process exits with code 9/) ?? '';
    assert.ok(line.includes(delivery), worker.stderr());
  });

  it('a callback that blocks the process is named when the process is killed', async () => {
    host.write(
      'settings.json',
      JSON.stringify({
        ...JSON.parse(readFileSync(join(host.folder, 'settings.json'), 'utf8')),
        worker: { leaseMs: 1000, callbackTimeoutMs: 1000 },
      }),
    );
    const worker = await start();
    const delivery = await resolve('loop');
    assert.equal(await worker.ended, 'SIGKILL');
    assert.match(worker.stderr(), /event loop was blocked/);
    assert.ok(worker.stderr().includes(`delivery ${delivery}`), worker.stderr());
  });

  for (const deed of ['throw later', 'float later', 'float nothing']) {
    it(`of a worker inside a host process (${deed}) is logged before Node ends that process`, async () => {
      host.write(
        'server.mjs',
        `import { createCairnloop } from 'cairnloop';
       import config from './cairnloop.config.mjs';
       const cairnloop = await createCairnloop(config);
       await cairnloop.worker.start();`,
      );
      const delivery = await resolve(deed);
      const { exitCode, stderr } = await execa(process.execPath, ['server.mjs'], { cwd: host.folder, reject: false });
      assert.notEqual(exitCode, 0);
      const line = stderr.split('\n').find((one) => one.includes('was not caught')) ?? '';
      assert.ok(line.includes(delivery), stderr);
      assert.doesNotMatch(line, /hunter2/);
    });
  }

  it('log lines that cannot be written to a full disk are lost without other effects', async () => {
    host.write(
      'server.mjs',
      `import { createCairnloop } from 'cairnloop';
       import config from './cairnloop.config.mjs';
       const cairnloop = await createCairnloop(config);
       await cairnloop.worker.start();
       while (!(await import('node:fs')).existsSync(new URL('stop', import.meta.url)))
         await new Promise((resolve) => setTimeout(resolve, 50));
       await cairnloop.close();`,
    );
    const server = spawn(process.execPath, ['server.mjs'], {
      cwd: host.folder,
      stdio: ['ignore', 'ignore', openSync('/dev/full', 'w')],
    });
    const exited = once(server, 'exit');
    await resolve('fail');
    await resolve('fine');
    await eventually(() => assert.ok(calls().includes('end fine'), 'not yet'));
    host.write('stop', '');
    assert.deepEqual(await exited, [0, null]);
  });
});

describe('worker.stop()', () => {
  const { startHost } = useHosts();

  it('never rejects, even if the logger throws about unfinished callbacks', async () => {
    const database = await createTestDatabase(migrated);
    const throws = () => assert.fail('no disk');
    const levels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'];
    const logger = Object.fromEntries(levels.map((level) => [level, throws])) as unknown as Logger;
    let called = 0;
    const onConversationResolved = () => {
      called += 1;
      return new Promise(() => {});
    };
    const config = { database: { url: database.url }, worker: { shutdownTimeoutMs: 50 } };
    const cairnloop = await createCairnloop({ ...config, notifier: { ...silent, onConversationResolved } }, { logger });
    await cairnloop.worker.start();
    const { id } = await cairnloop.conversations.open({});
    await cairnloop.conversations.resolve(id, { resolvedBy: operator });
    await eventually(() => assert.equal(called, 1));
    await cairnloop.worker.stop();
    assert.equal(cairnloop.worker.state, 'stopped');
    await cairnloop.close();
    await database.drop();
  });

  it('never rejects, even if the database with the job store is unreachable', async () => {
    const { cairnloop, database } = await startHost({ notifier: silent });
    await database.query('ALTER TABLE cairnloop.agenda_jobs RENAME TO gone');
    await database.query('ALTER TABLE cairnloop.worker_heartbeats RENAME TO gone_too');
    const { id } = await cairnloop.conversations.open({});
    await cairnloop.conversations.resolve(id, { resolvedBy: operator });
    await database.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
    await cairnloop.worker.stop();
    assert.equal(cairnloop.worker.state, 'stopped');
    await cairnloop.worker.stop();
    await cairnloop.worker.start().catch(() => {});
    await cairnloop.worker.stop();
  });
});

const silent = { onConversationResolved() {}, onSlaBreach() {}, onOutboundTriggered() {} };

const configFile = `
  import { EventEmitter } from 'node:events';
  import { appendFileSync, existsSync, readFileSync } from 'node:fs';
  import { setTimeout as sleep } from 'node:timers/promises';
  import { defineConfig } from 'cairnloop';

  const error = () => new Error('connecting to ${secret} failed');
  const beside = (name) => new URL(name, import.meta.url);
  const emitter = new EventEmitter();
  emitter.on('tick', async () => { throw error(); });
  setInterval(() => { if (existsSync(beside('break'))) throw error(); }, 20).unref();
  const deeds = {
    float: () => void Promise.reject(error()),
    'float later': () => void sleep(30).then(() => { throw error(); }),
    'float nothing': () => void Promise.reject(),
    'float from an emitter': () => void emitter.emit('tick'),
    'throw later': () => void setTimeout(() => { throw error(); }, 30),
    'throw text later': () => void setTimeout(() => { throw error().message; }, 30),
    'emit an error': async () => { setImmediate(() => new EventEmitter().emit('error', error())); await sleep(50); },
    'throw slowly': async () => { setTimeout(() => { throw error(); }, 600); await sleep(900); },
    slow: () => sleep(1200),
    hang: () => new Promise(() => {}),
    fail: () => { throw error(); },
    exit: () => process.exit(9),
    loop: () => { for (;;); },
  };
  const told = async ({ subject }) => {
    const write = (at) => appendFileSync(beside('calls'), at + ' ' + subject + '\\n');
    write('start');
    await deeds[subject]?.();
    write('end');
  };
  export default defineConfig({
    ...JSON.parse(readFileSync(beside('settings.json'), 'utf8')),
    notifier: { onConversationResolved: told, onSlaBreach() {}, onOutboundTriggered() {} },
  });
`;
