/** The host's code style: from its formatter's settings, else from its files. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { parseSource } from '../gen/parse-source.js';
import { observeStyle, type Style, templateStyle } from '../gen/style.js';
import { readBiomeSettings } from './biome-settings.js';
import { foldersUp, isFile, isFolder } from './folders.js';
import { readPairs, readPrettierSettings } from './prettier-settings.js';
import type { Settings } from './read-json.js';
import { readTextIfAny } from './read-text.js';

/** `samples` are files of the host that show its style, best first. */
export function readStyle(root: string, sourceFolder: string, samples: readonly string[]): Style {
  const folders = foldersUp(root);
  const top = folders.findIndex((folder) => isFolder(path.join(folder, '.git')));
  const searched = folders.slice(0, top < 0 ? 1 : top + 1);
  return {
    ...templateStyle,
    ...observed([...samples, ...sourceFiles(path.join(root, sourceFolder)), ...sourceFiles(root)]),
    ...firstFound(searched, readEditorconfig),
    ...(firstFound(searched, readPrettier) ?? firstFound(searched, readBiome)),
  };
}

function firstFound(folders: readonly string[], read: (folder: string) => Partial<Style> | undefined) {
  for (const folder of folders) {
    const found = read(folder);
    if (found) return found;
  }
  return undefined;
}

/** Observed in a few files; the first that shows a key decides. */
function observed(files: readonly string[]): Partial<Style> {
  const seen = files.slice(0, 4).map((file) => observeStyle(parseSource(file, readTextIfAny(file) ?? '')));
  return Object.assign({}, ...seen.reverse());
}

function sourceFiles(folder: string): string[] {
  if (!isFolder(folder)) return [];
  const names = readdirSync(folder).filter((name) => /(?<!\.d)\.[cm]?[jt]s$/.test(name));
  return names
    .sort()
    .map((name) => path.join(folder, name))
    .filter(isFile);
}

function readPrettier(folder: string): Partial<Style> | undefined {
  const settings = readPrettierSettings(folder);
  return settings && prettierStyle(settings);
}

/** Prettier's defaults apply where it is in use: it will enforce them. */
function prettierStyle({ singleQuote, semi, useTabs, tabWidth, trailingComma, endOfLine }: Settings): Partial<Style> {
  return {
    quote: singleQuote === true ? "'" : '"',
    semicolons: semi !== false,
    trailingCommas: trailingComma !== 'none',
    ...(useTabs !== undefined || tabWidth !== undefined ? indentation(useTabs === true, tabWidth) : {}),
    ...eolOf(endOfLine),
  };
}

function readBiome(folder: string): Partial<Style> | undefined {
  const settings = readBiomeSettings(folder);
  const script = (settings?.javascript as Settings)?.formatter as Settings;
  const merged = { ...(settings?.formatter as Settings), ...script };
  if (!settings || merged.enabled === false) return undefined;
  const isLeft = merged.useEditorconfig === true && merged.indentStyle === undefined;
  return {
    quote: merged.quoteStyle === 'single' ? "'" : '"',
    semicolons: merged.semicolons !== 'asNeeded',
    trailingCommas: merged.trailingCommas !== 'none',
    ...(isLeft ? {} : indentation(merged.indentStyle !== 'space', merged.indentWidth)),
    ...eolOf(merged.lineEnding),
  };
}

function readEditorconfig(folder: string): Partial<Style> | undefined {
  const file = path.join(folder, '.editorconfig');
  const sections = (readTextIfAny(file) ?? '').split(/^[ \t]*\[/m).slice(1);
  const meant = sections.filter((section) => /^\*\]|^[^\]]*[jt]s\b[^\]]*\]/.test(section));
  const settings = Object.assign({}, ...meant.map(readPairs)) as Settings;
  const size = settings.indent_size;
  const hasIndent = settings.indent_style !== undefined;
  return { ...(hasIndent ? indentation(settings.indent_style === 'tab', size) : {}), ...eolOf(settings.end_of_line) };
}

function indentation(isTab: boolean, width: unknown): Partial<Style> {
  return { indent: isTab ? '\t' : ' '.repeat(typeof width === 'number' && width > 0 && width < 9 ? width : 2) };
}

function eolOf(word: unknown): Partial<Style> {
  return word === 'crlf' ? { eol: '\r\n' } : word === 'lf' ? { eol: '\n' } : {};
}
