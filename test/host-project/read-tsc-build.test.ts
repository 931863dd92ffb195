import assert from 'node:assert/strict';
import { readTscBuild } from '../../src/host-project/read-tsc-build.js';
import { tempHost } from '../support/temp-host.js';

const config = 'cairnloop.config.ts';

function buildOf(tsconfig: { compilerOptions?: object; [key: string]: unknown }, files: Record<string, string> = {}) {
  const compilerOptions = { outDir: './dist', rootDir: './app', ...tsconfig.compilerOptions };
  const host = tempHost({ 'tsconfig.json': { ...tsconfig, compilerOptions }, 'app/main.ts': '', ...files }, []);
  try {
    const build = readTscBuild(host.folder);
    return { ...build, strays: build.stray(config) !== null };
  } finally {
    host.remove();
  }
}

describe('host-project/read-tsc-build', () => {
  it('knows whether a config outside of the output root is compiled, before it exists and after', () => {
    const strays = (tsconfig: Parameters<typeof buildOf>[0]) => [
      buildOf(tsconfig).strays,
      buildOf(tsconfig, { [config]: '' }).strays,
    ];
    assert.deepEqual(strays({}), [true, true]);
    assert.deepEqual(strays({ exclude: ['test'] }), [true, true]);
    assert.deepEqual(strays({ exclude: ['test', config] }), [false, false]);
    assert.deepEqual(strays({ include: ['app'] }), [false, false]);
    assert.deepEqual(strays({ include: ['app'], exclude: ['app/test'] }), [false, false]);
    assert.deepEqual(strays({ files: ['app/main.ts'] }), [false, false]);
    assert.deepEqual(strays({ files: ['app/main.ts'], exclude: ['test'] }), [false, false]);
    assert.deepEqual(strays({ compilerOptions: { rootDir: '.' } }), [false, false]);
  });

  it('names what is compiled and where to, unless nothing is emitted', () => {
    assert.deepEqual(buildOf({}).compiled, { from: 'app', to: 'dist' });
    assert.deepEqual(buildOf({ compilerOptions: { outDir: './build/server' } }).compiled, {
      from: 'app',
      to: 'build/server',
    });
    for (const more of [{ noEmit: true }, { outDir: '.' }, { outDir: '../other' }]) {
      assert.equal(buildOf({ compilerOptions: more }).compiled, null, JSON.stringify(more));
    }
  });
});
