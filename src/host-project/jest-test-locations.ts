/** Where Jest looks for tests: by its settings, or by those of each of its projects. */
import path from 'node:path';
import type { TestFileLocation } from '../gen/host-snapshot.js';
import { isFolder } from './folders.js';
import type { PackageJson } from './package-json.js';
import { readJsonSettings, type ToolSettings } from './read-json-settings.js';
import {
  commandOptionValue,
  findTestProjectPaths,
  nonEmptyStringsIn,
  normalizeGlob,
  readSettingsWithRootDir,
  readTestRunnerSettings,
  resolveRootDir,
} from './test-settings.js';

const defaults = ['**/__tests__/**/*.?([mc])[jt]s?(x)', '**/?(*.)+(spec|test).?([mc])[jt]s?(x)'];

export function jestTestLocations(root: string, words: readonly string[], json: PackageJson): TestFileLocation[] {
  const settings = { ...Object(json.jest), ...readTestRunnerSettings(root, words, /^jest\.config\./) } as ToolSettings;
  const entries = [settings.projects ?? []].flat().filter((entry) => entry !== undefined);
  if (entries.length === 0) return [placeOfProject(settings)];
  const projects = entries.flatMap((entry) => projectsOf(root, entry, settings));
  const isChosen = choice(words);
  return projects
    .filter((project) => !lintRunners.test(String(project.runner ?? '')) && isChosen(project))
    .map(placeOfProject);
}

/** Matches Jest runners that lint or type-check files instead of running tests. */
const lintRunners = /eslint|tslint|stylelint|prettier|standard|tsc|tsd/;

/** Whether the command's `--selectProjects a b` selects a Jest project; without the option all are selected. */
function choice(words: readonly string[]): (project: ToolSettings) => boolean {
  const first = commandOptionValue(words, /^--selectProjects$/);
  if (first === undefined) return () => true;
  const names = words.slice(words.indexOf(first)).filter((word) => !word.startsWith('-'));
  return ({ displayName }) => names.includes(String(Object(displayName).name ?? displayName));
}

/** The settings of an entry of Jest's `projects`: an object, a file or a folder. Only `rootDir` is inherited. */
function projectsOf(root: string, entry: unknown, { rootDir }: ToolSettings): ToolSettings[] {
  if (typeof entry === 'object' && entry !== null) return [{ rootDir, ...entry }];
  if (typeof entry !== 'string') return [];
  const given = normalizeGlob(entry.replace('<rootDir>', String(rootDir ?? '.')));
  return findTestProjectPaths(root, given).map((found) => {
    if (!isFolder(path.join(root, found))) return readSettingsWithRootDir(root, found);
    const own = readJsonSettings(path.join(root, found, 'package.json')) as PackageJson | undefined;
    const settings = {
      ...Object(own?.jest),
      ...readTestRunnerSettings(path.join(root, found), [], /^jest\.config\./),
    } as ToolSettings;
    return { ...settings, rootDir: resolveRootDir(found, settings) };
  });
}

function placeOfProject(settings: ToolSettings): TestFileLocation {
  const rootDir = normalizeGlob(
    typeof settings.rootDir === 'string' ? settings.rootDir.replace('<rootDir>', '.') : '.',
  );
  const inRoot = (text: string) => normalizeGlob(text.replace('<rootDir>', rootDir));
  const roots = settings.roots === undefined ? [rootDir] : nonEmptyStringsIn(settings.roots).map(inRoot);
  const patterns = nonEmptyStringsIn(settings.testRegex).map((text) =>
    text.replace('<rootDir>', rootDir === '.' ? '' : `/${rootDir}`),
  );
  const globs = settings.testMatch === undefined ? defaults : nonEmptyStringsIn(settings.testMatch);
  const ignored = nonEmptyStringsIn(settings.testPathIgnorePatterns).map((text) =>
    text.replace('<rootDir>', `/${rootDir}`).replace('/./', '/'),
  );
  return {
    include: patterns.length > 0 ? [] : globs.filter((glob) => !glob.startsWith('!')).map(inRoot),
    patterns,
    exclude: globs.filter((glob) => glob.startsWith('!')).map((glob) => inRoot(glob.slice(1))),
    excludePatterns: ignored,
    roots: roots.filter((folder) => folder !== '.'),
    isBrowser: /dom/.test(String(settings.testEnvironment ?? '')),
  };
}
