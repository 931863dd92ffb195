import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('../../', import.meta.url);

describe('README, CONTRIBUTING and the map', () => {
  for (const document of [
    'README.md',
    'CONTRIBUTING.md',
    'docs/architecture.md',
    'docs/debugging.md',
    'docs/glossary.md',
  ]) {
    it(`${document} names only files that are there`, () => {
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
