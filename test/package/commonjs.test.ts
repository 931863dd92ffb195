import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';

describe('commonjs/load.js', () => {
  it("loads an ES module in a sandbox whose process leads to the sandbox's own modules, as in Jest since 30.5", () => {
    const file = fileURLToPath(new URL('../../commonjs/load.js', import.meta.url));
    const wrapper = `(function (module, require, __filename, process) {${readFileSync(file, 'utf8')}\n})`;
    const module = { exports: (_file: string): unknown => undefined };
    const refuse = (id: string) => {
      throw new Error(`${id} of the sandbox`);
    };
    const require = (id: string) => (id === 'node:vm' ? vm : refuse(id));
    vm.runInNewContext(wrapper)(module, require, file, { getBuiltinModule: refuse });
    const loaded = module.exports('../dist/index.js') as typeof import('../../src/index.js');
    assert.deepEqual(loaded.ok(1), { ok: true, value: 1 });
  });
});
