/** Where Jest looks for tests: by its settings, or by those of each of its projects. */
import path from 'node:path';
import type { TestPlace } from '../gen/host-snapshot.js';
import { isFolder } from './folders.js';
import type { PackageJson } from './package-json.js';
import { readJson, type Settings } from './read-json.js';
import { expandProjects, listOf, optionOf, rootDirBelow, settingsAt, settingsOf, tidy } from './test-settings.js';

const defaults = ['**/__tests__/**/*.?([mc])[jt]s?(x)', '**/?(*.)+(spec|test).?([mc])[jt]s?(x)'];

export function jestPlaces(root: string, words: readonly string[], json: PackageJson): TestPlace[] {
  const settings = { ...Object(json.jest), ...settingsOf(root, words, /^jest\.config\./) } as Settings;
  const entries = [settings.projects ?? []].flat().filter((entry) => entry !== undefined);
  if (entries.length === 0) return [placeOfProject(settings)];
  const projects = entries.flatMap((entry) => projectsOf(root, entry, settings));
  const isChosen = choice(words);
  return projects
    .filter((project) => !lintRunners.test(String(project.runner ?? '')) && isChosen(project))
    .map(placeOfProject);
}

/** Runners that check files instead of running tests. */
const lintRunners = /eslint|tslint|stylelint|prettier|standard|tsc|tsd/;

/** Whether the command's `--selectProjects a b` selects a Jest project; without the option all are selected. */
function choice(words: readonly string[]): (project: Settings) => boolean {
  const first = optionOf(words, /^--selectProjects$/);
  if (first === undefined) return () => true;
  const names = words.slice(words.indexOf(first)).filter((word) => !word.startsWith('-'));
  return ({ displayName }) => names.includes(String(Object(displayName).name ?? displayName));
}

/** The settings of an entry of Jest's `projects`: an object, a file or a folder. Only `rootDir` is inherited. */
function projectsOf(root: string, entry: unknown, { rootDir }: Settings): Settings[] {
  if (typeof entry === 'object' && entry !== null) return [{ rootDir, ...entry }];
  if (typeof entry !== 'string') return [];
  const given = tidy(entry.replace('<rootDir>', String(rootDir ?? '.')));
  return expandProjects(root, given).map((found) => {
    if (!isFolder(path.join(root, found))) return settingsAt(root, found);
    const own = readJson(path.join(root, found, 'package.json')) as PackageJson | undefined;
    const settings = { ...Object(own?.jest), ...settingsOf(path.join(root, found), [], /^jest\.config\./) } as Settings;
    return { ...settings, rootDir: rootDirBelow(found, settings) };
  });
}

function placeOfProject(settings: Settings): TestPlace {
  const rootDir = tidy(typeof settings.rootDir === 'string' ? settings.rootDir.replace('<rootDir>', '.') : '.');
  const inRoot = (text: string) => tidy(text.replace('<rootDir>', rootDir));
  const roots = settings.roots === undefined ? [rootDir] : listOf(settings.roots).map(inRoot);
  const patterns = listOf(settings.testRegex).map((text) =>
    text.replace('<rootDir>', rootDir === '.' ? '' : `/${rootDir}`),
  );
  const globs = settings.testMatch === undefined ? defaults : listOf(settings.testMatch);
  const ignored = listOf(settings.testPathIgnorePatterns).map((text) =>
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
