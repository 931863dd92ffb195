import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { until } from '../../embedded-postgres/support.js';
import { bin, runCli } from '../../support/run-cli.js';
import { tempHost } from '../../support/temp-host.js';

const templates = fileURLToPath(new URL('../../../templates/demo', import.meta.url));
const tsc = fileURLToPath(new URL('../../../node_modules/typescript/bin/tsc', import.meta.url));

/** The process that it says it has started. */
async function workerOf(demo: ChildProcess): Promise<number> {
  for await (const line of createInterface(demo.stdout as NodeJS.ReadableStream)) {
    const pid = /Worker running as process (\d+)/.exec(line)?.[1];
    if (pid) return Number(pid);
  }
  throw new Error('the demo ended before its worker was running');
}

/** One that has ended but that no parent has asked after still has its number, and the state Z. */
async function isRunning(pid: number): Promise<boolean> {
  const { stdout } = await execa('ps', ['-o', 'stat=', '-p', String(pid)], { reject: false });
  return stdout !== '' && !stdout.startsWith('Z');
}

describe('cairnloop demo', function () {
  this.timeout(120_000);

  it('runs through the whole life cycle in an empty folder and leaves only the demo host', async () => {
    const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'cairnloop-demo-')));
    const dataOfDemo = path.join(folder, 'cairnloop-demo', '.cairnloop', 'postgres');
    mkdirSync(dataOfDemo, { recursive: true });
    try {
      const run = await runCli(['demo', '--once'], { cwd: folder, timeoutMs: 110_000 });
      assert.equal(run.exitCode, 0, run.stderr);
      const told = run.stdout.replace(/\s+/g, ' ');
      for (const expected of [
        'onConversationResolved, attempt 1',
        'onConversationResolved, attempt 2',
        'onConversationResolved, attempt 3',
        'onOutboundTriggered, attempt 1',
        'onSlaBreach, attempt 1',
        'onReply, attempt 1: Invoice total looks wrong (to cus_0417, from Maya: "You are right, I have corrected it.")',
        'Customer cus_0417 has the answer: reply sent',
        'onReply, attempt 1: Export keeps failing (to cus_0588, from Maya:',
        'onReply, attempt 1: Cannot sign in (to cus_0588, from system:policy:',
        'reply done 1 attempt',
        'policy says allow; sent without review',
        'policy says draft_only',
        'policy says require_approval',
        'policy says deny',
        'duplicate true',
        '3 recipients, 2 accepted',
        'paused by Maya (waiting for the customer)',
        'conversation_resolved done 3 attempts (before: the CRM responded with 503)',
        'sla_breach done 1 attempt',
        'GET /health -> 200 {"status":"ok"}',
        'GET /metrics -> 200',
        'Worker stopped with exit code 0',
      ]) {
        assert.ok(told.includes(expected), `expected "${expected}" in:\n${run.stdout}`);
      }
      assert.deepEqual(readdirSync(folder), ['cairnloop-demo']);
      assert.deepEqual(readdirSync(path.dirname(dataOfDemo)), ['postgres'], 'only its own data should be gone');
      // One JSON document has no space to break at.
      const tooLong = run.stdout.split('\n').filter((line) => line.length > 80 && line.trim().includes(' '));
      assert.deepEqual(tooLong, [], 'lines should fit a terminal');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('leaves no process and no data when Ctrl-C ends it before its end', async () => {
    const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'cairnloop-demo-')));
    // Run by root, Postgres has a user of its own, who may enter here.
    chmodSync(folder, 0o755);
    // A group of its own, as a terminal gives to what it runs.
    const demo = spawn(process.execPath, [bin, 'demo', '--once'], {
      cwd: folder,
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const worker = await workerOf(demo);
      const data = path.join(folder, 'cairnloop-demo', '.cairnloop');
      assert.equal(readdirSync(data).length, 1);
      process.kill(-(demo.pid as number), 'SIGINT');
      await until(async () => readdirSync(data).length === 0 && !(await isRunning(worker)));
    } finally {
      demo.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('says in one sentence that it cannot write to its folder', async () => {
    const host = tempHost({ 'a-file': '' });
    try {
      const run = await runCli(['demo', '--once', '--dir', 'a-file/demo'], { cwd: host.folder });
      assert.equal(run.exitCode, 1);
      assert.match(run.stderr, /^\S+a-file\S* could not be written: a part of the path is a file\.\n.+\n$/);
    } finally {
      host.remove();
    }
  });

  it('writes a host that compiles under strict', async () => {
    const host = tempHost({});
    try {
      cpSync(templates, host.folder, { recursive: true });
      const compiled = await execa(process.execPath, [tsc, '-p', host.folder], { reject: false });
      assert.equal(compiled.exitCode, 0, compiled.stdout);
    } finally {
      host.remove();
    }
  });
});
