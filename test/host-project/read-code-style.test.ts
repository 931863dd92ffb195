import assert from 'node:assert/strict';
import path from 'node:path';
import { templateCodeStyle } from '../../src/gen/style.js';
import { readCodeStyle } from '../../src/host-project/read-code-style.js';
import { tempHost } from '../support/temp-host.js';

function styleOf(files: Record<string, string | object>, packageFolder = '.') {
  const host = tempHost({ 'package.json': '{}', ...files });
  try {
    return readCodeStyle(path.join(host.folder, packageFolder), 'src', []);
  } finally {
    host.remove();
  }
}

describe('host-project/read-code-style', () => {
  it('uses the style of the templates if the host has none', () => {
    assert.deepEqual(styleOf({}), templateCodeStyle);
  });

  it("detects the style of the host's files", () => {
    const text = 'import a from "a"\r\n\r\nexport function b() {\r\n\treturn a\r\n}\r\n';
    const seen = { quote: '"', semicolons: false, indent: '\t', eol: '\r\n' };
    assert.deepEqual(styleOf({ 'src/b.ts': text }), { ...templateCodeStyle, ...seen });
  });

  it('honours Prettier in every place where it is set up, with its defaults', () => {
    const wanted = { ...templateCodeStyle, quote: '"', semicolons: false, indent: '    ', trailingCommas: false };
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

  it('reads a Prettier preset wherever it is named, built on or spread', () => {
    const options = { semi: false, tabWidth: 4, trailingComma: 'none' };
    const wanted = { ...templateCodeStyle, quote: '"', semicolons: false, indent: '    ', trailingCommas: false };
    const preset = (file: string, text: string, manifest: object = {}) => ({
      'node_modules/@org/prettier-config/package.json': { name: '@org/prettier-config', ...manifest },
      [`node_modules/@org/prettier-config/${file}`]: text,
    });
    const json = preset('index.json', JSON.stringify(options), { main: 'index.json' });
    const script = `export default ${JSON.stringify(options)};\n`;
    const esm = preset('dist/own.mjs', script, { exports: { '.': { import: './dist/own.mjs' } } });
    const commonjs = preset('index.js', `module.exports = ${JSON.stringify(options)};\n`);
    const named = { 'package.json': { prettier: '@org/prettier-config' } };
    const places: Record<string, string | object>[] = [
      { ...named, ...json },
      { ...named, ...esm },
      { ...named, ...commonjs },
      { '.prettierrc': '"@org/prettier-config"\n', ...json },
      { '.prettierrc.json': '"@org/prettier-config"', ...json },
      { '.prettierrc.yaml': '@org/prettier-config\n', ...json },
      { 'prettier.config.js': "export { default } from '@org/prettier-config';\n", ...esm },
      { 'prettier.config.mjs': "import base from '@org/prettier-config';\n\nexport default base;\n", ...esm },
      { '.prettierrc.cjs': "module.exports = require('@org/prettier-config');\n", ...commonjs },
      {
        'prettier.config.js': "import base from './base.js';\nexport default { ...base, tabWidth: 4 };\n",
        'base.js': script,
      },
      { '.prettierrc.toml': 'semi = false\ntabWidth = 4\ntrailingComma = "none"\n' },
      { '.prettierrc': { semi: true, overrides: [{ files: ['*.{js,ts}'], options }] } },
    ];
    for (const files of places) assert.deepEqual(styleOf(files), wanted, JSON.stringify(files));
    const own = {
      '.prettierrc.cjs': "module.exports = { ...require('@org/prettier-config'), semi: true };\n",
      ...commonjs,
    };
    assert.deepEqual(styleOf(own), { ...wanted, semicolons: true });
    const gone = styleOf({ 'package.json': { prettier: '@org/gone' } });
    assert.deepEqual(gone, { ...templateCodeStyle, quote: '"' });
  });

  it('honours Biome, whose default is the tab', () => {
    const biome =
      '{\n  // ours\n  "javascript": { "formatter": { "quoteStyle": "single", "semicolons": "asNeeded" } },\n}';
    assert.deepEqual(styleOf({ 'biome.jsonc': biome }), { ...templateCodeStyle, indent: '\t', semicolons: false });
    const spaces = { formatter: { indentStyle: 'space', indentWidth: 4 } };
    assert.deepEqual(styleOf({ 'biome.json': spaces }), { ...templateCodeStyle, indent: '    ', quote: '"' });
    assert.deepEqual(styleOf({ 'biome.json': { formatter: { enabled: false } } }), templateCodeStyle);
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
    for (const files of places) assert.deepEqual(styleOf(files), templateCodeStyle, JSON.stringify(files));
    const repository = { '.git/HEAD': '', 'biome.json': base, 'packages/a/package.json': '{}' };
    const nested = (more: object) => styleOf({ ...repository, 'packages/a/biome.json': more }, 'packages/a');
    assert.deepEqual(nested({ extends: '//', root: false }), templateCodeStyle);
    assert.deepEqual(nested({ root: false }), { ...templateCodeStyle, quote: '"', indent: '\t' });
  });

  it('prefers Biome settings over extended ones, later ones over earlier, and survives a circle', () => {
    const style = styleOf({
      'biome.json': { extends: ['./a.json', './b.json'], javascript: { formatter: { semicolons: 'asNeeded' } } },
      'a.json': { extends: ['./biome.json'], formatter: { indentStyle: 'space', indentWidth: 8 } },
      'b.json': {
        formatter: { indentWidth: 4 },
        javascript: { formatter: { quoteStyle: 'single', semicolons: 'always' } },
      },
    });
    assert.deepEqual(style, { ...templateCodeStyle, indent: '    ', semicolons: false });
    assert.equal(styleOf({ 'biome.json': { extends: ['./gone.json', '@org/gone', 7] } }).indent, '\t');
  });

  it('uses the indentation of .editorconfig if Biome does', () => {
    const editor = '[*]\nindent_style = space\nindent_size = 4\n';
    const biome = { formatter: { useEditorconfig: true } };
    assert.equal(styleOf({ 'biome.json': biome, '.editorconfig': editor }).indent, '    ');
  });

  it('honours .editorconfig, and the formatter before it', () => {
    const editor =
      'root = true\n\n[*]\nindent_style = space\nindent_size = 4\nend_of_line = crlf\n\n[*.md]\nindent_size = 2\n';
    assert.deepEqual(styleOf({ '.editorconfig': editor }), { ...templateCodeStyle, indent: '    ', eol: '\r\n' });
    const both = styleOf({
      '.editorconfig': editor,
      '.prettierrc': '{ "useTabs": true, "singleQuote": true, "endOfLine": "lf" }',
    });
    assert.deepEqual(both, { ...templateCodeStyle, indent: '\t' });
  });

  it('looks up to the root of the repository and no further', () => {
    const files = { '.prettierrc': '{}', 'repo/packages/a/package.json': '{}' };
    assert.equal(styleOf({ ...files, '.git/HEAD': '' }, 'repo/packages/a').quote, '"');
    assert.equal(styleOf({ ...files, 'repo/.git/HEAD': '' }, 'repo/packages/a').quote, "'");
  });
});
