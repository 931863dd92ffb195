/**
 * Reads the lint rules of a host from the text of its settings and of the presets that these name. No host code runs.
 */
import path from 'node:path';
import { Node, SyntaxKind } from 'ts-morph';
import { parseSourceFile } from '../gen/parse-source.js';
import { readBiomeSettings } from './biome-settings.js';
import { findPresetFile } from './find-preset-file.js';
import { foldersInRepository, isFile } from './folders.js';
import { readJsonSettings } from './read-json-settings.js';
import { readTextFileIfAny } from './read-text-file.js';
import { literalValueOf, readExportedSettings } from './script-settings.js';

export interface LintSettings {
  /** The lint tools whose settings were found. */
  tools: readonly LintTool[];
  /**
   * Returns the setting of a rule, of any plugin: a level, or a list or object with options; null if the rule is off.
   */
  rule(name: string): unknown;
  /**
   * What the host's own settings files, without presets, name: rules and packages. `categories`: whether they enable
   * categories of Oxlint.
   */
  own: { rules: readonly string[]; packages: readonly string[]; categories: boolean };
}
export type LintTool = 'eslint' | 'oxlint' | 'biome' | 'xo' | 'standard';

const scriptEnds = ['js', 'mjs', 'cjs', 'ts', 'mts', 'cts'];
const eslintFiles = [
  ...scriptEnds.map((end) => `eslint.config.${end}`),
  ...['', '.js', '.cjs', '.json', '.yaml', '.yml'].map((end) => `.eslintrc${end}`),
];
const oxlintFiles = ['.oxlintrc.json', 'oxlintrc.json', 'oxlint.config.ts'];
const mostFiles = 60;

interface Source {
  file: string;
  text: string;
}

export function readLintSettings(root: string): LintSettings {
  const found = foldersInRepository(root).map(settingsIn);
  const nearest = found.find(({ tools }) => tools.length > 0) ?? { tools: [], sources: [] };
  const rules = withPresets(nearest.sources).map(rulesIn);
  return {
    tools: nearest.tools,
    rule: (name) => rules.map((known) => known.get(name)).find((value) => value !== undefined),
    own: {
      rules: nearest.sources.flatMap(({ text }) => ruleProperties(text).map(nameOf)),
      packages: nearest.sources.flatMap(namedIn).filter((name) => !name.startsWith('.')),
      categories: nearest.sources.some(enablesCategories),
    },
  };
}

function settingsIn(folder: string): { tools: LintTool[]; sources: Source[] } {
  const at = (name: string) => path.join(folder, name);
  const read = (file: string): Source => ({ file, text: scriptOf(file, readTextFileIfAny(file) ?? '') });
  const own = (name: string, value: unknown) => ({ file: at(name), text: `export default ${JSON.stringify(value)}` });
  const json = readJsonSettings(at('package.json')) ?? {};
  const biome = readBiomeSettings(folder);
  const eslint = eslintFiles.map(at).filter(isFile).slice(0, 1).map(read);
  if (json.eslintConfig) eslint.push(own('package.json', json.eslintConfig));
  const oxlint = oxlintFiles.map(at).filter(isFile).slice(0, 1).map(read);
  const known: [LintTool, Source[]][] = [
    ['eslint', eslint],
    ['oxlint', oxlint],
    ['biome', biome ? [own('biome.json', biome)] : []],
    ['xo', json.xo ? [own('package.json', json.xo)] : []],
    ['standard', json.standard ? [own('package.json', json.standard)] : []],
  ];
  const used = known.filter(([, sources]) => sources.length > 0);
  return { tools: used.map(([tool]) => tool), sources: used.flatMap(([, sources]) => sources) };
}

/**
 * Converts settings to the text of a script: JSON as a whole; of YAML, the lines that set a rule and the `extends`
 * list.
 */
function scriptOf(file: string, text: string): string {
  if (/\.[cm]?[jt]s$/.test(file)) return text;
  if (/^\s*[{/]/.test(text)) return `export default ${text}`;
  const pairs = [...text.matchAll(/^[ \t]*['"]?([@\w/-]+)['"]?[ \t]*:[ \t]*(\S.*?)[ \t]*$/gm)];
  const rules = pairs.map(([, key = '', value = '']) => `${JSON.stringify(key)}: ${yamlValue(value)}`);
  const [, inline = '', list = ''] = /^extends:[ \t]*(.*)\r?\n((?:[ \t]*-.*(?:\r?\n|$))*)/m.exec(text) ?? [];
  const bases = [...`${inline} ${list}`.matchAll(/[@\w./:-]*[\w/]/g)].map(([name]) => name);
  return `export default { extends: ${JSON.stringify(bases)}, rules: {${rules}} }`;
}

/** Puts the words of a YAML value, such as `[error, { fn: it }]`, in quotes, which makes it valid JavaScript. */
function yamlValue(value: string): string {
  return value.replaceAll(/(['"])(.*?)\1|[\w/.*-]+/g, (word, _quote, inner) => JSON.stringify(inner ?? word));
}

/**
 * Appends the presets that settings name, if they are files or packages of lint settings. The host's own come first.
 */
function withPresets(sources: readonly Source[]): Source[] {
  const all = [...sources];
  for (const source of all) {
    if (all.length > mostFiles) break;
    for (const name of namedIn(source)) {
      const file = presetNamed(source.file, name);
      if (file && !all.some((other) => other.file === file))
        all.push({ file, text: scriptOf(file, readTextFileIfAny(file) ?? '') });
    }
  }
  return all;
}

function namedIn({ file, text }: Source): string[] {
  const source = parseSourceFile('settings.ts', text);
  return source
    .getDescendantsOfKind(SyntaxKind.StringLiteral)
    .filter((literal) => isNamed(literal, file))
    .map((literal) => literal.getLiteralText());
}

/** Whether a string literal names a module that is imported, required or, in older settings, extended. */
function isNamed(literal: Node, file: string): boolean {
  const parent = literal.getParent();
  if (Node.isImportDeclaration(parent) || Node.isExportDeclaration(parent)) return true;
  if (Node.isCallExpression(parent)) return /^(require(\.resolve)?|import)$/.test(parent.getExpression().getText());
  const property = literal.getFirstAncestorByKind(SyntaxKind.PropertyAssignment);
  return property?.getName().replaceAll(/['"]/g, '') === 'extends' && !file.includes('eslint.config');
}

/**
 * Finds the file of an ESLint preset. `airbnb` means `eslint-config-airbnb`; `@company` and `@company/x` mean
 * `@company/eslint-config` and `@company/eslint-config-x`.
 */
function presetNamed(from: string, name: string): string | undefined {
  if (/^(eslint|plugin):/.test(name)) return undefined;
  const [scope = '', rest = ''] = /^(@[^/]+)\/?(.*)$/.exec(name)?.slice(1) ?? [];
  const short = scope ? `${scope}/eslint-config${rest ? `-${rest}` : ''}` : `eslint-config-${name}`;
  const candidates = /^[./]|[/-]config|config-|standard/.test(name) ? [name] : [short];
  return candidates
    .map((candidate) => findPresetFile(from, candidate, ['index.js', 'index.json', 'index.cjs', 'index.mjs']))
    .find((file) => file !== undefined);
}

/** Whether settings of Oxlint enable categories of rules besides `correctness`, which is enabled by default. */
function enablesCategories({ file, text }: Source): boolean {
  if (!path.basename(file).includes('oxlint')) return false;
  return Object.keys(Object(readExportedSettings(text).categories)).some((name) => name !== 'correctness');
}

/** The lint rules that a settings file sets, by name without the plugin's; the last setting of a rule wins. */
function rulesIn({ text }: Source): Map<string, unknown> {
  const all = ruleProperties(text).map((property): [string, unknown] => {
    return [nameOf(property).replace(/^.*\//, ''), setting(literalValueOf(property.getInitializer()))];
  });
  return new Map(all.filter(([, value]) => value !== undefined));
}

function setting(value: unknown): unknown {
  const [level] = Array.isArray(value) ? value : [Object(value).level ?? value];
  return ['off', 'allow', '0', 0].includes(level) ? null : value;
}

function ruleProperties(text: string) {
  return parseSourceFile('settings.ts', text)
    .getDescendantsOfKind(SyntaxKind.PropertyAssignment)
    .filter((property) => isRuleList(property.getParent()?.getParent()) || nameOf(property).includes('/'));
}

/** Whether a property is `rules: { … }`, or a group of rules in it, such as `style: { … }` of Biome. */
function isRuleList(owner: Node | undefined): boolean {
  if (!Node.isPropertyAssignment(owner)) return Node.isVariableDeclaration(owner);
  return nameOf(owner) === 'rules' || nameOf(owner.getParent()?.getParent()) === 'rules';
}

function nameOf(node: Node | undefined): string {
  return Node.isPropertyAssignment(node) ? node.getName().replaceAll(/^['"`]|['"`]$/g, '') : '';
}
