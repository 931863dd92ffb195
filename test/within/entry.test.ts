import assert from 'node:assert/strict';
import { execa } from 'execa';
import { sourceFiles } from '../support/source-files.js';
import { tempHost } from '../support/temp-host.js';

const test = `console.log(Object.keys(adapters).sort().join(' '));`;

describe('cairnloop/transactions', () => {
  for (const [file, text] of [
    ['a.mjs', `import * as adapters from 'cairnloop/transactions';${test}`],
    ['a.cjs', `const adapters = require('cairnloop/transactions');${test}`],
  ] as const) {
    it(`is imported by a host from ${file}`, async () => {
      const host = tempHost({ 'package.json': {}, [file]: text });
      const { stdout } = await execa(process.execPath, [file], { cwd: host.folder, timeout: 60_000 });
      assert.equal(stdout, 'fromDrizzle fromKnex fromKysely fromPrisma fromSequelize fromTypeOrm');
      host.remove();
    });
  }

  it('imports none of the database libraries, so that a host installs only its own', () => {
    const entry = sourceFiles().find(({ path }) => path === 'transactions.ts');
    const imported = entry?.imports.filter(({ isType }) => !isType).map(({ target }) => target);
    assert.deepEqual(imported, ['node:crypto']);
  });
});
