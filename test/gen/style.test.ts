import assert from 'node:assert/strict';
import { hasValidSyntax, parseSourceFile } from '../../src/gen/parse-source.js';
import { applyCodeStyle, type CodeStyle, detectCodeStyle, templateCodeStyle } from '../../src/gen/style.js';

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
  const style = (more: Partial<CodeStyle>) => ({ ...templateCodeStyle, ...more });

  it('leaves a text in the style of the templates as it is', () => {
    assert.equal(applyCodeStyle('a.ts', written, templateCodeStyle), written);
  });

  it('changes quotes in code only, and none that would need escaping', () => {
    const text = applyCodeStyle('a.ts', written, style({ quote: '"' }));
    assert.match(text, /from "a";/);
    assert.match(text, /"one"/);
    assert.match(text, /'say "two"'/);
    assert.match(text, /It's the host's: 'quoted' stays/);
    assert.match(text, /`\$\{text\} 'raw'`/);
  });

  it('removes semicolons and trailing commas in code, not in comments', () => {
    const text = applyCodeStyle('a.ts', written, style({ semicolons: false, trailingCommas: false }));
    assert.deepEqual(text.match(/.*;$/gm), [" * It's the host's: 'quoted' stays; so does this;"]);
    assert.doesNotMatch(text, /,\s*[\]}]/);
    assert.ok(hasValidSyntax(parseSourceFile('a.ts', text)));
  });

  it('indents by tabs or any number of spaces, with the given line ends', () => {
    assert.match(applyCodeStyle('a.ts', written, style({ indent: '\t' })), /^\t\t'one',$/m);
    assert.match(applyCodeStyle('a.ts', written, style({ indent: '    ' })), /^ {8}'one',$/m);
    assert.equal(applyCodeStyle('a.ts', written, style({ eol: '\r\n' })), written.replaceAll('\n', '\r\n'));
  });

  it('keeps the odd column of a block comment after the indentation', () => {
    const text = 'export const made = {\n  /**\n   * a\n   */\n  list: [\n    1,\n  ],\n};\n';
    for (const indent of ['\t', '    ', '   ']) {
      const lines = ['/**', ' * a', ' */', 'list: [', `${indent}1,`, '],'].map((line) => `${indent}${line}\n`);
      assert.equal(
        applyCodeStyle('a.ts', text, style({ indent })),
        `export const made = {\n${lines.join('')}};\n`,
        JSON.stringify(indent),
      );
    }
  });

  it('detects the style of a file', () => {
    const styles = [
      { quote: '"', semicolons: false, indent: '\t', eol: '\r\n' },
      { quote: "'", semicolons: true, indent: '    ', eol: '\n' },
    ] as const;
    for (const one of styles) {
      assert.deepEqual(detectCodeStyle(parseSourceFile('a.ts', applyCodeStyle('a.ts', written, style(one)))), one);
    }
  });

  it('sees semicolons at every kind of statement that takes one, and at no other', () => {
    const seen = (text: string) => detectCodeStyle(parseSourceFile('a.ts', text)).semicolons;
    const statements = [
      "import 'a'",
      "import a = require('a')",
      'const a = 1',
      'a()',
      'export default a',
      'export = a',
      "export * from 'a'",
    ];
    for (const statement of statements)
      assert.deepEqual([`${statement};`, statement].map(seen), [true, false], statement);
    assert.equal(seen('function a() { return 1; }\nclass B { c = 1; }\n'), undefined);
    assert.equal(seen('a()\nb();\n'), true);
    assert.equal(seen('const a = 1\n;[a].map(String)\n'), false);
  });

  it('takes the quote that most strings have, and a single one where there are as many of both', () => {
    const seen = (text: string) => detectCodeStyle(parseSourceFile('a.ts', text)).quote;
    assert.equal(seen(`f("a", "b", 'c');`), '"');
    assert.equal(seen(`f("a", 'b');`), "'");
    assert.equal(seen(`f("a", 'b', 'c');`), "'");
  });

  it('takes the smallest indentation of more than one column as a level', () => {
    const seen = (text: string) => detectCodeStyle(parseSourceFile('a.ts', text)).indent;
    assert.equal(seen('f(\n    {\n        a: 1,\n    },\n);\n'), '    ');
    assert.equal(seen('/**\n * a\n */\nf(\n   1,\n);\n'), '   ');
    assert.equal(seen('f(\n 1,\n);\n'), undefined);
    assert.equal(seen('f(\n  1,\n\t2,\n);\n'), '\t');
    assert.equal(seen('f(\n    1,\n  \n);\n'), '    ');
  });

  it('leaves a setting undefined that a file does not show', () => {
    assert.deepEqual(detectCodeStyle(parseSourceFile('a.ts', '')), {});
  });
});
