import assert from 'node:assert/strict';
import { join } from 'node:path';
import { execa } from 'execa';
import { loadConfig, readUnvalidatedConfig } from '../../src/config/load-config.js';
import { TemporaryHosts } from './write-host.js';

const dist = new URL('../../dist/config/load-config.js', import.meta.url).href;
const url = 'postgres://db.example/app';
const commonjs = '{ "type": "commonjs" }';
const esm = '{ "type": "module" }';
const notifierBody = `{
  #calls = [];
  onConversationResolved() { return this.#calls.push(1); }
  onSlaBreach() {}
  onOutboundTriggered() {}
}`;

type Files = Record<string, string>;
type Outcome = { file?: string; url?: string; called?: number; code?: string; message?: string; cause?: string };

/** Loads under plain Node, as the command line does: the test's own TypeScript loader would hide what Node cannot do. */
const script = `
const { loadConfig } = await import(${JSON.stringify(dist)});
const [cwd, file] = process.argv.slice(1);
try {
  const { config, raw, file: found } = await loadConfig({ cwd, file });
  const same = config.notifier === raw.notifier;
  const called = same ? await config.notifier?.onConversationResolved() : 'another object';
  console.log(JSON.stringify({ file: found, url: config.database.url, called }));
} catch (error) {
  const { code, message, cause } = error;
  console.log(JSON.stringify({ code: code ?? error.stack, message, cause: cause && String(cause.message ?? cause) }));
}`;

describe('config/load-config', function () {
  this.timeout(120_000);
  const hosts = new TemporaryHosts();
  afterEach(() => hosts.remove());

  async function loadIn(cwd: string, file?: string): Promise<Outcome> {
    const args = ['--input-type=module', '--eval', script, cwd, ...(file ? [file] : [])];
    const { stdout } = await execa(process.execPath, args, { cwd });
    return JSON.parse(stdout) as Outcome;
  }

  const load = async (files: Files, file?: string): Promise<Outcome> => loadIn(await hosts.write(files), file);

  describe('accepts the host as it is', () => {
    const shapes: Record<string, Files> = {
      'TypeScript without a package.json, cairnloop not installed': {
        'cairnloop.config.ts': `import { defineConfig } from 'cairnloop';
          class N ${notifierBody}
          export default defineConfig({ database: { url: '${url}' as string }, notifier: new N() });`,
      },
      'JavaScript ESM, cairnloop not installed': {
        'package.json': esm,
        'cairnloop.config.js': `import { defineConfig, ok } from 'cairnloop';
          class N ${notifierBody}
          export default defineConfig({ database: { url: '${url}' }, notifier: new N(), contextProvider: { getContext: () => ok({}) } });`,
      },
      'TypeScript in a CommonJS package, with a module beside it under its .js name': {
        'package.json': commonjs,
        'cairnloop.config.ts': `import { N } from './support/notifier.js';
          export default { database: { url: '${url}' }, notifier: new N() } satisfies object;`,
        'support/notifier.ts': `export class N ${notifierBody}`,
      },
      'TypeScript in an ESM package, with top-level await': {
        'package.json': esm,
        'cairnloop.config.mts': `class N ${notifierBody}
          const url: string = await Promise.resolve('${url}');
          export default { database: { url }, notifier: new N() };`,
      },
      'TypeScript that assigns module.exports': {
        'cairnloop.config.ts': `class N ${notifierBody}
          module.exports = { database: { url: '${url}' as string }, notifier: new N() };`,
      },
      'TypeScript with export =': {
        'cairnloop.config.ts': `class N ${notifierBody}
          const config = { database: { url: '${url}' as string }, notifier: new N() };
          export = config;`,
      },
      'TypeScript with export = in an ESM package': {
        'package.json': esm,
        'cairnloop.config.cts': `import cairnloop = require('cairnloop');
          class N ${notifierBody}
          export = cairnloop.defineConfig({ database: { url: '${url}' as string }, notifier: new N() });`,
      },
      'path aliases of tsconfig.json': {
        'tsconfig.json': '{ "compilerOptions": { "paths": { "@app/*": ["./src/*"] } } } // comments are allowed',
        'src/notifier.ts': `export class N ${notifierBody}`,
        'cairnloop.config.ts': `import { N } from '@app/notifier';
          export default { database: { url: '${url}' }, notifier: new N() };`,
      },
      CommonJS: {
        'package.json': commonjs,
        'cairnloop.config.js': `class N ${notifierBody}
          module.exports = { database: { url: '${url}' }, notifier: new N() };`,
      },
      '.cjs in an ESM package': {
        'package.json': esm,
        'cairnloop.config.cjs': `class N ${notifierBody}
          module.exports = { database: { url: '${url}' }, notifier: new N() };`,
      },
      'CommonJS that a compiler wrote': {
        'package.json': commonjs,
        'cairnloop.config.js': `class N ${notifierBody}
          Object.defineProperty(exports, '__esModule', { value: true });
          exports.default = { database: { url: '${url}' }, notifier: new N() };`,
      },
      'ESM syntax in a package marked as CommonJS': {
        'package.json': commonjs,
        'cairnloop.config.js': `class N ${notifierBody}
          export default { database: { url: '${url}' }, notifier: new N() };`,
      },
      'JavaScript that imports TypeScript': {
        'package.json': esm,
        'cairnloop.config.mjs': `import { N } from './notifier.ts';
          export default { database: { url: '${url}' }, notifier: new N() };`,
        'notifier.ts': `export class N ${notifierBody}
          export const typed: number = 1;`,
      },
      'top-level await in JavaScript': {
        'cairnloop.config.mjs': `class N ${notifierBody}
          export default { database: { url: await Promise.resolve('${url}') }, notifier: new N() };`,
      },
      'a function': {
        'cairnloop.config.mjs': `class N ${notifierBody}
          export default async () => ({ database: { url: '${url}' }, notifier: new N() });`,
      },
      'a promise': {
        'cairnloop.config.ts': `class N ${notifierBody}
          export default Promise.resolve({ database: { url: '${url}' }, notifier: new N() });`,
      },
    };
    for (const [title, files] of Object.entries(shapes)) {
      it(title, async () => {
        const { file, ...outcome } = await load(files);
        assert.deepEqual(outcome, { url, called: 1 });
        assert.match(file ?? '', /cairnloop\.config\.[cm]?[jt]s$/);
      });
    }

    it('a file of another name, given by --config', async () => {
      const outcome = await load(
        { 'ops/support.mjs': `export default { database: { url: '${url}' } }` },
        'ops/support.mjs',
      );
      assert.equal(outcome.url, url);
    });
  });

  describe('decorated and declared class fields', () => {
    const files = {
      'package.json': commonjs,
      'cairnloop.config.ts': `import { Model } from './model';
        export default { database: { url: new Model().url } };`,
      'model.ts': `function Column(target: object, key: string): void {
          Object.defineProperty(target, key, { get: () => '${url}', configurable: true });
        }
        export class Model { @Column url!: string; declare other: number }`,
    };

    it('are read without a tsconfig, and do not hide what the decorator defined', async () => {
      const cwd = await hosts.write(files);
      assert.deepEqual(await loadIn(cwd), { file: join(cwd, 'cairnloop.config.ts'), url });
    });
  });

  describe('says what is wrong', () => {
    it('no config', async () => {
      const { code, message } = await load({});
      assert.equal(code, 'CONFIG_NOT_FOUND');
      assert.match(message ?? '', /looked for cairnloop\.config\.\{ts,mts,js,mjs,cjs\}, here and in src\.$/);
    });

    it('a named file that is not there', async () => {
      const { code, message } = await load({ 'cairnloop.config.mjs': '' }, 'other.ts');
      assert.equal(code, 'CONFIG_NOT_FOUND');
      assert.match(message ?? '', /looked for other\.ts\.$/);
    });

    it('two configs', async () => {
      const { code, message } = await load({ 'cairnloop.config.ts': '', 'cairnloop.config.cjs': '' });
      assert.equal(code, 'CONFIG_AMBIGUOUS');
      assert.match(message ?? '', /cairnloop\.config\.ts and cairnloop\.config\.cjs/);
    });

    for (const extension of ['ts', 'mjs']) {
      it(`a syntax error of the host's, with its place (${extension})`, async () => {
        const { code, message } = await load({ [`cairnloop.config.${extension}`]: '\nexport default {;\n' });
        assert.equal(code, 'CONFIG_IMPORT_FAILED');
        assert.match(message ?? '', new RegExp(`SyntaxError: .*\\(cairnloop\\.config\\.${extension}:2\\)$`));
      });

      it(`an error that the host threw, with its place in the host's own file and as the cause (${extension})`, async () => {
        const { code, message, cause } = await load({
          'package.json': esm,
          [`cairnloop.config.${extension}`]: `import { must } from './src/must.js';\nimport 'strict';\nexport default must();`,
          'src/must.js': `import { fail } from 'strict';\nexport function must() {\n  fail();\n}`,
          'node_modules/strict/package.json': '{ "name": "strict", "type": "module", "exports": "./index.js" }',
          'node_modules/strict/index.js': `export function fail() { throw new RangeError('CRM_KEY is not set'); }`,
        });
        assert.equal(code, 'CONFIG_IMPORT_FAILED');
        assert.match(message ?? '', /RangeError: CRM_KEY is not set \(src\/must\.js:3\)$/);
        assert.equal(cause, 'CRM_KEY is not set');
      });

      it(`a package that the host lacks, and which file asked for it (${extension})`, async () => {
        const { code, message } = await load({
          [`cairnloop.config.${extension}`]: `import 'no-such-package';\nexport default {};`,
        });
        assert.equal(code, 'CONFIG_IMPORT_FAILED');
        assert.match(message ?? '', new RegExp(`'no-such-package' \\(cairnloop\\.config\\.${extension}\\)$`));
      });

      it(`named exports only (${extension})`, async () => {
        const { code, message } = await load({
          [`cairnloop.config.${extension}`]: 'export const config = {}, other = 1;',
        });
        assert.equal(code, 'CONFIG_NO_DEFAULT_EXPORT');
        assert.match(message ?? '', /found only config, other\./);
      });
    }

    it('a name that the imported module does not export', async () => {
      const { code, message } = await load({
        'cairnloop.config.mjs': `import { notifer } from './notifier.mjs';\nexport default { notifier: notifer };`,
        'notifier.mjs': 'export const notifier = {};',
      });
      assert.equal(code, 'CONFIG_IMPORT_FAILED');
      assert.match(message ?? '', /does not provide an export named 'notifer' \(cairnloop\.config\.mjs:1\)$/);
    });

    it('a default that is undefined', async () => {
      const { code, message } = await load({ 'cairnloop.config.mjs': 'export default undefined;' });
      assert.equal(code, 'CONFIG_NO_DEFAULT_EXPORT');
      assert.match(message ?? '', /found undefined\./);
    });

    it('a function that throws, and what is thrown is no error', async () => {
      const { code, message } = await load({ 'cairnloop.config.mjs': `export default () => { throw 'not today'; };` });
      assert.equal(code, 'CONFIG_IMPORT_FAILED');
      assert.match(message ?? '', /could not be imported: not today$/);
    });

    it('an object that is thrown, without the secret in it', async () => {
      const { code, message } = await load({
        'cairnloop.config.mjs': `throw { status: 503, token: 's3cret' };`,
      });
      assert.equal(code, 'CONFIG_IMPORT_FAILED');
      assert.match(message ?? '', /could not be imported: \{"status":503,"token":"?\[redacted\]/);
    });

    it('a getter that throws, with its position', async () => {
      const { code, message } = await load({
        'cairnloop.config.mjs': `export default {\n  get database() { throw new Error('no vault'); },\n};`,
      });
      assert.equal(code, 'CONFIG_IMPORT_FAILED');
      assert.match(message ?? '', /could not be imported: no vault \(cairnloop\.config\.mjs:2\)$/);
    });

    it('a file instead of the folder', async () => {
      const folder = await hosts.write({ 'package.json': esm });
      await assert.rejects(loadConfig({ cwd: join(folder, 'package.json') }), {
        code: 'HOST_NOT_FOUND',
        message: /package\.json: there is no such folder/,
      });
    });

    it('G3 an invalid config, with its file and every problem', async () => {
      const { code, message } = await load({
        'cairnloop.config.mjs': 'export default { database: {}, notifier: {}, worker: { concurency: 1 } };',
      });
      assert.equal(code, 'CONFIG_INVALID');
      assert.deepEqual(
        message?.split('\n').map((line) => line.trim().split(':')[0]),
        [
          'cairnloop.config.mjs has 5 problems',
          'database.url',
          'worker.concurency',
          'notifier.onConversationResolved',
          'notifier.onSlaBreach',
          'notifier.onOutboundTriggered',
        ],
      );
    });

    it('without the password in a URL of the host error', async () => {
      const { message } = await load({
        'cairnloop.config.mjs': `throw new Error('cannot reach postgres://app:s3cret@db/app?key=s3cret today');`,
      });
      assert.match(message ?? '', /cannot reach postgres:\/\/\*\*\*@db\/app\?\*\*\* today/);
    });
  });

  it('loads from the sources too, the config of the given folder', async () => {
    const cwd = await hosts.write({
      'cairnloop.config.ts': `import { defineConfig } from 'cairnloop';
        export default defineConfig({ database: { url: '${url}' } });`,
    });
    const { config, raw, file } = await loadConfig({ cwd });
    assert.equal(file, join(cwd, 'cairnloop.config.ts'));
    assert.deepEqual(raw, { database: { url } });
    assert.equal(config.ops.port, 9464);
  });

  it('readUnvalidatedConfig returns a wrong config, for commands that report on it', async () => {
    const cwd = await hosts.write({ 'cairnloop.config.mjs': 'export default { database: 7 };' });
    assert.deepEqual(await readUnvalidatedConfig({ cwd }), {
      raw: { database: 7 },
      file: join(cwd, 'cairnloop.config.mjs'),
    });
  });
});
