import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('../../', import.meta.url);

describe('README, CONTRIBUTING and the pages of docs', () => {
  // Their paths are those of a host.
  const ofHosts = ['agents.md', 'testing-notifiers.md'];
  const pages = readdirSync(new URL('docs/', root)).filter((name) => name.endsWith('.md') && !ofHosts.includes(name));
  for (const document of ['README.md', 'CONTRIBUTING.md', ...pages.map((name) => `docs/${name}`)]) {
    it(`${document} names only files that exist`, () => {
      const text = readFileSync(new URL(document, root), 'utf8');
      const named = [...text.matchAll(/\b(?:bench|docs|examples|src|test)\/[\w./-]*\w/g)].map(([path]) => path);
      // Written by the long form of the fault tests.
      const written = ['docs/fault-report.md'];
      const missing = named.filter(
        (path) => !existsSync(fileURLToPath(new URL(path, root))) && !written.includes(path),
      );
      assert.deepEqual(missing, []);
    });
  }
});
