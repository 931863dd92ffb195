import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { findRunning } from '../../src/embedded-postgres/running.js';
import { bin } from '../support/run-cli.js';
import { tempHost } from '../support/temp-host.js';

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
      const [workspace, health] = said.map((line) => /http:\S+/.exec(line)?.[0] ?? '');
      assert.equal((await fetch(workspace ?? '')).status, 200);
      assert.deepEqual(await (await fetch(`${health}/ready`)).json(), {
        status: 'ok',
        checks: { database: 'ok', jobs: 'ok', migrations: 'ok' },
      });
      assert.equal(readFileSync(path.join(host.folder, '.cairnloop/.gitignore'), 'utf8'), '*\n');
      dev.kill('SIGINT');
      assert.deepEqual(await once(dev, 'exit'), [0, null]);
      assert.equal(await findRunning(path.join(dataDir, 'cluster', 'data')), undefined);
    } finally {
      dev.kill('SIGKILL');
      host.remove();
    }
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
