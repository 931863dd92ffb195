import assert from 'node:assert/strict';
import { addEntryToConfig } from '../../src/gen/inject-config.js';
import { templateCodeStyle } from '../../src/gen/style.js';
import { notifierEntry } from '../support/inject-cases.js';

const habits = { style: templateCodeStyle, moduleSyntax: 'esm', extension: 'js', aliases: {} } as const;

/** What becomes of a config that a statement follows. */
function outcomeOf(statement: string): string {
  const text = `const config: any = { database: {} };\n${statement}\nexport default config;\n`;
  return addEntryToConfig({ path: 'cairnloop.config.ts', text }, notifierEntry('src/notifier.ts'), habits).outcome;
}

const statements = {
  skipped: [
    'config.notifier = mine;',
    "config['notifier'] = mine;",
    'config[`notifier`] = mine;',
    '(config as any).notifier = mine;',
    'config!.notifier = mine;',
    '(<any>config).notifier = mine;',
    '(config satisfies object).notifier = mine;',
    'const other = config;\nother.notifier = mine;',
    'const other = config as any;\nconst third = other;\nthird.notifier = mine;',
    'if (mine) config.notifier = mine;',
    'Object.assign(config, { notifier: mine });',
    "Object.assign(config, { 'notifier': mine });",
    "Object.assign(config, { ['notifier']: mine });",
    'Object.assign(config, { other: 1 }, { notifier: mine });',
    'Object.assign(config, { notifier() {} });',
    'config.other = 1;\nconfig.notifier = mine;\nconfig.third = 1;',
    'config[name] = 1;\nconfig.notifier = mine;',
  ],
  manual: [
    'config[name] = mine;',
    'config.notifier ||= mine;',
    'config.notifier++;',
    '--config.notifier;',
    '[config.notifier] = [mine];',
    '[...config.notifier] = [mine];',
    '({ a: config.notifier } = mine);',
    '({ ...config.notifier } = mine);',
    'for (config.notifier of mine) {}',
    'for (config.notifier in mine) {}',
    'delete config.notifier;',
    'delete config[name];',
    'Object.assign(config, mine);',
    'Object.assign(config, { other: 1 }, mine);',
    'Object.assign(config, { [name]: mine });',
    "Object.defineProperty(config, 'notifier', { value: mine });",
    'Object.defineProperty(config, name, { value: mine });',
    "Reflect.defineProperty(config, 'notifier', { value: mine });",
    "Reflect.set(config, 'notifier', mine);",
    "Reflect.deleteProperty(config, 'notifier');",
    'Object.defineProperties(config, mine);',
    'Object.setPrototypeOf(config, mine);',
    'const same = Object.setPrototypeOf(config, mine);',
    'const same = Object.defineProperties(config, mine);',
    'enrich(config);',
    'enrich(1, config);',
    'await enrich(config);',
    'await enrich(1, config);',
    'consoles(config);',
  ],
  updated: [
    '',
    'config.other = mine;',
    'config.other.notifier = mine;',
    'mine.notifier = config;',
    'other(config.notifier);',
    'delete config.other;',
    'config.other++;',
    'typeof config.notifier;',
    '!config.notifier;',
    'Object.assign(config, { other: mine });',
    "Object.defineProperty(config, 'other', { value: mine });",
    "Reflect.defineProperty(config, 'other', { value: mine });",
    "Reflect.set(config, 'other', mine);",
    "Reflect.deleteProperty(config, 'other');",
    'Object.freeze(config);',
    'Object.seal(config);',
    'Object.preventExtensions(config);',
    'console.log(config);',
    'console.log(1, config);',
    'assert(config);',
    'const other = enrich(config);',
    'function f(config: any) { config.notifier = mine; }',
    '{ const config: any = {}; config.notifier = mine; }',
  ],
};

describe('gen/reassignments: what follows the object of a config', () => {
  for (const [outcome, all] of Object.entries(statements)) {
    for (const statement of all) {
      it(`${outcome}: ${statement.replaceAll('\n', ' ') || 'nothing'}`, () => {
        assert.equal(outcomeOf(statement), outcome);
      });
    }
  }
});
