import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { agentFiles } from './agent-files.js';
import { isPacked } from './pages.js';
import { repositoryFile } from './reference-page.js';

describe('files for assistants', () => {
  for (const { file, render } of agentFiles) {
    it(`${file} matches the docs; \`npm run docs\` writes it`, async () => {
      assert.equal(readFileSync(repositoryFile(file), 'utf8'), await render());
    }).timeout(120_000);
  }

  it('llms.txt names every page, and every link of it and of the skill leads to a packed file', () => {
    const index = readFileSync(repositoryFile('llms.txt'), 'utf8');
    for (const page of readdirSync(repositoryFile('docs')).filter((name) => name.endsWith('.md')))
      assert.ok(index.includes(`(docs/${page})`), page);
    for (const file of ['llms.txt', 'skills/cairnloop/SKILL.md']) {
      const links = [...readFileSync(repositoryFile(file), 'utf8').matchAll(/\]\((?!https?:|#)([^)#]+)/g)];
      assert.ok(links.length > 0, file);
      for (const [, link = ''] of links) {
        const target = path.posix.join(path.posix.dirname(file), link);
        assert.ok(existsSync(repositoryFile(target)), `${file}: ${target}`);
        assert.ok(isPacked(target), `${file}: ${target} is not in the package`);
      }
    }
  });
});
