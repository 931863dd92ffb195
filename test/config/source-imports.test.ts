import assert from 'node:assert/strict';
import path from 'node:path';
import { resolveSourceImports } from '../../src/config/source-imports.js';
import { type TempHost, tempHost } from '../support/temp-host.js';

describe('config/source-imports', () => {
  let host: TempHost;
  afterEach(() => host.remove());
  const resolved = (specifier: string) => {
    const text = resolveSourceImports(path.join(host.folder, 'a.ts'), `import '${specifier}';`);
    return text.slice("import '".length, -"';".length);
  };
  const extensions = ['.ts', '.tsx', '.mts', '.cts', '.js', '.mjs', '.cjs', '.jsx'];

  it('finds a file by its name without extension, of any kind, before a folder of that name', () => {
    for (const extension of extensions) {
      host = tempHost({ [`mail${extension}`]: '', 'mail/index.ts': '' });
      assert.equal(resolved('./mail'), `./mail${extension}`);
      host.remove();
    }
  });

  it('finds the index of a folder, of any kind', () => {
    for (const extension of extensions) {
      host = tempHost({ [`mail/index${extension}`]: '' });
      assert.deepEqual(['./mail', './mail/'].map(resolved), Array(2).fill(`./mail/index${extension}`));
      host.remove();
    }
  });

  it('takes the first kind where there are several', () => {
    for (const at of extensions.keys()) {
      host = tempHost(Object.fromEntries(extensions.slice(at).map((extension) => [`mail${extension}`, ''])));
      assert.equal(resolved('./mail'), `./mail${extensions[at]}`);
      host.remove();
    }
  });

  it('finds the source of the JavaScript that an import names, and leaves a name of what exists', () => {
    const sources = { 'a.js': 'a.ts', 'b.js': 'b.tsx', 'c.jsx': 'c.tsx', 'd.mjs': 'd.mts', 'e.cjs': 'e.cts' };
    host = tempHost(Object.fromEntries([...Object.values(sources), 'f.js', 'f.ts'].map((file) => [file, ''])));
    for (const [given, source] of Object.entries(sources)) assert.equal(resolved(`./${given}`), `./${source}`);
    for (const same of ['./f.js', './gone', './gone.js', './c.mjs', 'pg', 'node:fs'])
      assert.equal(resolved(same), same);
  });
});
