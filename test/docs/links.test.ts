import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { anchorsOf, docPages, isPacked, type Page, proseOf, readPage } from './pages.js';
import { repositoryFile } from './reference-page.js';

const others = [
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'create-cairnloop/README.md',
  'examples/README.md',
  'llms.txt',
  'skills/cairnloop/SKILL.md',
].map(readPage);
const pages = [...docPages(), ...others];
const packedPages = pages.filter(({ file }) => isPacked(file));

/** Written by the long form of the fault tests, which not every checkout has run. */
const written = ['docs/fault-report.md'];

interface Link {
  target: string;
  /** Of the file it leads to, from the repository's root; the page itself for a bare anchor. */
  file: string;
  anchor: string;
}

function linksOf(page: Page): Link[] {
  const prose = proseOf(page).replace(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/i.test(target))
    .map((target) => {
      const [name = '', anchor = ''] = target.split('#');
      return { target, anchor, file: name ? path.posix.join(path.posix.dirname(page.file), name) : page.file };
    });
}

function isDead({ file, anchor }: Link): boolean {
  if (!existsSync(repositoryFile(file))) return !written.includes(file);
  return anchor !== '' && !(file.endsWith('.md') && anchorsOf(readPage(file)).has(anchor));
}

describe('links', () => {
  for (const page of pages) {
    it(`of ${page.file} lead to files and headings that are there`, () => {
      const dead = linksOf(page).filter(isDead);
      assert.deepEqual(
        dead.map(({ target }) => target),
        [],
      );
    });
  }

  for (const page of packedPages) {
    it(`of ${page.file} in the package lead to files that the package has`, () => {
      const missing = linksOf(page).filter(({ file }) => !isPacked(file));
      assert.deepEqual(
        missing.map(({ target }) => target),
        [],
      );
    });
  }

  it('name each page of docs in docs/README.md, so that none can be found by chance alone', () => {
    const named = new Set(linksOf(readPage('docs/README.md')).map(({ file }) => file));
    const own = docPages().filter(({ file }) => /^docs\/[^/]+\.md$/.test(file) && file !== 'docs/README.md');
    assert.deepEqual(
      own.map(({ file }) => file).filter((file) => !named.has(file)),
      [],
    );
  });

  it('are found dead where a file or a heading is missing', () => {
    const text =
      '# A\n\n[a](#a) [b](#b) [c](no.md) `[d](no.md)` [e](errors.md#config_invalid) [f](https://x.test/#y)\n';
    const dead = linksOf({ file: 'docs/README.md', text }).filter(isDead);
    // The page on disk has neither heading.
    assert.deepEqual(
      dead.map(({ target }) => target),
      ['#a', '#b', 'no.md'],
    );
  });
});
