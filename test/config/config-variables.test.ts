import assert from 'node:assert/strict';
import { findConfigVariable, findConfigVariables } from '../../src/config/config-variables.js';
import { type TempHost, tempHost } from '../support/temp-host.js';

const variable = 'CAIRNLOOP_TEST_URL';

describe('config/config-variables', () => {
  let host: TempHost;
  afterEach(() => {
    host?.remove();
    delete process.env[variable];
  });

  it('finds the variable of a key by its section, else by its name alone where that is clear', () => {
    const cases: [text: string, name: string | undefined][] = [
      ['database: { url: env.PG_URL }', 'PG_URL'],
      ['database: { url: process.env.PG_URL }', 'PG_URL'],
      [`"database": { 'url': process.env["PG_URL"] }`, 'PG_URL'],
      ['const url = 1; database: { url }, x: { url: process.env.PG_URL }', 'PG_URL'],
      ['database: { url: process.env.A }, other: { url: process.env.B }', 'A'],
      ['url: process.env.A, url: process.env.A', 'A'],
      ['url: process.env.A, url: process.env.B', undefined],
      ['database: { curl: process.env.A }', undefined],
      ['mydatabase: { url: process.env.A }, url: process.env.B', undefined],
      ['database: { url: other.PG_URL }', undefined],
      ['', undefined],
    ];
    for (const [text, name] of cases) assert.equal(findConfigVariable(text, 'database.url'), name, text);
  });

  it('names the file that sets the variable, or the environment where that has another value', () => {
    host = tempHost({ 'package.json': {}, '.env': `${variable}=file\n`, '.env.local': 'OTHER=1\n' });
    const text = `database: { url: process.env.${variable} }, jobs: {}`;
    const source = () => findConfigVariables(host.folder, text, ['database.url', 'jobs.url'])['database.url']?.source;
    process.env[variable] = 'file';
    assert.equal(source(), '.env');
    process.env[variable] = 'other';
    assert.equal(source(), 'the environment');
    host.write('.env', 'OTHER=1\n');
    assert.equal(source(), 'the environment');
    delete process.env[variable];
    assert.equal(source(), null);
    host.write('.env', `${variable}=postgres://$HOST/app\n`);
    process.env[variable] = 'postgres://h/app';
    assert.equal(source(), '.env');
  });

  it('leaves out the keys that no variable sets', () => {
    host = tempHost({ 'package.json': {} });
    const keys = ['database.url', 'jobs.url'];
    const text = 'database: { url: process.env.A }, jobs: { backend: "postgres" }';
    assert.deepEqual(Object.keys(findConfigVariables(host.folder, 'jobs: {}', keys)), []);
    assert.deepEqual(findConfigVariables(host.folder, text, ['database.url', 'audit.key']), {
      'database.url': { name: 'A', source: null },
    });
  });
});
