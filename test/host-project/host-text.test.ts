import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { decodeHostFileText, encodeHostFileText } from '../../src/host-project/host-text.js';
import { runMain } from '../support/run-main.js';
import { type TempHost, tempHost } from '../support/temp-host.js';

const latin1 = Buffer.from(
  "import { defineConfig } from 'cairnloop';\n\n// Gr\u00f6\u00dfe: \u00e9t\u00e9\nexport default defineConfig({\n  database: { url: process.env.DATABASE_URL },\n});\n",
  'latin1',
);

describe('host-project/host-text', () => {
  it('preserves any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        assert.deepEqual(encodeHostFileText(decodeHostFileText(Buffer.from(bytes))), Buffer.from(bytes));
      }),
      { numRuns: 2000 },
    );
    for (const text of ['', 'a', '日本 🪨', '\uFEFFa', 'a\r\nb'])
      assert.equal(decodeHostFileText(Buffer.from(text)), text);
  });

  describe('in a host', () => {
    let host: TempHost;
    const at = (file: string) => path.join(host.folder, file);
    const run = (...argv: string[]) => runMain(host.folder, argv);
    afterEach(() => host.remove());

    it('leaves the bytes of a config in Latin-1 as they are, and undo brings back the very file', async () => {
      host = tempHost({ 'package.json': { type: 'module', name: 'host' } });
      writeFileSync(at('cairnloop.config.js'), latin1);
      assert.equal((await run('gen', 'notifier')).exitCode, 0);
      const edited = readFileSync(at('cairnloop.config.js'));
      assert.ok(edited.includes(Buffer.from('Gr\u00f6\u00dfe: \u00e9t\u00e9', 'latin1')));
      assert.ok(edited.includes('  notifier,\n'));
      assert.equal((await run('undo')).exitCode, 0);
      assert.deepEqual(readFileSync(at('cairnloop.config.js')), latin1);
    });

    it('undo restores a module in Latin-1 that --force had overwritten, and appending keeps bytes as they are', async () => {
      host = tempHost({ 'package.json': { type: 'module', name: 'host' } });
      const own = Buffer.from('// \u00e9t\u00e9\nexport const notifier = {};\n', 'latin1');
      const env = Buffer.from('# \u00e9t\u00e9\nOTHER=1\n', 'latin1');
      host.write('cairnloop/notifier.js', '');
      writeFileSync(at('cairnloop/notifier.js'), own);
      writeFileSync(at('.env.example'), env);
      assert.equal((await run('init', '--modules', 'notifier', '--force')).exitCode, 0);
      assert.ok(readFileSync(at('.env.example')).includes(env));
      assert.equal((await run('undo')).exitCode, 0);
      assert.deepEqual(readFileSync(at('cairnloop/notifier.js')), own);
      assert.deepEqual(readFileSync(at('.env.example')), env);
    });

    it('leaves a file in UTF-16 or a binary one alone: manual, the lines to add, exit 3', async () => {
      for (const bytes of [
        Buffer.from('\uFEFFexport default {};\n', 'utf16le'),
        Buffer.from('export default {};\n\0', 'utf8'),
        Buffer.from('const gr\u00f6\u00dfe = 1;\nexport default {};\n', 'latin1'),
      ]) {
        host = tempHost({ 'package.json': { type: 'module', name: 'host' } });
        writeFileSync(at('cairnloop.config.js'), bytes);
        const { exitCode, out } = await run('gen', 'notifier');
        assert.equal(exitCode, 3);
        assert.match(out, /^manual +cairnloop\.config\.js/m);
        assert.match(out, /^ {2}notifier,$/m);
        assert.deepEqual(readFileSync(at('cairnloop.config.js')), bytes);
        host.remove();
      }
      host = tempHost({ 'package.json': { type: 'module', name: 'host' } });
      const env = Buffer.from('\uFEFFOTHER=1\n', 'utf16le');
      writeFileSync(at('.env.example'), env);
      const { exitCode, out } = await run('init');
      assert.equal(exitCode, 3);
      assert.match(out, /^manual +\.env\.example/m);
      assert.deepEqual(readFileSync(at('.env.example')), env);
    });
  });
});
