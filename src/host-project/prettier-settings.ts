/** Reads a host's Prettier settings, and the presets that they name or extend. */
import path from 'node:path';
import { Node, SyntaxKind } from 'ts-morph';
import { parseSourceFile } from '../gen/parse-source.js';
import { findPresetFile } from './find-preset-file.js';
import { isFile } from './folders.js';
import { readJsonSettings, type ToolSettings } from './read-json-settings.js';
import { readTextFileIfAny } from './read-text-file.js';
import { readExportedSettings } from './script-settings.js';

const ends = ['', '.json', '.json5', '.yaml', '.yml', '.toml', '.js', '.cjs', '.mjs', '.ts', '.cts', '.mts'];
const fileNames = [
  ...ends.map((end) => `.prettierrc${end}`),
  ...['.js', '.cjs', '.mjs', '.ts', '.cts', '.mts'].map((end) => `prettier.config${end}`),
];
const presetNames = ['index.json', 'index.js', 'index.cjs', 'index.mjs', '.prettierrc', '.prettierrc.json'];

/**
 * Reads the Prettier settings of a folder: undefined if it has none, `{}` if they cannot be read, because Prettier's
 * defaults apply then.
 */
export function readPrettierSettings(folder: string): ToolSettings | undefined {
  const packageFile = path.join(folder, 'package.json');
  const fromPackage = readJsonSettings(packageFile)?.prettier;
  if (typeof fromPackage === 'string') return forCode(readPreset(packageFile, fromPackage, []));
  if (typeof fromPackage === 'object' && fromPackage) return forCode(fromPackage as ToolSettings);
  const file = fileNames.map((name) => path.join(folder, name)).find(isFile);
  return file === undefined ? undefined : forCode(readFile(file, []));
}

function readPreset(from: string, entry: string, above: readonly string[]): ToolSettings {
  const file = findPresetFile(from, entry, presetNames);
  return file === undefined || above.includes(file) ? {} : readFile(file, [...above, file]);
}

/** Reads a settings file: JSON, flat YAML or TOML, a script, or nothing but the name of a preset. */
function readFile(file: string, above: readonly string[]): ToolSettings {
  const text = readTextFileIfAny(file) ?? '';
  if (/\.[cm]?[jt]s$/.test(file)) return readScript(file, text, above);
  if (file.endsWith('.json5')) return readExportedSettings(`export default ${text}`);
  const name = /^\s*(?:['"])?(@?[\w./-]+)(?:['"])?\s*$/.exec(text)?.[1];
  if (name !== undefined) return readPreset(file, name, above);
  return readJsonSettings(file) ?? readKeyValuePairs(text);
}

/** Reads the settings of a script. They win over those of the presets that it exports or spreads. */
function readScript(file: string, text: string, above: readonly string[]): ToolSettings {
  const source = parseSourceFile('settings.ts', text);
  const named = source
    .getDescendantsOfKind(SyntaxKind.StringLiteral)
    .filter((literal) => isModuleName(literal))
    .map((literal) => literal.getLiteralText());
  const bases = named.map((entry) => readPreset(file, entry, above));
  return Object.assign({}, ...bases, readExportedSettings(text));
}

function isModuleName(literal: Node): boolean {
  const parent = literal.getParent();
  if (Node.isImportDeclaration(parent)) return !parent.isTypeOnly();
  if (Node.isExportDeclaration(parent)) return true;
  return Node.isCallExpression(parent) && /^(require|import)$/.test(parent.getExpression().getText());
}

/** Applies those `overrides` that are for script files. */
function forCode({ overrides, ...settings }: ToolSettings): ToolSettings {
  const meant = [overrides]
    .flat()
    .map((entry): ToolSettings => Object(entry))
    .filter(({ files }) => [files].flat().some((glob) => /\*\.(\{[^}]*\b)?[cm]?[jt]s\b/.test(String(glob))));
  return Object.assign(settings, ...meant.map(({ options }) => options));
}

/** Parses lines of the form `key: value` or `key = value`. */
export function readKeyValuePairs(text: string): ToolSettings {
  const pairs = [...text.matchAll(/^[ \t]*([\w]+)[ \t]*[:=][ \t]*['"]?([^'"#;\r\n]*?)['"]?[ \t]*(?:[#;].*)?\r?$/gm)];
  return Object.fromEntries(pairs.map(([, key = '', value = '']) => [key, scalar(value)]));
}

function scalar(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^\d+$/.test(text) ? Number(text) : text;
}
