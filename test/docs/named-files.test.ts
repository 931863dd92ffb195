import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = new URL('../../', import.meta.url);

const sources = ['src/', 'test/', 'assets/'].map((folder) => fileURLToPath(new URL(folder, root)));

/** Every word of the code. */
function wordsOfCode(): Set<string> {
  const files = sources.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(?:tsx?|js|css|json)$/.test(name) && !name.includes('node_modules'))
      .map((name) => path.join(folder, name)),
  );
  files.push(fileURLToPath(new URL('package.json', root)));
  return new Set(files.flatMap((file) => readFileSync(file, 'utf8').match(/[A-Za-z]\w+/g) ?? []));
}

describe('README, CONTRIBUTING and the pages of docs', () => {
  // Their paths are those of a host.
  const ofHosts = ['agents.md', 'testing-notifiers.md'];
  const pages = readdirSync(new URL('docs/', root)).filter((name) => name.endsWith('.md') && !ofHosts.includes(name));
  for (const document of ['README.md', 'CONTRIBUTING.md', ...pages.map((name) => `docs/${name}`)]) {
    it(`${document} names only files that exist`, () => {
      const text = readFileSync(new URL(document, root), 'utf8');
      const named = [...text.matchAll(/\b(?:bench|docs|examples|src|test)\/[\w./-]*\w/g)].map(([file]) => file);
      // Written by the long form of the fault tests.
      const written = ['docs/fault-report.md'];
      const missing = named.filter(
        (file) => !existsSync(fileURLToPath(new URL(file, root))) && !written.includes(file),
      );
      assert.deepEqual(missing, []);
    });
  }

  it('name only identifiers that the code has, where they tell a contributor what to change', () => {
    const words = wordsOfCode();
    const named = ['CONTRIBUTING.md', 'docs/architecture.md', 'docs/debugging.md'].flatMap((document) =>
      [...readFileSync(new URL(document, root), 'utf8').matchAll(/`([a-z]+[A-Z]\w*|[A-Z][a-z]+[A-Z]\w*)`/g)].map(
        ([, name = '']) => name,
      ),
    );
    assert.ok(named.length > 20, `${named.length} found`);
    assert.deepEqual(
      named.filter((name) => !words.has(name)),
      [],
    );
  });
});
