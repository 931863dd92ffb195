import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { sourceFiles } from '../support/source-files.js';
import { architectureFile, traces, withLayers } from './architecture-doc.js';

describe('docs/architecture.md', () => {
  it('prints the layers that the architecture test checks', () => {
    const text = readFileSync(architectureFile, 'utf8');
    assert.equal(text, withLayers(text));
  });

  const mostFiles: Record<string, number> = { 'resolved -> notifier': 13, 'gen notifier': 14 };
  for (const [name, files] of Object.entries(traces())) {
    it(`traces ${name} through files that exist, each connected to another by an import, and few of them`, () => {
      const sources = new Map(sourceFiles().map((file) => [file.path, file]));
      assert.ok(files.length > 5 && files.length <= (mostFiles[name] ?? 0), `${files.length} files`);
      assert.deepEqual(
        files.filter((file) => !sources.has(file)),
        [],
      );
      const unconnected = files.filter((file) => {
        const others = files.filter((other) => other !== file);
        const imports = (from: string, to: string) => sources.get(from)?.imports.some(({ target }) => target === to);
        return !others.some((other) => imports(other, file) || imports(file, other));
      });
      assert.deepEqual(unconnected, []);
    });
  }
});
