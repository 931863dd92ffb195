import assert from 'node:assert/strict';
import { readTsconfigFacts } from '../../src/host-project/read-tsconfig.js';
import { tempHost } from '../support/temp-host.js';

function factsOf(compilerOptions: object, isEsm = true, config?: string) {
  const host = tempHost({ 'tsconfig.json': { compilerOptions } }, []);
  try {
    return readTsconfigFacts(host.folder, isEsm, config);
  } finally {
    host.remove();
  }
}

describe('host-project/read-tsconfig', () => {
  it('ends imports in .ts where Node resolves them and TypeScript lets them, or rewrites them', () => {
    const allowed = { allowImportingTsExtensions: true, noEmit: true };
    for (const module of ['node16', 'node18', 'node20', 'nodenext']) {
      assert.equal(factsOf({ module, ...allowed }).extension, 'ts', module);
      assert.equal(factsOf({ module, ...allowed }, false).extension, 'ts', module);
    }
    for (const moduleResolution of ['node16', 'nodenext']) {
      assert.equal(factsOf({ moduleResolution, ...allowed }).extension, 'ts', moduleResolution);
    }
    for (const options of [
      { module: 'esnext', moduleResolution: 'bundler', ...allowed },
      { module: 'preserve', ...allowed },
    ]) {
      assert.equal(factsOf(options).extension, 'none', JSON.stringify(options));
    }
    assert.equal(factsOf({ module: 'preserve', rewriteRelativeImportExtensions: true }).extension, 'ts');
  });

  it('ends imports in .js in a file that is an ES module or named .cts, unless a bundler resolves them', () => {
    for (const module of ['nodenext', 'esnext', 'commonjs']) {
      assert.equal(factsOf({ module }).extension, 'js', module);
      assert.equal(factsOf({ module }, false).extension, 'none', module);
      assert.equal(factsOf({ module }, false, 'cairnloop.config.mts').extension, 'js', module);
      assert.equal(factsOf({ module }, true, 'cairnloop.config.cts').extension, 'js', module);
    }
    for (const options of [{ module: 'preserve' }, { module: 'esnext', moduleResolution: 'bundler' }]) {
      assert.equal(factsOf(options).extension, 'none', JSON.stringify(options));
    }
  });

  it('writes `export =` only in a CommonJS file whose module syntax is kept as it is', () => {
    const formOf = (module: string, isEsm: boolean, config?: string, verbatimModuleSyntax = true) =>
      factsOf({ module, verbatimModuleSyntax }, isEsm, config).moduleSyntax;
    for (const module of ['commonjs', 'node16', 'nodenext']) {
      assert.equal(formOf(module, false), 'export-equals', module);
      assert.equal(formOf(module, true, 'cairnloop.config.cts'), 'export-equals', module);
      assert.equal(formOf(module, true), 'esm', module);
      assert.equal(formOf(module, false, 'cairnloop.config.mts'), 'esm', module);
      assert.equal(formOf(module, false, undefined, false), 'esm', module);
    }
    for (const module of ['esnext', 'preserve']) assert.equal(formOf(module, false), 'esm', module);
  });

  it('names the folder of imports without ./, if it is in the package', () => {
    const folderOf = (options: object) => factsOf(options).bareImportsFrom;
    assert.equal(folderOf({}), null);
    assert.equal(folderOf({ baseUrl: '.' }), '.');
    assert.equal(folderOf({ baseUrl: './src' }), 'src');
    assert.equal(folderOf({ baseUrl: '..' }), null);
    assert.equal(folderOf({ paths: { '*': ['./types/a.d.ts', './src/*'] } }), 'src');
    assert.equal(folderOf({ baseUrl: './app', paths: { '*': ['./src/*'] } }), 'app/src');
    assert.equal(folderOf({ paths: { '*': ['*'] } }), '.');
    assert.equal(folderOf({ paths: { '*': ['./node_modules/*'] } }), null);
    assert.equal(folderOf({ baseUrl: './src', paths: { '*': ['./a.ts'] } }), 'src');
  });
});
