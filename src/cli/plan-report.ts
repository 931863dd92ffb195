import path from 'node:path';
import displayWidth from 'fast-string-width';
import type { FileChange, FileChangePlan, FileOutcome } from '../gen/change-plan.js';

/** Width of the printed text, in columns. */
const width = 80;

/** One line per file, then the manual steps, the notes and the packages to install. Paths are relative to `cwd`. */
export function formatFileChangePlan(plan: FileChangePlan, cwd: string): string {
  const changes = plan.changes.map((change) => ({
    ...change,
    outcome: outcomeWord(change),
    path: shown(path.join(plan.root, change.path), cwd),
  }));
  const lines = changes.flatMap(outcomeLines);
  const notes = plan.notes.length > 0 ? ['', ...plan.notes.flatMap((note) => wrapped(note, ''))] : [];
  return [
    ...lines,
    ...changes.flatMap(handwork),
    ...notes,
    ...commands(plan, relativePackageFolder(plan.root, cwd)),
  ].join('\n');
}

/** The report of a plan as data for `--json`; paths are relative to `root`. */
export function toFileChangePlanJson(plan: FileChangePlan) {
  return {
    root: plan.root,
    files: plan.changes.map((change) => {
      const { path, reason, byHand } = change;
      return { path, outcome: outcomeWord(change), reason, lines: byHand?.flatMap(({ lines }) => lines) };
    }),
    notes: plan.notes,
    install: plan.install ?? [],
    fix: plan.fix ?? [],
  };
}

/** The word for a file's outcome. `removed` occurs with `undo` alone. */
function outcomeWord({ outcome, before, after }: FileChange): FileOutcome | 'removed' {
  return before !== null && after === null ? 'removed' : outcome;
}

/** The path from `cwd` down to the package, e.g. `packages/api`; empty if `cwd` is inside the package. */
export function relativePackageFolder(root: string, cwd: string): string {
  const folder = shown(root, cwd);
  return folder.startsWith('..') ? '' : folder;
}

function shown(file: string, cwd: string): string {
  return path.relative(cwd, file).split(path.sep).join('/');
}

function commands({ install = [], fix = [] }: FileChangePlan, folder: string): string[] {
  const place = folder ? `, in ${folder}` : '';
  return [
    ...(install.length > 0
      ? ['', `Install the packages that package.json does not list yet${place}:`, ...indented(install)]
      : []),
    ...(fix.length > 0 ? ['', `Format and lint the new files with your own tools${place}:`, ...indented(fix)] : []),
  ];
}

type ShownChange = Omit<FileChange, 'outcome'> & { outcome: FileOutcome | 'removed' };

/** Prints the reason of an outcome on the line of its file if it fits, else on the next lines. */
function outcomeLines({ outcome, path, reason }: ShownChange): string[] {
  const line = `${outcome.padEnd(10)} ${path}`;
  if (!reason) return [line];
  const whole = `${line}  (${reason})`;
  return displayWidth(whole) <= width ? [whole] : [line, ...wrapped(`(${reason})`, ' '.repeat(11))];
}

function handwork({ path, byHand = [] }: ShownChange): string[] {
  return byHand.flatMap(({ place, lines }) => {
    const what = lines.length === 1 ? 'this line' : 'these lines';
    return ['', ...wrapped(`Put ${what} into ${path} by hand, ${place}:`, ''), ...indented(lines)];
  });
}

/** Wraps a text into indented lines. A word that is longer than a line is not broken. */
function wrapped(text: string, indent: string): string[] {
  const line = new RegExp(`\\S.{0,${width - indent.length - 1}}(?=\\s|$)|\\S+`, 'g');
  return (text.match(line) ?? []).map((found) => indent + found.trimEnd());
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
