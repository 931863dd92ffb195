/** Where Vitest looks for tests: by its settings, or by those of each of its projects. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import picomatch from 'picomatch';
import type { TestFileLocation } from '../gen/host-snapshot.js';
import { isFolder } from './folders.js';
import type { ToolSettings } from './read-json-settings.js';
import { readTextFileIfAny } from './read-text-file.js';
import { readExportedValue } from './script-settings.js';
import {
  commandOptionValue,
  findTestProjectPaths,
  nonEmptyStringsIn,
  readSettingsFile,
  readTestRunnerSettings,
  testLocationOfGlobs,
} from './test-settings.js';

const defaults = ['**/*.{test,spec}.?(c|m)[jt]s?(x)'];

/** The settings of a Vitest project, and the folder that their paths are relative to. */
interface Project {
  settings: ToolSettings;
  folder: string;
}

export function vitestTestLocations(root: string, words: readonly string[]): TestFileLocation[] {
  const settings = ownSettings(root, words) ?? {};
  const folder = commandOptionValue(words, /^(--root|-r)$/) ?? '.';
  const listed = testOf(settings).projects ?? testOf(settings).workspace ?? workspaceFile(root);
  const entries = [listed ?? []].flat().filter((entry) => entry !== undefined);
  if (entries.length === 0) return [placeOfProject({ settings, folder })];
  const projects = entries.flatMap((entry) => projectsOf(root, entry, settings));
  const isChosen = choice(words);
  return projects.filter((project) => !usesBrowser(project) && isChosen(project)).map(placeOfProject);
}

const testOf = (settings: ToolSettings) => Object(settings.test) as ToolSettings;

function ownSettings(folder: string, words: readonly string[] = []): ToolSettings | undefined {
  return (
    readTestRunnerSettings(folder, words, /^vitest\.config\./) ??
    readTestRunnerSettings(folder, words, /^vite\.config\./)
  );
}

/** The list of projects in a vitest.workspace file, which Vitest read before it had the setting `test.projects`. */
function workspaceFile(root: string): unknown {
  const name = readdirSync(root).find((file) => /^vitest\.(workspace|projects)\./.test(file));
  return name && readExportedValue(name, readTextFileIfAny(path.join(root, name)) ?? '');
}

/** The projects of an entry of Vitest's `projects`: an object, a file or a folder, which may have its own settings. */
function projectsOf(root: string, entry: unknown, above: ToolSettings): Project[] {
  if (typeof entry === 'object' && entry !== null) return [inlineProject(root, entry as ToolSettings, above)];
  if (typeof entry !== 'string' || entry.startsWith('!')) return [];
  return findTestProjectPaths(root, entry).map((found) =>
    isFolder(path.join(root, found))
      ? { settings: ownSettings(path.join(root, found)) ?? {}, folder: found }
      : { settings: readSettingsFile(path.join(root, found)), folder: path.posix.dirname(found) },
  );
}

/** A project given as an object. With `extends` it inherits settings, and lists are joined: inherited entries first. */
function inlineProject(root: string, own: ToolSettings, above: ToolSettings): Project {
  const other = typeof own.extends === 'string' ? readSettingsFile(path.join(root, own.extends)) : above;
  const base = own.extends ? testOf(other) : {};
  const test = testOf(own);
  const lists = ['include', 'exclude'].map(
    (key) => [key, [...nonEmptyStringsIn(base[key]), ...nonEmptyStringsIn(test[key])]] as const,
  );
  const merged = Object.fromEntries(lists.filter(([, list]) => list.length > 0));
  return { settings: { ...own, test: { ...base, ...test, ...merged } }, folder: '.' };
}

/** Whether the command's `--project` selects a project; its value may contain `*` and `!`. */
function choice(words: readonly string[]): (project: Project) => boolean {
  const name = commandOptionValue(words, /^--project$/);
  if (name === undefined) return () => true;
  return ({ settings, folder }) => {
    const given = testOf(settings).name;
    return picomatch.isMatch(String(Object(given).label ?? given ?? path.posix.basename(folder)), name);
  };
}

/** A browser cannot load what a test of Cairnloop needs. */
function usesBrowser({ settings }: Project): boolean {
  return Object(testOf(settings).browser).enabled === true;
}

function placeOfProject({ settings, folder }: Project): TestFileLocation {
  const test = testOf(settings);
  const at = path.posix.join(folder, String(test.dir ?? test.root ?? settings.root ?? '.').replace(/^\/.*/, '.'));
  const include = nonEmptyStringsIn(test.include);
  const globs = [
    ...(include.length > 0 ? include : defaults),
    ...nonEmptyStringsIn(test.exclude).map((glob) => `!${glob}`),
  ];
  return { ...testLocationOfGlobs(globs, at), isBrowser: /dom|edge/.test(String(test.environment ?? '')) };
}
