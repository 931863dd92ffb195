/** Finds the host's code style: from its formatter's settings, else from its files. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { parseSourceFile } from '../gen/parse-source.js';
import { type CodeStyle, detectCodeStyle, templateCodeStyle } from '../gen/style.js';
import { readBiomeSettings } from './biome-settings.js';
import { foldersInRepository, isFile, isFolder } from './folders.js';
import { readKeyValuePairs, readPrettierSettings } from './prettier-settings.js';
import type { ToolSettings } from './read-json-settings.js';
import { readTextFileIfAny } from './read-text-file.js';

/** Reads the host's code style. `samples` are files that show it, the best first. */
export function readCodeStyle(root: string, sourceFolder: string, samples: readonly string[]): CodeStyle {
  const searched = foldersInRepository(root);
  return {
    ...templateCodeStyle,
    ...observed([...samples, ...sourceFiles(path.join(root, sourceFolder)), ...sourceFiles(root)]),
    ...firstFound(searched, readEditorconfig),
    ...(firstFound(searched, readPrettier) ?? firstFound(searched, readBiome)),
  };
}

function firstFound(folders: readonly string[], read: (folder: string) => Partial<CodeStyle> | undefined) {
  for (const folder of folders) {
    const found = read(folder);
    if (found) return found;
  }
  return undefined;
}

/** The code style that the first few files show. Each setting is taken from the first file that shows it. */
function observed(files: readonly string[]): Partial<CodeStyle> {
  const seen = files.slice(0, 4).map((file) => detectCodeStyle(parseSourceFile(file, readTextFileIfAny(file) ?? '')));
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

function readPrettier(folder: string): Partial<CodeStyle> | undefined {
  const settings = readPrettierSettings(folder);
  return settings && prettierStyle(settings);
}

/**
 * Converts settings of Prettier to a code style. A setting that is absent has Prettier's default, which Prettier
 * enforces.
 */
function prettierStyle({
  singleQuote,
  semi,
  useTabs,
  tabWidth,
  trailingComma,
  endOfLine,
}: ToolSettings): Partial<CodeStyle> {
  return {
    quote: singleQuote === true ? "'" : '"',
    semicolons: semi !== false,
    trailingCommas: trailingComma !== 'none',
    ...(useTabs !== undefined || tabWidth !== undefined ? indentation(useTabs === true, tabWidth) : {}),
    ...eolOf(endOfLine),
  };
}

function readBiome(folder: string): Partial<CodeStyle> | undefined {
  const settings = readBiomeSettings(folder);
  const script = (settings?.javascript as ToolSettings)?.formatter as ToolSettings;
  const merged = { ...(settings?.formatter as ToolSettings), ...script };
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

function readEditorconfig(folder: string): Partial<CodeStyle> | undefined {
  const file = path.join(folder, '.editorconfig');
  const sections = (readTextFileIfAny(file) ?? '').split(/^[ \t]*\[/m).slice(1);
  const meant = sections.filter((section) => /^\*\]|^[^\]]*[jt]s\b[^\]]*\]/.test(section));
  const settings = Object.assign({}, ...meant.map(readKeyValuePairs)) as ToolSettings;
  const size = settings.indent_size;
  const hasIndent = settings.indent_style !== undefined;
  return { ...(hasIndent ? indentation(settings.indent_style === 'tab', size) : {}), ...eolOf(settings.end_of_line) };
}

function indentation(isTab: boolean, width: unknown): Partial<CodeStyle> {
  return { indent: isTab ? '\t' : ' '.repeat(typeof width === 'number' && width > 0 && width < 9 ? width : 2) };
}

function eolOf(word: unknown): Partial<CodeStyle> {
  return word === 'crlf' ? { eol: '\r\n' } : word === 'lf' ? { eol: '\n' } : {};
}
