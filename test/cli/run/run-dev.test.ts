import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { findRunningPostgres } from '../../../src/embedded-postgres/running.js';
import { createTestDatabase } from '../../support/database.js';
import { bin, runCli } from '../../support/run-cli.js';
import { type TempHost, tempHost } from '../../support/temp-host.js';

describe('cairnloop dev', () => {
  it('serves a host without a database of its own, and Ctrl-C stops all of it', async () => {
    const host = tempHost({
      'package.json': '{ "type": "module" }\n',
      'cairnloop.config.js':
        'export default { database: { url: process.env.DATABASE_URL }, ops: { port: 0 }, log: { level: "silent" } };\n',
    });
    // Run by root, Postgres has a user of its own, who may enter here.
    chmodSync(host.folder, 0o755);
    const { DATABASE_URL: _, ...env } = process.env;
    const dev = spawn(process.execPath, [bin, 'dev', '--port', '0'], {
      cwd: host.folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    try {
      const dataDir = await namedIn(dev.stderr, /embedded Postgres, its data in (.+)$/);
      const said = await linesUntil(dev.stdout, /^Ctrl-C stops/);
      const [workspace, portal, health] = said.map((line) => /http:\S+/.exec(line)?.[0] ?? '');
      assert.equal((await fetch(workspace ?? '')).status, 200);
      assert.match(
        await (await fetch(portal ?? '')).text(),
        /<h1>Your conversations<.*Dev customer|Dev customer.*<h1>Your conversations</,
      );
      assert.deepEqual(await (await fetch(`${health}/ready`)).json(), {
        status: 'ok',
        checks: { database: 'ok', jobs: 'ok', migrations: 'ok' },
      });
      const [, databaseUrl = '', command] = said.join('\n').match(/DATABASE_URL=(\S+) npx cairnloop (.+)$/m) ?? [];
      assert.equal(command, 'deliveries list');
      const list = await runCli(['deliveries', 'list'], { cwd: host.folder, env: { DATABASE_URL: databaseUrl } });
      assert.match(list.stdout, /^Last worker heartbeat: \d+ s ago$/m);
      assert.equal(readFileSync(path.join(host.folder, '.cairnloop/.gitignore'), 'utf8'), '*\n');
      dev.kill('SIGINT');
      assert.deepEqual(await once(dev, 'exit'), [0, null]);
      assert.equal(await findRunningPostgres(path.join(dataDir, 'cluster', 'data')), undefined);
    } finally {
      dev.kill('SIGKILL');
      host.remove();
    }
  });

  it('gives its own database to the variable that the config reads, also where DATABASE_URL is another one', async () => {
    const host = tempHost({
      'package.json': '{ "type": "module" }\n',
      'cairnloop.config.js':
        'export default { database: { url: process.env.SUPPORT_URL }, ops: { port: 0 }, log: { level: "silent" } };\n',
      '.env': 'DATABASE_URL=file:dev.db\nSUPPORT_URL=\n',
    });
    chmodSync(host.folder, 0o755);
    const dev = spawn(process.execPath, [bin, 'dev', '--port', '0'], {
      cwd: host.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    try {
      await namedIn(dev.stderr, /^SUPPORT_URL is not set: using an embedded Postgres, its data in (.+)$/);
      const said = await linesUntil(dev.stdout, /^Ctrl-C stops/);
      assert.match(said.join('\n'), /^ {2}SUPPORT_URL=postgres\S+ npx cairnloop deliveries list$/m);
      dev.kill('SIGINT');
      assert.deepEqual(await once(dev, 'exit'), [0, null]);
    } finally {
      dev.kill('SIGKILL');
      host.remove();
    }
  });

  describe('before it touches anything', () => {
    let host: TempHost;
    let taken: Server;
    let port: number;
    before(async () => {
      taken = createServer().listen(0, '127.0.0.1');
      await once(taken, 'listening');
      ({ port } = taken.address() as AddressInfo);
      host = tempHost({ 'package.json': '{ "type": "module" }\n' });
    });
    after(() => {
      taken.close();
      host.remove();
    });

    const dev = (env: Record<string, string>, ...args: string[]) => runCli(['dev', ...args], { cwd: host.folder, env });

    it('asks for a config, and makes no cluster without one', async () => {
      const { exitCode, stderr } = await dev({});
      assert.equal(exitCode, 1);
      assert.match(stderr, /^No Cairnloop config was found/);
      assert.ok(!existsSync(path.join(host.folder, '.cairnloop')));
    });

    it('says how to change each port that is taken, and leaves the database as it was', async () => {
      const database = await createTestDatabase();
      host.write(
        'cairnloop.config.js',
        `export default { database: { url: '${database.url}' }, ops: { port: Number(process.env.OPS_PORT) } };`,
      );
      const url = { DATABASE_URL: database.url };
      try {
        for (const [env, args, words] of [
          [{ OPS_PORT: '0' }, ['--port', String(port)], /^The workspace cannot listen .*\n.*another port with --port;/],
          [{ OPS_PORT: String(port) }, ['--port', '0'], /^The ops server cannot .*\n.*another port with --ops-port;/],
          [{ OPS_PORT: '0' }, ['--port', '0', '--ops-port', String(port)], /^The ops server cannot listen/],
        ] as const) {
          const { exitCode, stderr } = await dev({ ...url, ...env }, ...args);
          assert.deepEqual([exitCode, words.test(stderr)], [1, true], stderr);
        }
        const { rowCount } = await database.query("SELECT FROM pg_namespace WHERE nspname = 'cairnloop'");
        assert.equal(rowCount, 0);
        const { stderr } = await dev({ OPS_PORT: '0' }, '--port', String(port));
        assert.match(stderr, /^The workspace cannot listen/);
        assert.ok(!existsSync(path.join(host.folder, '.cairnloop')));
      } finally {
        await database.drop();
      }
    });
  });
});

async function namedIn(stream: ChildProcess['stdout'], pattern: RegExp): Promise<string> {
  const lines = await linesUntil(stream, pattern);
  return pattern.exec(lines.at(-1) ?? '')?.[1] ?? '';
}

async function linesUntil(stream: ChildProcess['stdout'], last: RegExp): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of createInterface(stream as NodeJS.ReadableStream)) {
    lines.push(line);
    if (last.test(line)) return lines;
  }
  throw new Error(`it ended after saying: ${lines.join('\n')}`);
}
