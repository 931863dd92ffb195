import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { createCairnloop } from '../../src/create-cairnloop.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { runCli } from '../support/run-cli.js';
import { operator } from '../support/started-host.js';
import { type TempHost, tempHost } from '../support/temp-host.js';
import { startWorkerProcess, type WorkerProcess } from '../support/worker-process.js';

const tsc = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));

const project = {
  'package.json': { name: 'shop', type: 'module', dependencies: { cairnloop: '*' } },
  'tsconfig.json': {
    compilerOptions: { strict: true, module: 'nodenext', target: 'es2023', noEmit: true, types: ['node'] },
  },
};

const config = (head: string, entry: string) => `import { defineConfig } from 'cairnloop';
${head}
export default defineConfig({
  database: { url: process.env.DATABASE_URL },
  ops: { host: '127.0.0.1', port: 0 },${entry}
});
`;

const byHand = `import type { Notifier } from 'cairnloop';

export const notifier: Notifier = {
  onConversationResolved(conversation, { actor, deliveryId }) {
    console.info('conversation resolved', { conversationId: conversation.id, resolvedBy: actor?.id, deliveryId });
  },
  onSlaBreach() {},
  onOutboundTriggered() {},
};
`;

describe('the notifier of a host', () => {
  let database: TestDatabase;
  let host: TempHost;
  let worker: WorkerProcess | undefined;
  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(async () => {
    worker?.signal('SIGTERM');
    await worker?.ended;
    worker = undefined;
    host.remove();
    await database.drop();
  });

  const run = async (...args: string[]) => {
    const { exitCode, stderr } = await runCli(args, { cwd: host.folder, env: { DATABASE_URL: database.url } });
    assert.equal(exitCode, 0, stderr);
  };

  /** Compiles, migrates, starts a worker process, resolves a conversation in this one, and reads what was told there. */
  const isTold = async () => {
    const { stdout } = await execa(process.execPath, [tsc, '-p', '.'], { cwd: host.folder, reject: false });
    assert.equal(stdout, '');
    await run('migrate');
    worker = await startWorkerProcess(host, [], { DATABASE_URL: database.url });
    const notifier = { onConversationResolved() {}, onSlaBreach() {}, onOutboundTriggered() {} };
    const cairnloop = await createCairnloop({ database: { url: database.url }, notifier });
    const { id } = await cairnloop.conversations.open({ actorId: 'ada' });
    await cairnloop.conversations.resolve(id, { resolvedBy: operator });
    const [delivery] = await eventually(async () => {
      const { items } = await cairnloop.deliveries.list();
      assert.equal(items[0]?.state, 'done');
      return items;
    });
    await cairnloop.close();
    const told = [`conversationId: '${id}'`, `resolvedBy: '${operator.id}'`, `deliveryId: '${delivery?.id}'`];
    await eventually(() => {
      const line = worker?.stdout() ?? '';
      for (const part of ['conversation resolved', ...told]) assert.ok(line.includes(part), `${part} in ${line}`);
    });
  };

  it('NT14 is generated, compiles under strict, and is called in the worker process', async () => {
    host = tempHost({ ...project, 'cairnloop.config.ts': config('', '') });
    await run('gen', 'notifier');
    await isTold();
  });

  it('NT15 written and configured by hand is called just the same', async () => {
    const imported = `import { notifier } from './src/cairnloop/notifier.js';\n`;
    host = tempHost({
      ...project,
      'cairnloop.config.ts': config(imported, '\n  notifier,'),
      'src/cairnloop/notifier.ts': byHand,
    });
    await isTold();
  });
});
