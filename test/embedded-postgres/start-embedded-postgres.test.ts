import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { chooseSystemAccount } from '../../src/embedded-postgres/account.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/embedded-postgres/start-embedded-postgres.js';
import { isListening, makeFolder, query } from './support.js';

describe('a temporary embedded Postgres', () => {
  let postgres: EmbeddedPostgres;

  before(async () => {
    postgres = await startEmbeddedPostgres({ settings: { max_connections: '37', application_name: "it's \\ here" } });
  });
  after(() => postgres.stop());

  it('accepts connections on its url, with the given settings', async () => {
    const [row] = await query(
      postgres.url,
      "select current_setting('max_connections') as max, current_setting('port') as port, setting as name from pg_settings where name = 'application_name'",
    );
    assert.equal(row?.max, '37');
    assert.equal(row?.port, String(postgres.port));
    const [reset] = await query(
      postgres.url,
      "select reset_val from pg_file_settings join pg_settings using (name) where name = 'application_name'",
    );
    assert.equal(reset?.reset_val, "it's \\ here");
  });

  it('knows the case of letters beyond ASCII', async () => {
    assert.deepEqual(await query(postgres.url, "select lower('ÄÉ') as lower"), [{ lower: 'äé' }]);
  });

  it('lets nobody in without its password', async () => {
    const url = new URL(postgres.url);
    url.password = 'guessed';
    await assert.rejects(query(url.href, 'select 1'), /password authentication failed/);
  });

  it('listens on loopback only, for any listen_addresses', async () => {
    const open = await startEmbeddedPostgres({ settings: { listen_addresses: '*' } });
    try {
      assert.deepEqual(await query(open.url, 'show listen_addresses'), [{ listen_addresses: '127.0.0.1' }]);
    } finally {
      await open.stop();
    }
  });

  for (const mode of ['fast', 'immediate'] as const) {
    it(`keeps its port and its rows through a restart (${mode})`, async () => {
      await query(postgres.url, `create table kept_${mode} as select 7 as id`);
      await postgres.restart(mode);
      assert.deepEqual(await query(postgres.url, `select id from kept_${mode}`), [{ id: 7 }]);
    });
  }

  it('is unreachable between halt and resume', async () => {
    await postgres.halt('fast');
    await assert.rejects(query(postgres.url, 'select 1'), { code: 'ECONNREFUSED' });
    await postgres.resume();
    assert.equal((await query(postgres.url, 'select 1 as one')).length, 1);
  });

  it('starts under a umask that closes new files to others', async () => {
    const umask = process.umask(0o077);
    try {
      await (await startEmbeddedPostgres()).stop();
    } finally {
      process.umask(umask);
    }
  });

  it('leaves nothing behind once stopped, also when stopped twice or while halted', async () => {
    const other = await startEmbeddedPostgres();
    await other.halt('immediate');
    await Promise.all([other.stop(), other.stop()]);
    await other.stop();
    assert.equal(existsSync(other.dataDir), false);
    assert.equal(await isListening(other.port), false);
  });
});

describe('an embedded Postgres that cannot start', () => {
  it('names the port that is taken', async () => {
    const listener = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => listener.once('listening', resolve));
    const { port } = listener.address() as { port: number };
    try {
      await assert.rejects(startEmbeddedPostgres({ port }), {
        code: 'EMBEDDED_POSTGRES_FAILED',
        message: /failed at start: [\s\S]*could not bind IPv4 address "127\.0\.0\.1"/,
      });
    } finally {
      listener.close();
    }
  });

  it('shows the line of the log that says why', async () => {
    await assert.rejects(startEmbeddedPostgres({ settings: { max_connections: 'many' } }), {
      code: 'EMBEDDED_POSTGRES_FAILED',
      message: /invalid value for parameter "max_connections": "many"/,
    });
  });

  it('names a data folder that cannot be made', async () => {
    const folder = await makeFolder();
    try {
      await writeFile(join(folder.path, 'file'), '');
      await assert.rejects(startEmbeddedPostgres({ dataDir: join(folder.path, 'file', 'data') }), {
        code: 'EMBEDDED_POSTGRES_FAILED',
        message: /ENOTDIR/,
      });
    } finally {
      await folder.remove();
    }
  });
});

describe('a persistent embedded Postgres', () => {
  let folder: Awaited<ReturnType<typeof makeFolder>>;
  let dataDir: string;

  beforeEach(async () => {
    folder = await makeFolder();
    await chmod(folder.path, 0o755);
    dataDir = join(folder.path, 'nested', 'postgres');
  });
  afterEach(() => folder.remove());

  it('finds its data again', async () => {
    const first = await startEmbeddedPostgres({ dataDir });
    await query(first.url, 'create table kept as select 7 as id');
    await first.stop();
    const second = await startEmbeddedPostgres({ dataDir });
    try {
      assert.equal(second.dataDir, dataDir);
      assert.deepEqual(await query(second.url, 'select id from kept'), [{ id: 7 }]);
      assert.deepEqual(await query(second.url, 'show fsync'), [{ fsync: 'on' }]);
    } finally {
      await second.stop();
    }
  });

  it('keeps the port of its last start, and takes another one where that is taken', async () => {
    const first = await startEmbeddedPostgres({ dataDir });
    await first.stop();
    const again = await startEmbeddedPostgres({ dataDir });
    await again.stop();
    assert.equal(again.port, first.port);
    const other = createServer().listen(first.port, '127.0.0.1');
    await once(other, 'listening');
    const elsewhere = await startEmbeddedPostgres({ dataDir });
    await elsewhere.stop();
    other.close();
    assert.notEqual(elsewhere.port, first.port);
  });

  it('is refused while it runs already, which keeps running', async () => {
    const first = await startEmbeddedPostgres({ dataDir });
    try {
      await assert.rejects(startEmbeddedPostgres({ dataDir }), {
        code: 'EMBEDDED_POSTGRES_RUNNING',
        message: new RegExp(`port ${first.port}\\) already runs in ${dataDir}`),
      });
      assert.equal((await query(first.url, 'select 1')).length, 1);
    } finally {
      await first.stop();
    }
  });

  it('is started by one of several processes that try at once', async () => {
    const starts = await Promise.allSettled([1, 2, 3].map(() => startEmbeddedPostgres({ dataDir })));
    const winners = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
    const codes = starts.flatMap((start) => (start.status === 'rejected' ? [start.reason.code] : []));
    try {
      assert.equal(winners.length, 1);
      assert.deepEqual(codes, ['EMBEDDED_POSTGRES_RUNNING', 'EMBEDDED_POSTGRES_RUNNING']);
      assert.equal((await query(winners[0]?.url as string, 'select 1')).length, 1);
    } finally {
      for (const winner of winners) await winner.stop();
    }
  });

  it('starts despite a pid file whose pid now belongs to another process', async () => {
    await (await startEmbeddedPostgres({ dataDir })).stop();
    const namesake = spawn('sleep', ['600'], { cwd: '/', ...(await chooseSystemAccount()) });
    try {
      const pidFile = join(dataDir, 'cluster', 'data', 'postmaster.pid');
      await writeFile(pidFile, `${namesake.pid}\n${dataDir}\n1700000000\n5432\n\n127.0.0.1\n`, { mode: 0o644 });
      const again = await startEmbeddedPostgres({ dataDir });
      await again.stop();
    } finally {
      namesake.kill();
    }
  });
});
