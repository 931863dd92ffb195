import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { findEnvFiles, hostReadsEnvFilesByMode, loadEnvFiles, readEnvValue } from '../../src/config/env-files.js';
import { type TempHost, tempHost } from '../support/temp-host.js';

const key = 'CAIRNLOOP_TEST_URL';

describe('config/env-files', () => {
  let host: TempHost;
  const nodeEnv = process.env.NODE_ENV;
  afterEach(() => {
    host.remove();
    for (const name of [key, 'CAIRNLOOP_TEST_OTHER']) delete process.env[name];
    if (nodeEnv === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = nodeEnv;
  });
  const valueIn = (folder = '.') => {
    delete process.env[key];
    const read = loadEnvFiles(path.join(host.folder, folder));
    return [process.env[key], ...read.map((file) => path.relative(host.folder, file))];
  };

  it('reads .env; what is set already wins', () => {
    host = tempHost({ 'package.json': {}, '.env': `${key}=file\nCAIRNLOOP_TEST_OTHER=file` });
    process.env.CAIRNLOOP_TEST_OTHER = 'environment';
    assert.deepEqual(valueIn(), ['file', '.env']);
    assert.equal(process.env.CAIRNLOOP_TEST_OTHER, 'environment');
  });

  it('reads nothing if there is none, or a folder of that name', () => {
    host = tempHost({ 'package.json': {}, '.env/keep': '' });
    assert.deepEqual(valueIn(), [undefined]);
  });

  it('reads it as Windows writes it: with a byte order mark, in UTF-16, with CRLF', () => {
    host = tempHost({ 'package.json': {} });
    const text = `${key}=right\r\nCAIRNLOOP_TEST_OTHER=x\r\n`;
    const big = Buffer.from(`\uFEFF${text}`, 'utf16le').swap16();
    for (const bytes of [
      Buffer.from(`\uFEFF${text}`),
      Buffer.from(`\uFEFF${text}`, 'utf16le'),
      Buffer.from(text, 'utf16le'),
      big,
    ]) {
      writeFileSync(path.join(host.folder, '.env'), bytes);
      assert.deepEqual(valueIn(), ['right', '.env']);
    }
  });

  it('reads the forms that dotenv reads: indented lines, KEY: value, and line ends of any kind', () => {
    host = tempHost({ 'package.json': {} });
    const lines = ['# a: 1', `  ${key}: postgres://u@h/a`, '\texport CAIRNLOOP_TEST_OTHER = "x # y" # z', ''];
    for (const eol of ['\n', '\r\n', '\r']) {
      writeFileSync(path.join(host.folder, '.env'), lines.join(eol));
      delete process.env.CAIRNLOOP_TEST_OTHER;
      assert.deepEqual(valueIn(), ['postgres://u@h/a', '.env']);
      assert.equal(process.env.CAIRNLOOP_TEST_OTHER, 'x # y');
    }
    const inner = `a\n  ${key}: inner\n  b = 2`;
    for (const quote of ["'", '"', '`']) {
      writeFileSync(path.join(host.folder, '.env'), `${key}=right\nCAIRNLOOP_TEST_OTHER=${quote}${inner}${quote}\n`);
      delete process.env.CAIRNLOOP_TEST_OTHER;
      assert.deepEqual(valueIn(), ['right', '.env']);
      assert.equal(process.env.CAIRNLOOP_TEST_OTHER, inner);
    }
  });

  it('reads .env.local before .env, and those of the workspace root last', () => {
    host = tempHost({
      'package.json': { workspaces: ['apps/*'] },
      '.env': `${key}=root\nCAIRNLOOP_TEST_OTHER=root`,
      'apps/a/package.json': { name: 'a' },
      'apps/a/.env.local': `${key}=local`,
      'apps/a/.env': `${key}=own`,
      'apps/b/package.json': { name: 'b' },
    });
    assert.deepEqual(valueIn('apps/a'), ['local', 'apps/a/.env.local', 'apps/a/.env', '.env']);
    assert.equal(process.env.CAIRNLOOP_TEST_OTHER, 'root');
    assert.deepEqual(valueIn('apps/b'), ['root', '.env']);
  });

  it('reads none of a folder above that is no workspace root', () => {
    host = tempHost({ 'package.json': {}, '.env': `${key}=above`, 'inner/package.json': { name: 'inner' } });
    assert.deepEqual(valueIn('inner'), [undefined]);
  });

  it('reads the files of a Next host as Next does: by NODE_ENV, and with $NAME replaced', () => {
    host = tempHost({
      'package.json': { dependencies: { next: '16' } },
      '.env': 'CAIRNLOOP_TEST_OTHER=db.example',
      '.env.development': `${key}="postgres://\${CAIRNLOOP_TEST_OTHER:-x}/dev"`,
      '.env.production': `${key}=postgres://a:p\\$1@$CAIRNLOOP_TEST_OTHER/app`,
      '.env.production.local': 'CAIRNLOOP_TEST_OTHER=prod.example',
    });
    delete process.env.NODE_ENV;
    assert.deepEqual(valueIn(), ['postgres://db.example/dev', '.env.development', '.env']);
    delete process.env.CAIRNLOOP_TEST_OTHER;
    process.env.NODE_ENV = 'production';
    assert.equal(valueIn()[0], 'postgres://a:p$1@prod.example/app');
    host.remove();
    host = tempHost({
      'package.json': { dependencies: { express: '5' } },
      '.env': `${key}='a$HOME'`,
      '.env.development': '',
    });
    assert.deepEqual([findEnvFiles(host.folder).length, valueIn()[0]], [1, 'a$HOME']);
  });

  it('replaces each form of a reference in a host that has them replaced', () => {
    const values: Record<string, string> = {
      $CAIRNLOOP_TEST_OTHER: 'db',
      '${CAIRNLOOP_TEST_OTHER}:1': 'db:1',
      'a$CAIRNLOOP_TEST_OTHER-b': 'adb-b',
      'a$CAIRNLOOP_TEST_UNSET.b': 'a.b',
      '${CAIRNLOOP_TEST_UNSET}': '',
      '${CAIRNLOOP_TEST_UNSET:-x}': 'x',
      '${CAIRNLOOP_TEST_UNSET-x}': 'x',
      '\\$CAIRNLOOP_TEST_OTHER': '$CAIRNLOOP_TEST_OTHER',
      a$1: 'a$1',
      [`$${key}`]: `$${key}`,
    };
    for (const [written, read] of Object.entries(values)) {
      host = tempHost({
        'package.json': { dependencies: { vite: '*' } },
        '.env': `CAIRNLOOP_TEST_OTHER=db\n${key}='${written}'\n`,
      });
      assert.equal(valueIn()[0], read, written);
      delete process.env.CAIRNLOOP_TEST_OTHER;
      host.remove();
    }
  });

  it('reads files by NODE_ENV for every framework that does, also as a development dependency', () => {
    for (const name of ['next', 'vite', 'nuxt', 'astro', '@sveltejs/kit', '@adonisjs/core', '@remix-run/dev']) {
      for (const kind of ['dependencies', 'devDependencies']) {
        host = tempHost({ 'package.json': { [kind]: { [name]: '*' } } });
        assert.equal(hostReadsEnvFilesByMode(host.folder), true, `${kind} ${name}`);
        host.remove();
      }
    }
    host = tempHost({ 'package.json': { dependencies: { express: '*' } } });
    assert.equal(hostReadsEnvFilesByMode(host.folder), false);
  });

  it('leaves .env.local out in tests where NODE_ENV counts, and only there', () => {
    const files = { '.env': '', '.env.local': '', '.env.test': '', '.env.test.local': '' };
    process.env.NODE_ENV = 'test';
    host = tempHost({ 'package.json': { dependencies: { vite: '*' } }, ...files });
    assert.deepEqual(valueIn().slice(1), ['.env.test.local', '.env.test', '.env']);
    host.remove();
    host = tempHost({ 'package.json': {}, ...files });
    assert.deepEqual(valueIn().slice(1), ['.env.local', '.env']);
  });

  it('reads those of the nearest workspace root, by any file that marks one', () => {
    const marks = ['pnpm-workspace.yaml', 'nx.json', 'turbo.json', 'lerna.json', 'rush.json', 'nest-cli.json'];
    for (const mark of marks) {
      host = tempHost({
        'package.json': { workspaces: ['*'] },
        '.env': `${key}=outer`,
        [`inner/${mark}`]: '',
        'inner/.env': `${key}=inner`,
        'inner/apps/a/package.json': {},
      });
      assert.deepEqual(valueIn('inner/apps/a'), ['inner', 'inner/.env'], mark);
      host.remove();
    }
    host = tempHost({ [marks[0] as string]: '', 'package.json': {}, '.env': '' });
    assert.deepEqual(valueIn().slice(1), ['.env']);
  });

  it('reads one value of a file, and none of a file that cannot be read', () => {
    host = tempHost({ '.env': `${key}=file`, 'folder/keep': '' });
    const at = (name: string) => path.join(host.folder, name);
    assert.equal(readEnvValue(at('.env'), key), 'file');
    assert.equal(readEnvValue(at('.env'), 'CAIRNLOOP_TEST_OTHER'), undefined);
    assert.equal(readEnvValue(at('folder'), key), undefined);
    assert.equal(readEnvValue(at('gone'), key), undefined);
  });
});
