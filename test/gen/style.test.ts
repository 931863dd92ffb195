import assert from 'node:assert/strict';
import { isValidSyntax, parseSource } from '../../src/gen/parse-source.js';
import { applyStyle, type CodeStyle, observeStyle, templateStyle } from '../../src/gen/style.js';

const written = `import { a } from 'a';

/**
 * It's the host's: 'quoted' stays; so does this;
 */
export const made = {
  // don't
  list: [
    'one',
    'say "two"',
  ],
  async call(text: string) {
    return \`\${text} 'raw'\`;
  },
};
`;

describe('gen/style', () => {
  const style = (more: Partial<CodeStyle>) => ({ ...templateStyle, ...more });

  it('leaves a text in the style of the templates as it is', () => {
    assert.equal(applyStyle('a.ts', written, templateStyle), written);
  });

  it('changes quotes in code only, and none that would need escaping', () => {
    const text = applyStyle('a.ts', written, style({ quote: '"' }));
    assert.match(text, /from "a";/);
    assert.match(text, /"one"/);
    assert.match(text, /'say "two"'/);
    assert.match(text, /It's the host's: 'quoted' stays/);
    assert.match(text, /`\$\{text\} 'raw'`/);
  });

  it('removes semicolons and trailing commas in code, not in comments', () => {
    const text = applyStyle('a.ts', written, style({ semicolons: false, trailingCommas: false }));
    assert.deepEqual(text.match(/.*;$/gm), [" * It's the host's: 'quoted' stays; so does this;"]);
    assert.doesNotMatch(text, /,\s*[\]}]/);
    assert.ok(isValidSyntax(parseSource('a.ts', text)));
  });

  it('indents by tabs or any number of spaces, with the given line ends', () => {
    assert.match(applyStyle('a.ts', written, style({ indent: '\t' })), /^\t\t'one',$/m);
    assert.match(applyStyle('a.ts', written, style({ indent: '    ' })), /^ {8}'one',$/m);
    assert.equal(applyStyle('a.ts', written, style({ eol: '\r\n' })), written.replaceAll('\n', '\r\n'));
  });

  it('detects the style of a file', () => {
    const styles = [
      { quote: '"', semicolons: false, indent: '\t', eol: '\r\n' },
      { quote: "'", semicolons: true, indent: '    ', eol: '\n' },
    ] as const;
    for (const one of styles) {
      assert.deepEqual(observeStyle(parseSource('a.ts', applyStyle('a.ts', written, style(one)))), one);
    }
  });

  it('leaves a setting undefined that a file does not show', () => {
    assert.deepEqual(observeStyle(parseSource('a.ts', '')), {});
  });
});
