import assert from 'node:assert/strict';
import { addEntryToConfig } from '../../src/gen/inject-config.js';
import { templateCodeStyle } from '../../src/gen/style.js';
import { notifierEntry } from '../support/inject-cases.js';

const habits = { style: templateCodeStyle, moduleSyntax: 'esm', extension: 'js', aliases: {} } as const;
const outcomeOf = (text: string): string =>
  addEntryToConfig({ path: 'cairnloop.config.ts', text }, notifierEntry('src/notifier.ts'), habits).outcome;

/** Files by the outcome of adding a notifier to what they export. */
const files = {
  updated: [
    'export default {};',
    'export = {};',
    'module.exports = {};',
    'exports.default = {};',
    'module.exports.default = {};',
    'exports = module.exports = {};',
    'module.exports = exports.default = {};',
    'const a = {}; export { a as default };',
    'const a = {}; module.exports = a; module.exports.default = a;',
    'export default ({} as const);',
    'export default <object>{};',
    'export default {}!;',
    'export default await {};',
    'export default Object.freeze({});',
    'export default defineConfig({});',
    "import { defineConfig as made } from 'cairnloop'; export default made({});",
    "import * as cairnloop from 'cairnloop'; export default cairnloop.defineConfig({});",
    "const { defineConfig: made } = require('cairnloop'); export default made({});",
    "const made = require('cairnloop').defineConfig; export default made({});",
    "export default require('cairnloop').defineConfig({});",
    'export default () => ({});',
    'export default async () => { return {}; };',
    'export default function () { return {}; }',
    'export default (function () { return {}; });',
    'export default () => { const f = () => { return 1; }; return {}; };',
    'export default () => { function f() { return 1; } return {}; };',
    'function a() { return {}; } export default a;',
  ],
  manual: [
    '',
    'export const a = {};',
    'other.exports = {};',
    'module.exports ||= {};',
    'export default [];',
    'export default mine({});',
    'export default mine.defineConfig({});',
    'const defineConfig = mine; export default defineConfig({});',
    "import { defineConfig } from 'vite'; export default defineConfig({});",
    "import { mine } from 'cairnloop'; export default mine({});",
    'export default Object.seal({});',
    "export { default } from './other.js';",
    'export default function* () { return {}; }',
    'export default () => { if (a) return {}; return {}; };',
    'export default () => { mine(); };',
    'let a = {}; a = mine; export default a;',
    'let a = {}; export default a; a = mine;',
    'const { a } = mine; export default a;',
    'export default class {}',
    'const a = a; export default a;',
    'export default {}; module.exports = {};',
    'export default {',
    'export default { ...mine };',
    'export default { ...mine() };',
    'export default { ...(a && mine) };',
    'export default { ...(mine && {}) , ...(mine || {}) };',
    'export default { ...(a ? mine : {}) };',
    'export default { ...(a ? {} : mine) };',
    'export default { [mine]: 1 };',
    `export default { [\`\${mine}\`]: 1 };`,
    'export default { __proto__: mine };',
    'const a = {}; a.b = 1; a[c] = 1; export default { ...a };',
    'const a = { ...mine }; export default { ...a };',
    'export default { notifier: mine, ...mine };',
  ],
  skipped: [
    'export default { notifier: mine };',
    'export default { notifier };',
    'export default { notifier() {} };',
    'export default { get notifier() { return mine; } };',
    "export default { 'notifier': mine };",
    "export default { ['notifier']: mine };",
    'export default { [`notifier`]: mine };',
    'export default { ...mine, notifier: mine };',
    'const a = { notifier: mine }; export default { ...a };',
    'export default { ...{ notifier: mine } };',
    'export default { ...(a && { notifier: mine }) };',
    'export default { ...(a ? { notifier: mine } : {}) };',
    'export default { ...(a ? {} : { notifier: mine }) };',
    'export default { ...({ notifier: mine } as object) };',
    'export default { ...(a ?? { notifier: mine }), notifier: mine };',
  ],
};

/** Spreads that copy no key, or only keys that the file shows. */
const harmless = [
  'false',
  'true',
  'null',
  '1',
  'undefined',
  '{}',
  '{ a: 1 }',
  'a && {}',
  'a && false',
  'a ? {} : null',
];

describe('gen/config-object: which object a file exports, and whether it has the key', () => {
  for (const [outcome, all] of Object.entries(files)) {
    for (const text of all) {
      it(`${outcome}: ${text || 'an empty file'}`, () => {
        assert.equal(outcomeOf(text), outcome);
      });
    }
  }
  for (const spread of harmless) {
    it(`updated: export default { ...(${spread}) };`, () => {
      assert.equal(outcomeOf(`export default { ...(${spread}) };`), 'updated');
    });
  }

  it('gives the reason for which the lines are to be added by hand', () => {
    const reasons: Record<string, string> = {
      '': 'it has no default export',
      'export default {': 'the config has a syntax error',
      'export default {}; // \0': 'the config is not UTF-8 text',
      'export default mine({});': 'the exported value is not an object literal written in this file',
      'export default { ...mine };': 'notifier may be set or changed by: ...mine',
    };
    for (const [text, reason] of Object.entries(reasons)) {
      const result = addEntryToConfig({ path: 'cairnloop.config.ts', text }, notifierEntry('src/notifier.ts'), habits);
      assert.equal(result.outcome === 'manual' && result.reason, reason);
    }
  });
});
