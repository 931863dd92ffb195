import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatDatabaseTarget, isLocalDatabaseUrl, readConnectionUrl } from '../../src/db/connection-url.js';
import { migrateUp } from '../../src/db/migrate.js';
import { openSession } from '../../src/db/session.js';
import { createCairnloop } from '../../src/instance/cairnloop.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { readDatabase } from '../support/read-database.js';
import { runCli } from '../support/run-cli.js';
import { migrated } from '../support/started-host.js';
import { tempHost } from '../support/temp-host.js';
import { startWorkerProcess } from '../support/worker-process.js';

describe('database.url', () => {
  let database: TestDatabase;
  let server: URL;
  let folder: string;
  let socket: net.Server;
  before(async () => {
    database = await createTestDatabase(migrated);
    server = new URL(database.url);
    folder = mkdtempSync(join(tmpdir(), 'cairnloop-socket-'));
    socket = net.createServer((near) => {
      const far = net.connect(Number(server.port), server.hostname);
      for (const end of [near, far]) end.on('error', () => {});
      near.pipe(far).pipe(near);
    });
    socket.listen(join(folder, '.s.PGSQL.5499'));
    await once(socket, 'listening');
  });
  after(async () => {
    socket.close();
    rmSync(folder, { recursive: true });
    await database.drop();
  });

  const parts = () => ({
    login: `${server.username}:${server.password}`,
    path: server.pathname.slice(1),
    folder: encodeURIComponent(folder),
  });

  const forms: Record<string, () => { url: string; target: string; env?: Record<string, string> }> = {
    'a host and a port': () => ({ url: database.url, target: `${server.host}/${parts().path}` }),
    'a socket as its host': () => ({
      url: `postgres://${parts().login}@${parts().folder}:5499/${parts().path}`,
      target: `${folder}:5499/${parts().path}`,
    }),
    'a socket in its query': () => ({
      url: `postgres://${parts().login}@/${parts().path}?host=${parts().folder}&port=5499`,
      target: `${folder}:5499/${parts().path}`,
    }),
    'a host and a port in its query, over those in front': () => ({
      url: `postgres://${parts().login}@192.0.2.1:1/${parts().path}?host=${server.hostname}&port=${server.port}`,
      target: `${server.host}/${parts().path}`,
    }),
    'no host and no port, which the environment names': () => ({
      url: `postgres://${parts().login}@/${parts().path}`,
      target: `${server.host}/${parts().path}`,
      env: { PGHOST: server.hostname, PGPORT: server.port },
    }),
  };

  for (const [form, make] of Object.entries(forms))
    it(`means the same to the library, migrate, the worker’s probes and doctor: ${form}`, async () => {
      const { url, target, env = {} } = make();
      Object.assign(process.env, env);
      try {
        assert.equal(formatDatabaseTarget(url), target);
        const found = await readDatabase(url, 'cairnloop', 5000);
        assert.ok(found.database.state === 'known' && found.work.state === 'known' && found.jobs.state === 'known');
        assert.equal(found.database.value.target, target);
        assert.deepEqual(await migrateUp({ url, schema: 'cairnloop' }), []);
        const cairnloop = await createCairnloop({ database: { url }, log: { level: 'fatal' } });
        await cairnloop.worker.start();
        await cairnloop.conversations.open({ message: 'Hello?' });
        await cairnloop.close();
      } finally {
        for (const name of Object.keys(env)) delete process.env[name];
      }
    });

  for (const password of ['p@ss', 'a:b/c?d#e', '100%', 'two words', 'ünï✓', `quo"te'`, '{"a"}', '%41%'])
    it(`may hold any password, percent-encoded: ${password}`, async () => {
      const role = `odd_${process.pid}_${Buffer.from(password).toString('hex').slice(0, 20)}`;
      await database.query(`CREATE ROLE ${role} LOGIN PASSWORD '${password.replaceAll("'", "''")}'`);
      try {
        const url = `postgres://${role}:${encodeURIComponent(password)}@${server.host}${server.pathname}`;
        assert.equal(readConnectionUrl(url).password, password);
        const session = await openSession({ url, schema: 'public', name: 'test' });
        await session.end();
        const wrong = `postgres://${role}:${encodeURIComponent(`${password}!`)}@${server.host}/missing`;
        await assert.rejects(createCairnloop({ database: { url: wrong } }), ({ message, hint }) => {
          assert.ok(
            !message.includes(`${password}!`) && !message.includes(encodeURIComponent(`${password}!`)),
            message,
          );
          return /cannot be reached/.test(message) && hint !== '';
        });
      } finally {
        await database.query(`DROP ROLE ${role}`);
      }
    });

  it('is local only by a socket or the loopback interface', () => {
    const local = [
      'postgres://u@%2Fvar%2Frun/db',
      'postgres:///db?host=/tmp',
      'postgres://localhost/db',
      'postgres://[::1]/db',
    ];
    const remote = [
      'postgres://db.internal/db',
      'postgres://localhost/db?host=db.internal',
      'postgres://127.evil.example/db',
    ];
    assert.deepEqual(local.map(isLocalDatabaseUrl), [true, true, true, true]);
    assert.deepEqual(remote.map(isLocalDatabaseUrl), [false, false, false]);
  });

  it('works under NODE_PG_FORCE_NATIVE: migrate, worker and doctor run without pg-native', async () => {
    const host = tempHost({
      'package.json': { type: 'module' },
      'cairnloop.config.mjs': `export default { database: { url: '${database.url}' } };`,
    });
    const env = { NODE_PG_FORCE_NATIVE: '1' };
    const migrate = await runCli(['migrate', '--json'], { cwd: host.folder, env });
    assert.equal(migrate.exitCode, 0, migrate.stderr);
    const worker = await startWorkerProcess(host, ['--no-ops'], env);
    const doctor = await runCli(['doctor', '--json'], { cwd: host.folder, env });
    const { findings } = JSON.parse(doctor.stdout);
    for (const code of ['JOBS', 'WORKER'])
      assert.equal(findings.find((finding: { code: string }) => finding.code === code)?.level, 'ok', doctor.stdout);
    worker.signal('SIGTERM');
    assert.equal(await worker.ended, 0);
    host.remove();
  });
});
