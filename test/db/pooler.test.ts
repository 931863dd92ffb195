import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { runWorker } from '../../src/cli/run/run-worker.js';
import { validateConfig } from '../../src/config/config-schema.js';
import { migrateUp } from '../../src/db/migrate.js';
import { createCairnloop } from '../../src/instance/cairnloop.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startPooler } from '../support/pooler.js';
import { readDatabase } from '../support/read-database.js';
import { migrated, operator } from '../support/started-host.js';

const sentence = /through a pooler in transaction mode/;
const times = 12;

describe('a database behind a pooler', () => {
  let database: TestDatabase;
  before(async () => {
    database = await createTestDatabase(migrated);
  });
  after(() => database.drop());

  /** What must hold of any pooler in transaction mode, each time it is tried. */
  async function isRefused(url: string): Promise<void> {
    const config = validateConfig({ database: { url } });
    const running = { config, configFile: 'cairnloop.config.ts', ops: null, onReady() {}, onStopping() {} };
    const refused = { code: 'DATABASE_POOLER', message: sentence };
    for (let time = 0; time < times; time += 1) {
      await assert.rejects(createCairnloop(config), refused);
      await assert.rejects(migrateUp({ url, schema: 'cairnloop' }), refused);
      await assert.rejects(runWorker(running), refused);
      const { database } = await readDatabase(url, 'cairnloop', 5000);
      assert.equal(database.state === 'known' && database.value.pooling, 'transaction');
    }
  }

  /** What must hold of any pooler in session mode. */
  async function works(url: string): Promise<void> {
    const told: string[] = [];
    const notifier = {
      onConversationResolved: ({ id }: { id: string }) => void told.push(id),
      onSlaBreach() {},
      onOutboundTriggered() {},
    };
    const cairnloop = await createCairnloop({ database: { url, poolSize: 3 }, notifier, log: { level: 'fatal' } });
    try {
      await cairnloop.worker.start();
      const { id } = await cairnloop.conversations.open({ message: 'Hello?' });
      await cairnloop.conversations.resolve(id, { resolvedBy: operator });
      await eventually(() => assert.deepEqual(told, [id]));
      const facts = await readDatabase(url, 'cairnloop', 5000);
      assert.equal(facts.database.state === 'known' && facts.database.value.pooling, 'none');
      assert.equal(facts.jobs.state, 'known');
    } finally {
      await cairnloop.close();
    }
  }

  it('in transaction mode is refused with one sentence, every time, and no setting of its sessions changes', async () => {
    const pooler = await startPooler(database.url, 'transaction');
    // Another client of the pooler, whose sessions ours would be.
    const host = new pg.Client({ connectionString: pooler.url });
    await host.connect();
    await isRefused(pooler.url);
    const { rows } = await host.query("SELECT current_setting('search_path') AS path");
    assert.match(rows[0].path, /public/);
    await host.end();
    await pooler.close();
  }).timeout(120_000);

  it('in transaction mode is refused also while other clients use its sessions', async () => {
    const pooler = await startPooler(database.url, 'transaction');
    let busy = true;
    const others = Array.from({ length: 6 }, async () => {
      const client = new pg.Client({ connectionString: pooler.url });
      await client.connect();
      while (busy) await client.query('SELECT pg_sleep(random() * 0.002)');
      await client.end();
    });
    await isRefused(pooler.url);
    busy = false;
    await Promise.all(others);
    await pooler.close();
  }).timeout(120_000);

  it('in session mode works', async () => {
    const pooler = await startPooler(database.url, 'session');
    await works(pooler.url);
    await pooler.close();
  });

  describe('PgBouncer', () => {
    let bouncer: { url(mode: string): string; stop(): Promise<void> };
    before(async function () {
      if (!hasPgBouncer()) {
        console.log('      SKIPPED: PgBouncer is not installed (Debian: apt-get install pgbouncer)');
        this.skip();
      }
      bouncer = await startPgBouncer(database.url);
    });
    after(() => bouncer?.stop());

    for (const mode of ['transaction', 'statement'])
      it(`in ${mode} mode is refused with one sentence, every time`, () => isRefused(bouncer.url(mode))).timeout(
        120_000,
      );

    it('in session mode works', () => works(bouncer.url('session')));
  });
});

function hasPgBouncer(): boolean {
  try {
    return execFileSync('pgbouncer', ['--version'], { stdio: 'pipe' }).length > 0;
  } catch {
    return false;
  }
}

async function startPgBouncer(databaseUrl: string) {
  const folder = mkdtempSync(join(tmpdir(), 'cairnloop-pgbouncer-'));
  const { hostname, port, username, password, pathname } = new URL(databaseUrl);
  const listenPort = 20_000 + (process.pid % 20_000);
  const target = `host=${hostname} port=${port} user=${username} password='${decodeURIComponent(password)}' dbname=${pathname.slice(1)}`;
  const databases = ['session', 'transaction', 'statement'].map((mode) => `${mode} = ${target} pool_mode=${mode}`);
  writeFileSync(
    join(folder, 'pgbouncer.ini'),
    `[databases]\n${databases.join('\n')}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = ${listenPort}\nauth_type = any\nunix_socket_dir =\n`,
    { mode: 0o644 },
  );
  // It refuses to run as root.
  const asOther = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  if (asOther.uid) execFileSync('chmod', ['755', folder]);
  const running = spawn('pgbouncer', [join(folder, 'pgbouncer.ini')], { ...asOther, stdio: 'ignore' });
  const url = (mode: string) => `postgres://nobody@127.0.0.1:${listenPort}/${mode}`;
  await eventually(async () => {
    const client = new pg.Client({ connectionString: url('session') });
    await client.connect();
    await client.end();
  });
  return {
    url,
    stop: async () => {
      running.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
