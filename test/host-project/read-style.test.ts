import assert from 'node:assert/strict';
import path from 'node:path';
import { templateStyle } from '../../src/gen/style.js';
import { readStyle } from '../../src/host-project/read-style.js';
import { tempHost } from '../support/temp-host.js';

function styleOf(files: Record<string, string | object>, packageFolder = '.') {
  const host = tempHost({ 'package.json': '{}', ...files });
  try {
    return readStyle(path.join(host.folder, packageFolder), 'src', []);
  } finally {
    host.remove();
  }
}

describe('project/read-style', () => {
  it('takes the style of the templates where the host shows none', () => {
    assert.deepEqual(styleOf({}), templateStyle);
  });

  it('reads what the files of the host show', () => {
    const text = 'import a from "a"\r\n\r\nexport function b() {\r\n\treturn a\r\n}\r\n';
    const seen = { quote: '"', semicolons: false, indent: '\t', eol: '\r\n' };
    assert.deepEqual(styleOf({ 'src/b.ts': text }), { ...templateStyle, ...seen });
  });

  it('honours Prettier in every place where it is set up, with its defaults', () => {
    const wanted = { ...templateStyle, quote: '"', semicolons: false, indent: '    ', trailingCommas: false };
    const options = { semi: false, tabWidth: 4, trailingComma: 'none' };
    const places: Record<string, string | object>[] = [
      { '.prettierrc': JSON.stringify(options) },
      { '.prettierrc': 'semi: false # ours\ntabWidth: 4\ntrailingComma: "none"\n' },
      { '.prettierrc.json5': "{ semi: false, /* four */ tabWidth: 4, trailingComma: 'none' }" },
      { 'package.json': { prettier: options } },
      {
        'prettier.config.mjs': `/** @type {import('prettier').Config} */\nexport default ${JSON.stringify(options)};\n`,
      },
      { '.prettierrc.cjs': `const options = ${JSON.stringify(options)};\nmodule.exports = options;\n` },
    ];
    for (const files of places) assert.deepEqual(styleOf(files), wanted, Object.keys(files)[0]);
  });

  it('honours Biome, whose default is the tab', () => {
    const biome =
      '{\n  // ours\n  "javascript": { "formatter": { "quoteStyle": "single", "semicolons": "asNeeded" } },\n}';
    assert.deepEqual(styleOf({ 'biome.jsonc': biome }), { ...templateStyle, indent: '\t', semicolons: false });
    const spaces = { formatter: { indentStyle: 'space', indentWidth: 4 } };
    assert.deepEqual(styleOf({ 'biome.json': spaces }), { ...templateStyle, indent: '    ', quote: '"' });
    assert.deepEqual(styleOf({ 'biome.json': { formatter: { enabled: false } } }), templateStyle);
  });

  it('honours .editorconfig, and the formatter before it', () => {
    const editor =
      'root = true\n\n[*]\nindent_style = space\nindent_size = 4\nend_of_line = crlf\n\n[*.md]\nindent_size = 2\n';
    assert.deepEqual(styleOf({ '.editorconfig': editor }), { ...templateStyle, indent: '    ', eol: '\r\n' });
    const both = styleOf({
      '.editorconfig': editor,
      '.prettierrc': '{ "useTabs": true, "singleQuote": true, "endOfLine": "lf" }',
    });
    assert.deepEqual(both, { ...templateStyle, indent: '\t' });
  });

  it('looks up to the root of the repository and no further', () => {
    const files = { '.prettierrc': '{}', 'repo/packages/a/package.json': '{}' };
    assert.equal(styleOf({ ...files, '.git/HEAD': '' }, 'repo/packages/a').quote, '"');
    assert.equal(styleOf({ ...files, 'repo/.git/HEAD': '' }, 'repo/packages/a').quote, "'");
  });
});
