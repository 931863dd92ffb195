import assert from 'node:assert/strict';
import { pathToFileURL } from 'node:url';
import { describeNamedExports, noDefaultExport, unwrapDefaultExport } from '../../src/config/unwrap-default.js';
import { tempHost } from '../support/temp-host.js';

const config = { database: {} };

describe('config/unwrap-default', () => {
  const compiled = (more: object) => ({ __esModule: true, ...more });

  it('takes the default export in every form that module systems give it', async () => {
    const forms: [module: object, exported: unknown][] = [
      [{ default: config }, config],
      [config, config],
      [compiled({ default: config }), config],
      [{ default: compiled({ default: config }) }, config],
      [{ default: () => config }, config],
      [{ default: async () => config }, config],
      [{ default: Promise.resolve(config) }, config],
      [{ default: { default: config } }, { default: config }],
      [{ default: undefined }, undefined],
      [{ default: null }, null],
      [{ default: 7 }, 7],
    ];
    for (const [module, exported] of forms) {
      assert.deepEqual(await unwrapDefaultExport(module), exported, JSON.stringify(module));
    }
  });

  it('has none for an ES module without one, native or compiled', async () => {
    const host = tempHost({ 'named.mjs': 'export const a = 1;\n' }, []);
    const native = await import(pathToFileURL(`${host.folder}/named.mjs`).href);
    host.remove();
    assert.equal(await unwrapDefaultExport(native), noDefaultExport);
    assert.equal(await unwrapDefaultExport(compiled({ a: 1 })), noDefaultExport);
    assert.equal(await unwrapDefaultExport({ default: compiled({ a: 1 }) }), noDefaultExport);
    const inherited = Object.create(compiled({}));
    assert.equal(await unwrapDefaultExport(inherited), inherited);
  });

  it('names the exports that a module has instead', () => {
    assert.equal(describeNamedExports({ a: 1, b: 2 }), 'only a, b');
    assert.equal(describeNamedExports(compiled({ default: 1, 'module.exports': 1 })), 'no exports');
  });
});
