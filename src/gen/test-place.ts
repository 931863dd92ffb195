/** Where the test of a module goes: where the host's runner looks for tests, beside the module if it looks there. */
import path from 'node:path';
import picomatch from 'picomatch';
import type { HostSnapshot, HostTestSetup, TestFileLocation } from './host-snapshot.js';

type TestHabits = Pick<HostSnapshot, 'tests' | 'testSuffix'>;

export interface TestPlacement {
  file: string;
  /** False if no candidate path matches what the runner searches; then the test stands beside the module. */
  isRun: boolean;
}

/** Chooses the path of a module's test. Test projects that imitate a browser are the last choice. */
export function chooseTestPlacement(file: string, { tests, testSuffix }: TestHabits): TestPlacement {
  const candidates = candidatesFor(file, tests, testSuffix);
  const isTakenBy = (places: readonly TestFileLocation[]) => (one: string) =>
    places.some((place) => isRun(one, place, tests.compiled));
  const plain = tests.places.filter(({ isBrowser }) => !isBrowser);
  const best = candidates.find(isTakenBy(plain)) ?? candidates.find(isTakenBy(tests.places));
  return { file: best ?? candidates[0] ?? file, isRun: best !== undefined };
}

/** The paths that a module's test could have, in order of preference: paths beside the module come first. */
function candidatesFor(file: string, { places, compiled }: HostTestSetup, suffix: 'test' | 'spec'): string[] {
  const extension = path.posix.extname(file);
  const base = path.posix.basename(file, extension);
  const ends = [suffix, suffix === 'test' ? 'spec' : 'test'].map((word) => `.${word}`);
  const tested = [...ends, '_test', '-test'].map((end) => `${base}${end}${extension}`);
  const globs = places.flatMap(({ include }) => include).flatMap((glob) => expandBraces(sourceOf(glob, compiled)));
  const wild = globs.filter((glob) => !isPlain(path.posix.basename(glob)));
  const meant = [...wild.map((glob) => nameFor(glob, base)), ...places.flatMap((place) => wordsOf(place, base))];
  const own = [...tested, ...meant.map((name) => `${name}${extension}`)];
  const beside = path.posix.dirname(file);
  const folders = foldersFor(beside, places, globs);
  return [
    ...own.map((name) => path.posix.join(beside, name)),
    ...folders.flatMap((folder) => [...own, `${base}${extension}`].map((name) => path.posix.join(folder, name))),
  ];
}

/** Folders for a test: those that the runner's patterns name, and the usual ones. */
function foldersFor(beside: string, places: readonly TestFileLocation[], globs: readonly string[]): string[] {
  const roots = places.flatMap(({ roots = [], patterns }) => [...roots, ...patterns.flatMap(foldersIn)]);
  const all = [`${beside}/__tests__`, ...usual, ...globs.flatMap((glob) => foldersOf(glob, beside)), ...roots];
  return [...new Set(all.flatMap((folder) => [folder, `${folder}/unit`, `${folder}/__tests__`]))];
}

/** The folder names in a regular expression: `api` in `/api/.*\.spec\.ts$`. */
const foldersIn = (pattern: string) => pattern.match(/[\w-]+(?=\\?\/)/g) ?? [];

const usual = ['test', 'tests', '__tests__', 'spec'];

/** The folders that a glob names. Folders after its first wildcard are tried beside the module too. */
function foldersOf(glob: string, beside: string): string[] {
  const words = path.posix.dirname(glob).split('/');
  const wild = words.findIndex((word) => !isPlain(word));
  const start = wild < 0 ? words : words.slice(0, wild);
  const rest = wild < 0 ? [] : words.slice(wild).filter(isPlain);
  const named = start.length + rest.length > 0 ? [path.posix.join('.', ...start, ...rest)] : [];
  return rest.length > 0 ? [path.posix.join(beside, ...rest), ...named] : named;
}

const isPlain = (word: string) => !/[*?[\](){}+@!|]/.test(word);

/** Expands the braces of a glob: `a/{b,c}` becomes `a/b` and `a/c`. */
function expandBraces(glob: string): string[] {
  const [whole, inner = ''] = /\{([^{}]*)\}/.exec(glob) ?? [];
  if (whole === undefined) return [glob];
  return inner.split(',').flatMap((word) => expandBraces(glob.replace(whole, () => word)));
}

/** A name for a test of `base` that a glob matches: `*.e2e-spec.ts` gives `notifier.e2e-spec` for `notifier`. */
function nameFor(glob: string, base: string): string {
  const plain = path.posix
    .basename(glob)
    .replaceAll(/[?*]\(([^()]*)\)/g, '')
    .replaceAll(/[+@]\(([^()|]*)[^()]*\)/g, '$1')
    .replaceAll(/\[(.)[^\]]*\]/g, '$1');
  const [name = ''] = /^.*?(?=\.?(?:[cm]?[jt]sx?|\*)?$)/.exec(plain.replace(/^\*+/, base)) ?? [];
  return name.replaceAll('*', base);
}

/** Names for a test of `base` that regular expressions may match: `\.e2e-spec\.ts$` gives `notifier.e2e-spec`. */
function wordsOf({ patterns }: TestFileLocation, base: string): string[] {
  const words = patterns.flatMap((text) => text.replaceAll('\\.', '.').match(/[a-z\d]+(?:[-_.][a-z\d]+)*/gi) ?? []);
  const tested = words
    .filter((word) => /test|spec|unit/i.test(word))
    .map((word) => word.replace(/\.[cm]?[jt]sx?$/, ''));
  return tested.flatMap((word) => [`${base}.${word}`, `${base}-${word}`, `${base}_${word}`]);
}

function isRun(file: string, place: TestFileLocation, compiled: HostTestSetup['compiled']): boolean {
  return [file, compiledOf(file, compiled)].some((one) => one !== null && isTaken(one, place));
}

function isTaken(
  file: string,
  { include, patterns, exclude, excludePatterns, roots = [], only = '' }: TestFileLocation,
) {
  const whole = `/${file}`;
  const isInRoots = roots.length === 0 || roots.some((folder) => file.startsWith(`${folder}/`));
  const isMeant = include.some((glob) => matches(file, glob)) || patterns.some((text) => isMatch(whole, text));
  const isLeftOut = exclude.some((glob) => matches(file, glob)) || excludePatterns.some((text) => isMatch(whole, text));
  return isInRoots && isMeant && !isLeftOut && isMatch(whole, only);
}

/** The path of the file that `tsc` compiles a source file to; null if `tsc` does not compile it. */
function compiledOf(file: string, compiled: HostTestSetup['compiled']): string | null {
  if (compiled === null || !/\.[cm]?ts$/.test(file)) return null;
  const below = path.posix.relative(compiled.from, file);
  return below.startsWith('..') ? null : path.posix.join(compiled.to, below.replace(/ts$/, 'js'));
}

/** Converts a glob for compiled files to one for their sources. */
function sourceOf(glob: string, compiled: HostTestSetup['compiled']): string {
  return compiled !== null && glob.startsWith(`${compiled.to}/`)
    ? path.posix.join(compiled.from, glob.slice(compiled.to.length + 1))
    : glob;
}

function matches(file: string, glob: string): boolean {
  return picomatch.isMatch(file, glob, { dot: true });
}

/** Returns false for an invalid regular expression of the host: its test runner reports it. */
function isMatch(file: string, pattern: string): boolean {
  try {
    return new RegExp(pattern).test(file);
  } catch {
    return false;
  }
}
