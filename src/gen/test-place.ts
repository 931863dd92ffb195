/** Where the test of a module goes: where the host's runner looks for tests, beside the module if it looks there. */
import path from 'node:path';
import picomatch from 'picomatch';
import type { HostSnapshot, TestPlaces } from './host-snapshot.js';

type TestHabits = Pick<HostSnapshot, 'testPlaces' | 'testSuffix'>;

/** `file` is the module. Where the runner looks nowhere that is known, the test stands beside the module. */
export function findTestFile(file: string, { testPlaces, testSuffix }: TestHabits): string {
  const extension = path.posix.extname(file);
  const base = path.posix.basename(file, extension);
  const ends = [testSuffix, testSuffix === 'test' ? 'spec' : 'test'].map((word) => `.${word}`);
  const names = [...ends, '_test', '-test', ''].map((end) => `${base}${end}${extension}`);
  const beside = path.posix.dirname(file);
  const tested = names.slice(0, -1);
  const candidates = [
    ...tested.map((name) => path.posix.join(beside, name)),
    ...foldersFor(beside, testPlaces).flatMap((folder) => names.map((name) => path.posix.join(folder, name))),
  ];
  return candidates.find((candidate) => isRun(candidate, testPlaces)) ?? candidates[0] ?? file;
}

/** Folders for a test: those at the start of the runner's patterns, and the usual ones. */
function foldersFor(beside: string, { include, roots = [] }: TestPlaces): string[] {
  const bases = include
    .map((glob) => picomatch.scan(glob).base.replace(/\/[^/]*\.[^/]*$/, ''))
    .filter((base) => base !== '');
  const all = [`${beside}/__tests__`, ...bases, 'test', 'tests', '__tests__', 'spec', ...roots];
  return [...new Set(all.flatMap((folder) => [folder, `${folder}/unit`, `${folder}/__tests__`]))];
}

function isRun(file: string, { include, patterns, exclude, excludePatterns, roots = [] }: TestPlaces): boolean {
  const whole = `/${file}`;
  const isInRoots = roots.length === 0 || roots.some((folder) => file.startsWith(`${folder}/`));
  const isMeant = include.some((glob) => matches(file, glob)) || patterns.some((text) => isMatch(whole, text));
  const isLeftOut = exclude.some((glob) => matches(file, glob)) || excludePatterns.some((text) => isMatch(whole, text));
  return isInRoots && isMeant && !isLeftOut;
}

function matches(file: string, glob: string): boolean {
  return picomatch.isMatch(file, glob, { dot: true });
}

/** A pattern with a mistake is for the runner to report. */
function isMatch(file: string, pattern: string): boolean {
  try {
    return new RegExp(pattern).test(file);
  } catch {
    return false;
  }
}
