/** A host's Prettier settings, with the preset that they name or build on. */
import path from 'node:path';
import { Node, SyntaxKind } from 'ts-morph';
import { parseSource } from '../gen/parse-source.js';
import { isFile } from './folders.js';
import { presetFile } from './preset-file.js';
import { readJson, type Settings } from './read-json.js';
import { readTextIfAny } from './read-text.js';
import { readScriptSettings } from './script-settings.js';

const ends = ['', '.json', '.json5', '.yaml', '.yml', '.toml', '.js', '.cjs', '.mjs', '.ts', '.cts', '.mts'];
const fileNames = [
  ...ends.map((end) => `.prettierrc${end}`),
  ...['.js', '.cjs', '.mjs', '.ts', '.cts', '.mts'].map((end) => `prettier.config${end}`),
];
const presetNames = ['index.json', 'index.js', 'index.cjs', 'index.mjs', '.prettierrc', '.prettierrc.json'];

/** Undefined where the folder has none; `{}` where they cannot be read, since Prettier's defaults hold then. */
export function readPrettierSettings(folder: string): Settings | undefined {
  const packageFile = path.join(folder, 'package.json');
  const fromPackage = readJson(packageFile)?.prettier;
  if (typeof fromPackage === 'string') return forCode(readPreset(packageFile, fromPackage, []));
  if (typeof fromPackage === 'object' && fromPackage) return forCode(fromPackage as Settings);
  const file = fileNames.map((name) => path.join(folder, name)).find(isFile);
  return file === undefined ? undefined : forCode(readFile(file, []));
}

function readPreset(from: string, entry: string, above: readonly string[]): Settings {
  const file = presetFile(from, entry, presetNames);
  return file === undefined || above.includes(file) ? {} : readFile(file, [...above, file]);
}

/** JSON, flat YAML or TOML, the name of a preset alone, or a script. */
function readFile(file: string, above: readonly string[]): Settings {
  const text = readTextIfAny(file) ?? '';
  if (/\.[cm]?[jt]s$/.test(file)) return readScript(file, text, above);
  if (file.endsWith('.json5')) return readScriptSettings(`export default ${text}`);
  const name = /^\s*(?:['"])?(@?[\w./-]+)(?:['"])?\s*$/.exec(text)?.[1];
  if (name !== undefined) return readPreset(file, name, above);
  return readJson(file) ?? readPairs(text);
}

/** A script that exports a preset, or an object that spreads one, has its values below its own. */
function readScript(file: string, text: string, above: readonly string[]): Settings {
  const source = parseSource('settings.ts', text);
  const named = source
    .getDescendantsOfKind(SyntaxKind.StringLiteral)
    .filter((literal) => isModuleName(literal))
    .map((literal) => literal.getLiteralText());
  const bases = named.map((entry) => readPreset(file, entry, above));
  return Object.assign({}, ...bases, readScriptSettings(text));
}

function isModuleName(literal: Node): boolean {
  const parent = literal.getParent();
  if (Node.isImportDeclaration(parent)) return !parent.isTypeOnly();
  if (Node.isExportDeclaration(parent)) return true;
  return Node.isCallExpression(parent) && /^(require|import)$/.test(parent.getExpression().getText());
}

/** `overrides` for scripts win over the rest. */
function forCode({ overrides, ...settings }: Settings): Settings {
  const meant = [overrides]
    .flat()
    .map((entry): Settings => Object(entry))
    .filter(({ files }) => [files].flat().some((glob) => /\*\.(\{[^}]*\b)?[cm]?[jt]s\b/.test(String(glob))));
  return Object.assign(settings, ...meant.map(({ options }) => options));
}

/** `key: value` and `key = value` lines. */
export function readPairs(text: string): Settings {
  const pairs = [...text.matchAll(/^[ \t]*([\w]+)[ \t]*[:=][ \t]*['"]?([^'"#;\r\n]*?)['"]?[ \t]*(?:[#;].*)?\r?$/gm)];
  return Object.fromEntries(pairs.map(([, key = '', value = '']) => [key, scalar(value)]));
}

function scalar(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^\d+$/.test(text) ? Number(text) : text;
}
