/**
 * Adds a host module to a config file: an import and a key, with the smallest change of text. Only known forms of a
 * config are changed, and the result is parsed again; for others the outcome is `manual` with the lines to paste.
 */
import type { Node, ObjectLiteralExpression, SourceFile } from 'ts-morph';
import { addImportToFile } from './add-import.js';
import { addPropertyToObject } from './add-property.js';
import { isEditableFileText } from './change-plan.js';
import { findConfigEntry, findKeyInObject, usesQuotedKeys } from './config-entry.js';
import { findConfigObject } from './config-object.js';
import {
  identifiersUsedIn,
  importSpecifiersOf,
  localImportName,
  relativeImportSpecifiers,
} from './imported-modules.js';
import { insertTextsAtPositions } from './insert-texts.js';
import { detectModuleSyntax, type ModuleSyntax } from './module-syntax.js';
import {
  chooseUnusedIdentifier,
  importSpecifier,
  normalizeModulePath,
  type PathAliases,
  possibleModulePaths,
  type RelativeImportExtension,
} from './names.js';
import { hasValidSyntax, parseSourceFile } from './parse-source.js';
import { type CodeStyle, detectCodeStyle } from './style.js';

/** A module to add to the config: `file` exports `exportName`, which becomes the value of `configKey`. */
export interface ConfigEntry {
  configKey: string;
  exportName: string;
  /** Path relative to the package, as the config's own path is. */
  file: string;
  /** The local name of the import if the config file already uses the name `exportName`. */
  fallbackName: string;
}

/** How the host writes code. What the config file itself shows takes precedence. */
export interface HostConventions {
  style: CodeStyle;
  moduleSyntax: ModuleSyntax;
  extension: RelativeImportExtension;
  aliases: PathAliases;
}

/** The lines to add by hand: the key, and the import unless the file has it already. */
export interface ConfigLinesToAddByHand {
  imports: string[];
  keys: string[];
}

export type AddConfigEntryResult =
  | { outcome: 'updated'; text: string }
  | { outcome: 'unchanged' }
  | { outcome: 'skipped'; reason: string }
  | ({ outcome: 'manual'; reason: string } & ConfigLinesToAddByHand);

/** Adds an entry to the text of a config. `config.path` is relative to the host's package. */
export function addEntryToConfig(
  config: { path: string; text: string },
  entry: ConfigEntry,
  habits: HostConventions,
): AddConfigEntryResult {
  const bom = config.text.startsWith('\uFEFF') ? '\uFEFF' : '';
  const job = { path: config.path, entry, habits, file: parseSourceFile(config.path, config.text.slice(bom.length)) };
  if (!isEditableFileText(config.text)) return manual('the config is not UTF-8 text', job);
  if (!hasValidSyntax(job.file)) return manual('the config has a syntax error', job);
  const found = findConfigObject(job.file);
  if ('unknown' in found) return manual(found.unknown, job);
  const existing = findConfigEntry(found, entry.configKey);
  if (existing && 'unclear' in existing)
    return manual(`${entry.configKey} may be set or changed by: ${shown(existing.unclear)}`, job);
  if (existing) return judgeExisting(existing, job);
  const text = addEntry(found.object, job);
  if (!isRight(text, job)) return manual('the config would not be valid with the new lines', job);
  return { outcome: 'updated', text: bom + text };
}

/** Returns the `manual` outcome for an entry that the caller decided not to add. */
export function toManualConfigEntryResult(
  reason: string,
  config: { path: string; text: string },
  entry: ConfigEntry,
  habits: HostConventions,
): AddConfigEntryResult {
  return manual(reason, { path: config.path, entry, habits, file: parseSourceFile(config.path, config.text) });
}

interface Job {
  path: string;
  entry: ConfigEntry;
  habits: HostConventions;
  file: SourceFile;
}

/**
 * Judges a key that is set already: it is unchanged if its value is the module itself, under any spelling of its path,
 * and skipped if it is the host's own value.
 */
function judgeExisting({ node, value }: { node: Node; value: Node }, job: Job): AddConfigEntryResult {
  const isOurs = importSpecifiersOf(value).some((text) => meansOurs(text, job));
  if (isOurs) return { outcome: 'unchanged' };
  return { outcome: 'skipped', reason: `${job.entry.configKey} is set already: ${shown(node)}` };
}

function shown(node: Node): string {
  const [line = ''] = node.getText().split('\n');
  return line.trim().slice(0, 80);
}

function meansOurs(text: string, { path, entry, habits }: Job): boolean {
  return possibleModulePaths(path, text, habits.aliases).includes(normalizeModulePath(entry.file));
}

function addEntry(object: ObjectLiteralExpression, job: Job): string {
  const style = { ...job.habits.style, ...detectCodeStyle(job.file) };
  const { statement, property } = entryLines(job, usesQuotedKeys(object));
  return insertTextsAtPositions(job.file.getFullText(), [
    ...(statement ? [addImportToFile(job.file, statement, style)] : []),
    ...addPropertyToObject(object, property, style),
  ]);
}

/** The text to add: the import, unless the file has it already, and the key; without semicolon and comma. */
function entryLines(job: Job, quoteKeys: boolean): { statement?: string; property: string } {
  const { file, entry, habits, path } = job;
  const quote = detectCodeStyle(file).quote ?? habits.style.quote;
  const imported = localImportName(file, (text) => meansOurs(text, job), entry.exportName);
  const local = imported ?? chooseUnusedIdentifier(entry.exportName, entry.fallbackName, identifiersUsedIn(file));
  const key = quoteKeys ? `${quote}${entry.configKey}${quote}` : entry.configKey;
  const property = key === local ? local : `${key}: ${local}`;
  if (imported) return { property };
  const from = `${quote}${importSpecifier(path, entry.file, usedExtension(file) ?? habits.extension)}${quote}`;
  return {
    statement: importStatement(detectModuleSyntax(file, habits.moduleSyntax), entry.exportName, local, from),
    property,
  };
}

function importStatement(form: ModuleSyntax, name: string, local: string, from: string): string {
  if (form === 'export-equals') return `import ${local} = require(${from})`;
  if (form === 'commonjs') return `const { ${name === local ? name : `${name}: ${local}`} } = require(${from})`;
  return `import { ${name === local ? name : `${name} as ${local}`} } from ${from}`;
}

/** How the relative imports of a file end; undefined if it has none. */
function usedExtension(file: SourceFile): RelativeImportExtension | undefined {
  const [first] = relativeImportSpecifiers(file);
  if (first === undefined) return undefined;
  if (/\.[cm]?jsx?$/.test(first)) return 'js';
  return /\.[cm]?tsx?$/.test(first) ? 'ts' : 'none';
}

/** Whether the changed text is valid, and sets the key exactly once in the exported object. */
function isRight(text: string, { path, entry }: Job): boolean {
  const file = parseSourceFile(path, text);
  const found = findConfigObject(file);
  return hasValidSyntax(file) && 'object' in found && findKeyInObject(found.object, entry.configKey).length === 1;
}

function manual(reason: string, job: Job): AddConfigEntryResult {
  return { outcome: 'manual', reason, ...linesByHand(job) };
}

function linesByHand(job: Job): ConfigLinesToAddByHand {
  const { statement, property } = entryLines(job, false);
  const end = job.habits.style.semicolons ? ';' : '';
  return { imports: statement ? [`${statement}${end}`] : [], keys: [`${property},`] };
}
