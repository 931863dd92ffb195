import assert from 'node:assert/strict';
import { execa } from 'execa';
import pg from 'pg';
import { migrateUp, readMigrationStatus } from '../../src/db/migrate.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { bin, runCli } from '../support/run-cli.js';
import { migrated } from '../support/started-host.js';
import { type TempHost, tempHost } from '../support/temp-host.js';
import { treeOf } from '../support/tree.js';

const signals = ['SIGHUP', 'SIGTERM', 'SIGINT'] as const;
const files = { 'package.json': { name: 'shop', type: 'module' } };

/** Loaded before the command: sends the signal at the worst moment, between two files of a plan. */
const betweenFiles = `
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
let changed = 0;
for (const name of ['renameSync', 'rmSync']) {
  const change = fs[name];
  fs[name] = (...args) => {
    change(...args);
    changed += 1;
    if (changed === 2) process.kill(process.pid, process.env.SENT);
  };
}
syncBuiltinESMExports();
`;

/** The command line in a process whose streams pass for a terminal. */
const asking = `
const { main } = await import(process.env.MAIN);
const { createProcessIo } = await import(process.env.IO);
process.exitCode = await main(['gen', 'all'], { ...createProcessIo(), isInteractive: true });
`;
const moduleOf = (name: string) => new URL(`../../dist/cli/${name}.js`, import.meta.url).href;

describe('a signal that ends a command', () => {
  let host: TempHost;
  beforeEach(() => {
    host = tempHost(files);
  });
  afterEach(() => host.remove());

  for (const signal of signals) {
    const others = signal === 'SIGHUP' ? [['init', '--modules', 'all', '--yes'], ['undo']] : [];
    for (const command of [['gen', 'all'], ...others]) {
      it(`${signal} leaves nothing half-written: ${command.join(' ')}`, async () => {
        const before = treeOf(host.folder);
        if (command[0] === 'undo') await runCli(['gen', 'all'], { cwd: host.folder });
        host.write('node_modules/between.mjs', betweenFiles);
        const args = ['--import', `${host.folder}/node_modules/between.mjs`, bin, ...command];
        const run = await execa(process.execPath, args, {
          cwd: host.folder,
          env: { CI: '1', SENT: signal },
          reject: false,
        });
        assert.equal(run.signal, signal, run.stderr);
        if (command[0] !== 'undo') {
          const left = treeOf(host.folder);
          assert.equal(Object.keys(left).filter((file) => /^cairnloop\/[^.]*\.js$/.test(file)).length, 4);
          assert.equal((await runCli(['undo'], { cwd: host.folder })).exitCode, 0);
        }
        assert.deepEqual(treeOf(host.folder), before);
      });
    }

    it(`${signal} at a question writes nothing, and leaves the terminal as it was`, async () => {
      const before = treeOf(host.folder);
      const child = execa(process.execPath, ['--input-type=module', '--eval', asking], {
        cwd: host.folder,
        env: { CI: '', MAIN: moduleOf('main'), IO: moduleOf('io') },
        stdin: 'pipe',
        reject: false,
      });
      let shown = '';
      child.stdout.on('data', (chunk) => {
        shown += chunk;
      });
      await eventually(() => assert.match(shown, /In which folder/));
      child.kill(signal);
      assert.equal((await child).signal, signal);
      assert.ok(shown.lastIndexOf('\u001b[?25h') > shown.lastIndexOf('\u001b[?25l'), JSON.stringify(shown));
      assert.deepEqual(treeOf(host.folder), before);
    });
  }
});

describe('SIGHUP while migrations run', () => {
  let database: TestDatabase;
  let expected: TestDatabase;
  let host: TempHost;
  before(async () => {
    [database, expected] = [await createTestDatabase(), await createTestDatabase(migrated)];
  });
  after(async () => {
    host.remove();
    await Promise.all([database.drop(), expected.drop()]);
  });

  it('rolls back the one under way, keeps those before it, and the next run ends the work', async () => {
    const options = { url: database.url, schema: 'cairnloop' };
    await migrateUp(options, '0016-audit-format');
    host = tempHost({ ...files, 'cairnloop.config.js': `export default { database: { url: '${database.url}' } };` });
    const holder = new pg.Client(database.url);
    await holder.connect();
    await holder.query('BEGIN; LOCK TABLE cairnloop.conversations IN ACCESS SHARE MODE');
    const child = execa(process.execPath, [bin, 'migrate'], { cwd: host.folder, env: { CI: '1' }, reject: false });
    await new Promise((resolve) => {
      child.stderr.on('data', (chunk) => String(chunk).includes('waits for a table') && resolve(undefined));
      void child.then(resolve);
    });
    child.kill('SIGHUP');
    const { signal, stderr } = await child;
    assert.equal(signal, 'SIGHUP', stderr);
    await holder.end();
    const sessions = `SELECT 1 FROM pg_stat_activity WHERE application_name = 'cairnloop-migrate' AND datname = current_database()`;
    await eventually(async () => assert.equal((await database.query(sessions)).rowCount, 0));
    assert.ok((await readMigrationStatus(options)).pending.length > 0);
    const { exitCode, stderr: said } = await runCli(['migrate'], { cwd: host.folder });
    assert.equal(exitCode, 0, said);
    assert.deepEqual(await schemaOf(database), await schemaOf(expected));
  });
});

async function schemaOf(database: TestDatabase): Promise<string[]> {
  const { rows } = await database.query<{ line: string }>(`
    SELECT format('%s.%s %s %s', table_name, column_name, data_type, column_default) AS line
    FROM information_schema.columns WHERE table_schema = 'cairnloop'
    UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'cairnloop' ORDER BY 1`);
  return rows.map(({ line }) => line);
}
