import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Node, SyntaxKind } from 'ts-morph';
import { addEntryToConfig } from '../../src/gen/inject-config.js';
import { hasValidSyntax, parseSourceFile } from '../../src/gen/parse-source.js';
import { templateCodeStyle } from '../../src/gen/style.js';
import { notifierEntry } from '../support/inject-cases.js';

/** A config file as somebody might write it: `before`, with the comma and line habits mixed at random. */
interface Written {
  wrap: string;
  properties: string[];
  layout: 'lines' | 'inline';
  trailingComma: boolean;
  comments: string[];
  header: string;
  imports: number;
  indent: string;
  eol: string;
  double: boolean;
  semicolons: boolean;
  finalNewline: boolean;
}

const wraps = [
  'export default defineConfig(@);',
  'const config = defineConfig(@);\n\nexport default config;',
  'const config = @;\nexport { config as default };',
  'export default @ satisfies CairnloopConfig;',
  'export default defineConfig(@ as const);',
  'export default defineConfig(() => (@));',
  'export default async () => {\n  return @;\n};',
  'function make() {\n  const made = @;\n  return made;\n}\n\nexport default make;',
  'module.exports = @;',
  'export = @;',
  'exports.default = Object.freeze(@);',
];

const properties = [
  "database: { url: 'postgres://x' }",
  'worker: { concurrency: 5, leaseMs: 1_000 }',
  '...seen',
  'metrics',
  "'quoted-key': [1, { a: '}' }]",
  'ops: {\n    port: 9464,\n  }',
  'draftGenerator() {\n    return `{}`;\n  }',
  'outbound: make(1, () => ({ a: 1 }))',
];

const comments = ['', '', '', ' // notifier: mine,', ' /* notifier, */', '\n  // {', '\n  /* a\n   * b } */'];
const headers = [
  '',
  '// @ts-check\n',
  '/* Copyright */\n\n',
  "'use strict';\n",
  "/** @type {import('cairnloop').X} */\n",
];

const written: fc.Arbitrary<Written> = fc.record({
  wrap: fc.constantFrom(...wraps),
  properties: fc.uniqueArray(fc.constantFrom(...properties), { maxLength: 5 }),
  layout: fc.constantFrom('lines', 'inline'),
  trailingComma: fc.boolean(),
  comments: fc.array(fc.constantFrom(...comments), { minLength: 6, maxLength: 6 }),
  header: fc.constantFrom(...headers),
  imports: fc.nat(2),
  indent: fc.constantFrom('  ', '    ', '\t'),
  eol: fc.constantFrom('\n', '\r\n'),
  double: fc.boolean(),
  semicolons: fc.boolean(),
  finalNewline: fc.boolean(),
});

function write(file: Written): string {
  const imports = ["import { base } from './base.js';\n", "import type { CairnloopConfig } from 'cairnloop';\n"];
  const body = file.wrap.replace('@', () => (file.layout === 'lines' ? overLines(file) : inOneLine(file)));
  const seen = "const seen = { log: { level: 'info' } };\n";
  const text = `${file.header}${imports.slice(0, file.imports).join('')}\n${seen}${body}${file.finalNewline ? '\n' : ''}`;
  const styled = file.semicolons ? text : text.replaceAll(/;$/gm, '');
  const quoted = file.double ? styled.replaceAll("'", '"') : styled;
  return quoted.replaceAll('  ', file.indent).replaceAll('\n', file.eol);
}

function overLines({ properties, comments, trailingComma }: Written): string {
  const lines = properties.map((property, at) => {
    const isLast = at === properties.length - 1;
    return `  ${property}${isLast && !trailingComma ? '' : ','}${comments[at]}\n`;
  });
  return `{${comments[5]}\n${lines.join('')}}`;
}

/** A line comment would hide what follows on its line, so only block comments stand here. */
function inOneLine({ properties, comments, trailingComma }: Written): string {
  const parts = properties.map((property, at) => `${property}${comments[at]?.startsWith(' /*') ? comments[at] : ''}`);
  return `{ ${parts.join(', ')}${trailingComma && parts.length > 0 ? ',' : ''} }`;
}

/** Only insertions were made when the old text can be read off the new one in order. */
function isSubsequence(before: string, after: string): boolean {
  let next = 0;
  for (const char of after) if (char === before[next]) next += 1;
  return next === before.length;
}

function keyCount(text: string): number {
  const objects = parseSourceFile('x.ts', text).getDescendantsOfKind(SyntaxKind.ObjectLiteralExpression);
  const named = objects.flatMap((object) => object.getProperties());
  return named.filter((node) => Node.hasName(node) && /^['"]?notifier['"]?$/.test(node.getName())).length;
}

const habits = { style: templateCodeStyle, moduleSyntax: 'esm', extension: 'js', aliases: {} } as const;
const entry = notifierEntry('src/cairnloop/notifier.ts');

describe('gen/inject-config: any file of shapes, styles, comments and line ends', () => {
  it('CL2 stays valid, holds the key once, loses nothing, and is unchanged by a second run', () => {
    fc.assert(
      fc.property(written, (file) => {
        const before = write(file);
        fc.pre(hasValidSyntax(parseSourceFile('x.ts', before)));
        const result = addEntryToConfig({ path: 'cairnloop.config.ts', text: before }, entry, habits);
        assert.equal(result.outcome, 'updated');
        assert.ok(result.outcome === 'updated');
        const { text } = result;
        assert.ok(hasValidSyntax(parseSourceFile('x.ts', text)));
        assert.equal(keyCount(text), 1);
        assert.ok(isSubsequence(before, text), 'the original cannot be read off the result');
        assert.ok(text.length - before.length < 100, 'more than an import and a key was added');
        assert.equal(text.includes('\n') && /[^\r]\n/.test(text), file.eol === '\n', 'line ends are mixed');
        const again = addEntryToConfig({ path: 'cairnloop.config.ts', text }, entry, habits);
        assert.deepEqual(again, { outcome: 'unchanged' });
      }),
      { numRuns: 600 },
    );
  });

  it('CL2 if the object spans several lines, removing the added lines restores the original', () => {
    const overSeveralLines = written.filter(
      ({ layout, properties }) => layout === 'lines' && properties.at(-1) !== '...seen',
    );
    fc.assert(
      fc.property(overSeveralLines, (file) => {
        const before = write(file);
        fc.pre(hasValidSyntax(parseSourceFile('x.ts', before)));
        const result = addEntryToConfig({ path: 'cairnloop.config.ts', text: before }, entry, habits);
        assert.ok(result.outcome === 'updated');
        const ours =
          /^(import|const) .*cairnloop\/notifier.*\r?\n(\r?\n)?|^[ \t]*(, )?(['"]notifier['"]: )?notifier,?\r?\n/gm;
        const left = result.text.replaceAll(ours, '');
        const blanksAside = (text: string) => text.replaceAll(/(\r?\n)+/g, '\n');
        assert.equal(blanksAside(left), blanksAside(before));
      }),
      { numRuns: 400 },
    );
  });
});
