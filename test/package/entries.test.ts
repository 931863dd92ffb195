import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { packed } from '../hosts/packed.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Every declaration that an entry leads to, with the packages that they import. */
function importedBy(file: string, seen = new Set<string>()): string[] {
  if (seen.has(file)) return [];
  seen.add(file);
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)].flatMap(([, name = '']) => {
    if (!name.startsWith('.')) return [name];
    return importedBy(path.resolve(path.dirname(file), name.replace(/\.js$/, '.d.ts')), seen);
  });
}

describe('the package', () => {
  for (const folder of ['dist', 'commonjs/types']) {
    for (const entry of ['index', 'testing', 'ai/index', 'webhooks/index', 'transactions']) {
      it(`has types that need only those of Node: ${folder}/${entry}`, () => {
        const packages = importedBy(path.join(root, folder, `${entry}.d.ts`)).filter(
          (name) => !name.startsWith('node:'),
        );
        assert.deepEqual([...new Set(packages)], []);
      });
    }
  }

  it('is one module for import and require, also in the module registry of Jest', async () => {
    const script = `
      const { createRequire } = require('node:module');
      import('cairnloop').then((all) => {
        const own = require('cairnloop');
        const [testing, ai, transactions, webhooks] = ['testing', 'ai', 'transactions', 'webhooks'].map((name) => require('cairnloop/' + name));
        console.log(own.createCairnloop === all.createCairnloop, typeof testing.checkNotifier, typeof ai.templateDraftGenerator, typeof transactions.fromKnex, typeof webhooks.webhookNotifier);
      });`;
    for (const env of [{}, { JEST_WORKER_ID: '1' }]) {
      const run = await execa(process.execPath, ['--input-type=commonjs', '--eval', script], { cwd: root, env });
      assert.equal(run.stdout, 'true function function function function');
      assert.equal(run.stderr, '');
    }
  });

  it('is packed without prepare and without files for a checkout only, and leaves the checkout unchanged', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'cairnloop-pack-'));
    try {
      mkdirSync(path.join(folder, 'scripts'));
      for (const file of ['package.json', 'scripts/packed-manifest.mjs'])
        cpSync(path.join(root, file), path.join(folder, file));
      const read = () => readFileSync(path.join(folder, 'package.json'), 'utf8');
      const [before, script] = [read(), path.join(folder, 'scripts/packed-manifest.mjs')];
      await execa(process.execPath, [script]);
      const { scripts, devDependencies, dependencies, exports } = JSON.parse(read());
      assert.deepEqual([scripts, devDependencies], [undefined, undefined]);
      assert.ok(dependencies && exports);
      await execa(process.execPath, [script, 'restore']);
      assert.equal(read(), before);
      assert.deepEqual(readdirSync(folder).sort(), ['package.json', 'scripts']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('is packed with a folder for each entry, where resolvers that know no exports look', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'cairnloop-pack-'));
    try {
      const tarball = await packed(folder);
      await execa('tar', ['xzf', tarball], { cwd: folder });
      const { exports, main } = JSON.parse(readFileSync(path.join(folder, 'package/package.json'), 'utf8'));
      assert.equal(main, exports['.'].require.default);
      const names = Object.keys(exports).filter((key) => !['.', './package.json'].includes(key));
      assert.ok(names.length > 4);
      for (const name of names) {
        const entry = path.join(folder, 'package', name);
        const { module, types, ...from } = JSON.parse(readFileSync(path.join(entry, 'package.json'), 'utf8'));
        for (const file of [from.main, module, types])
          assert.ok(existsSync(path.join(entry, file)), `${name}: ${file}`);
      }
      assert.deepEqual(
        (await execa('git', ['status', '--porcelain', '--ignored', '--', 'testing', 'ai'], { cwd: root })).stdout,
        '',
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
