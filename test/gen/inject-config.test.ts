import assert from 'node:assert/strict';
import { addEntryToConfig } from '../../src/gen/inject-config.js';
import { injectCases } from '../support/inject-cases.js';

const cases = injectCases();

/** What a line-based diff calls added, or undefined when a line of the original is gone. */
function addedLines(before: string, after: string): string[] | undefined {
  const added: string[] = [];
  const wanted = before.split('\n');
  let next = 0;
  for (const line of after.split('\n')) {
    if (line === wanted[next]) next += 1;
    else added.push(line);
  }
  return next === wanted.length ? added : undefined;
}

describe('CL1 gen/inject-config: every shape that people write', () => {
  for (const { name, config, after, outcome, entry, habits } of cases) {
    it(name, () => {
      const result = addEntryToConfig(config, entry, habits);
      assert.equal(result.outcome, outcome);
      assert.equal(result.outcome === 'updated' ? result.text : config.text, after);
      if (result.outcome === 'skipped') assert.match(result.reason, /^notifier is set already: .+/);
      if (result.outcome === 'manual') assert.deepEqual([result.imports.length, result.keys.length], [1, 1]);
    });
  }

  it('prints the exact lines for a shape it does not know', () => {
    const wrapped = cases.find(({ name }) => name === 'unknown-wrapper');
    assert.ok(wrapped);
    assert.deepEqual(addEntryToConfig(wrapped.config, wrapped.entry, wrapped.habits), {
      outcome: 'manual',
      reason: 'the exported value is not an object literal written in this file',
      imports: ["import { notifier } from './src/cairnloop/notifier.js';"],
      keys: ['notifier,'],
    });
  });
});

describe('CL1 gen/inject-config: the extension of the import', () => {
  const [known] = cases;
  const imported: Record<string, string> = {
    './settings.js': './src/cairnloop/notifier.js',
    './settings.mjs': './src/cairnloop/notifier.js',
    './settings.jsx': './src/cairnloop/notifier.js',
    './settings.ts': './src/cairnloop/notifier.ts',
    './settings.cts': './src/cairnloop/notifier.ts',
    './settings.tsx': './src/cairnloop/notifier.ts',
    './settings': './src/cairnloop/notifier',
    './chart.js-settings': './src/cairnloop/notifier',
    './chart.ts-settings': './src/cairnloop/notifier',
    './settings.json': './src/cairnloop/notifier.js',
    './styles.css': './src/cairnloop/notifier.js',
    './addon.node': './src/cairnloop/notifier.js',
    './rules.wasm': './src/cairnloop/notifier.js',
    express: './src/cairnloop/notifier.js',
    'chart.ts': './src/cairnloop/notifier.js',
  };
  for (const [source, expected] of Object.entries(imported)) {
    it(`is that of the file's own relative imports: ${source}`, () => {
      assert.ok(known);
      const text = `import { a } from '${source}';\n\nexport default { log: a };\n`;
      const result = addEntryToConfig({ path: 'cairnloop.config.ts', text }, known.entry, known.habits);
      assert.equal(
        result.outcome === 'updated' && result.text.includes(` from '${expected}';`),
        true,
        JSON.stringify(result),
      );
    });
  }
});

describe('CL1 gen/inject-config: checks its own result', () => {
  const [known] = cases;
  const odd = {
    'line ends of old Macs': 'export default {\r  // nothing yet\r};\r',
    'a line end that only Unicode has': 'export default defineConfig({\u2028  // nothing yet\u2028});\n',
    'both, behind an import': "import { defineConfig } from 'cairnloop';\r\rexport default {\u2029  // x\u2029};\r",
  };
  for (const [what, text] of Object.entries(odd)) {
    it(`leaves the file alone if the key would end up in a comment: ${what}`, () => {
      assert.ok(known);
      const result = addEntryToConfig({ path: 'cairnloop.config.ts', text }, known.entry, known.habits);
      assert.equal(result.outcome, 'manual');
      assert.match(result.outcome === 'manual' ? result.reason : '', /would not be valid with the new lines/);
    });
  }
});

describe('CL2 gen/inject-config: a second run', () => {
  for (const { name, config, after, outcome, entry, habits } of cases.filter((one) => one.outcome === 'updated')) {
    it(`of ${name} changes nothing`, () => {
      assert.equal(outcome, 'updated');
      assert.deepEqual(addEntryToConfig({ ...config, text: after }, entry, habits), { outcome: 'unchanged' });
    });
  }
});

describe('CL2 gen/inject-config: the diff is the new lines and nothing else', () => {
  /** Where the object leaves no room for a line of ours: `{}`, a one-liner, `}` behind a property, a last spread. */
  const inline = /one-liner|^empty-object$|brace-closes|brace-on-the-last-line|imports-share|spread-comes-last/;
  for (const { name, config, after } of cases.filter((one) => one.outcome === 'updated' && !inline.test(one.name))) {
    it(name, () => {
      const added = addedLines(config.text, after);
      assert.ok(added, 'a line of the host is gone');
      const [shown, blank] = [added.filter((line) => line.trim() !== ''), added.filter((line) => line.trim() === '')];
      assert.ok(shown.length <= 2 && blank.length <= 1, added.join('\n'));
    });
  }
});
