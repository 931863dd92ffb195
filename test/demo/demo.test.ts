import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { runCli } from '../support/run-cli.js';
import { tempHost } from '../support/temp-host.js';

const templates = fileURLToPath(new URL('../../templates/demo', import.meta.url));
const tsc = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));

describe('cairnloop demo', function () {
  this.timeout(120_000);

  it('plays the whole life cycle in an empty folder and leaves only the demo host', async () => {
    const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'cairnloop-demo-')));
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
        'policy says allow; sent without review',
        'policy says draft_only',
        'policy says require_approval',
        'policy says deny',
        'duplicate true',
        '3 recipients, 2 accepted',
        'paused by Maya (waiting for the customer)',
        'conversation_resolved done 3 attempts (before: the CRM answered 503)',
        'sla_breach done 1 attempt',
        'GET /health -> 200 {"status":"ok"}',
        'GET /metrics -> 200',
        'Worker stopped with exit code 0',
      ]) {
        assert.ok(told.includes(expected), `expected "${expected}" in:\n${run.stdout}`);
      }
      assert.deepEqual(readdirSync(folder), ['cairnloop-demo']);
      assert.ok(!readdirSync(path.join(folder, 'cairnloop-demo')).includes('.cairnloop'), 'the data should be gone');
      assert.ok(
        run.stdout.split('\n').every((line) => line.length <= 100),
        'lines should fit a terminal',
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
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
