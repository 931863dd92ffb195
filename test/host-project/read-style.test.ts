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

  it('reads what Biome settings extend: files, packages, and the root of the repository', () => {
    const base = { formatter: { indentStyle: 'space' }, javascript: { formatter: { quoteStyle: 'single' } } };
    const preset = (entry: string, manifest: object = {}) => ({
      'biome.json': { extends: [entry] },
      'node_modules/@org/preset/package.json': { name: '@org/preset', ...manifest },
    });
    const places: Record<string, string | object>[] = [
      { 'biome.json': { extends: ['./config/base.json'] }, 'config/base.json': base },
      { 'biome.jsonc': { extends: './config/base.jsonc' }, 'config/base.jsonc': base },
      {
        '.biome.json': { extends: ['config/a.json'] },
        'config/a.json': { extends: ['./b.json'] },
        'config/b.json': base,
      },
      { ...preset('@org/preset/biome'), 'node_modules/@org/preset/biome.jsonc': base },
      { ...preset('@org/preset'), 'node_modules/@org/preset/biome.json': base },
      {
        ...preset('@org/preset/core', { exports: { './core': './own.json' } }),
        'node_modules/@org/preset/own.json': base,
      },
    ];
    for (const files of places) assert.deepEqual(styleOf(files), templateStyle, JSON.stringify(files));
    const repository = { '.git/HEAD': '', 'biome.json': base, 'packages/a/package.json': '{}' };
    const nested = (more: object) => styleOf({ ...repository, 'packages/a/biome.json': more }, 'packages/a');
    assert.deepEqual(nested({ extends: '//', root: false }), templateStyle);
    assert.deepEqual(nested({ root: false }), { ...templateStyle, quote: '"', indent: '\t' });
  });

  it('lets Biome settings win over what they extend, the later over the earlier, and stands a circle', () => {
    const style = styleOf({
      'biome.json': { extends: ['./a.json', './b.json'], javascript: { formatter: { semicolons: 'asNeeded' } } },
      'a.json': { extends: ['./biome.json'], formatter: { indentStyle: 'space', indentWidth: 8 } },
      'b.json': {
        formatter: { indentWidth: 4 },
        javascript: { formatter: { quoteStyle: 'single', semicolons: 'always' } },
      },
    });
    assert.deepEqual(style, { ...templateStyle, indent: '    ', semicolons: false });
    assert.equal(styleOf({ 'biome.json': { extends: ['./gone.json', '@org/gone', 7] } }).indent, '\t');
  });

  it('leaves the indentation to .editorconfig where Biome does', () => {
    const editor = '[*]\nindent_style = space\nindent_size = 4\n';
    const biome = { formatter: { useEditorconfig: true } };
    assert.equal(styleOf({ 'biome.json': biome, '.editorconfig': editor }).indent, '    ');
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
