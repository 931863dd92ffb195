import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createTestDatabase } from '../support/database.js';
import { migrated } from '../support/started-host.js';

const script = fileURLToPath(new URL('../support/faked-timers.ts', import.meta.url));

describe('a host whose tests use fake timers', () => {
  for (const [when, words] of Object.entries({
    before: 'before it loads cairnloop',
    after: 'before it connects',
    later: 'when it is connected',
  }))
    it(`can write and close: ${words}`, async () => {
      const database = await createTestDatabase(migrated);
      const args = ['--import', 'tsx', script, database.url, when];
      const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 100_000 });
      assert.equal(stdout.trim(), 'closed');
      await database.drop();
    });
});
