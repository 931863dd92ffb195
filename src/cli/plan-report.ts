import path from 'node:path';
import displayWidth from 'fast-string-width';
import type { ChangePlan, FileChange, Outcome } from '../gen/change-plan.js';

/** What a terminal of the usual width shows without breaking a line. */
const width = 80;

/**
 * One line a file, then what is to be done by hand, then the notes and what to install. Paths are as from `cwd`, where
 * the person stands.
 */
export function planText(plan: ChangePlan, cwd: string): string {
  const changes = plan.changes.map((change) => ({
    ...change,
    outcome: outcomeWord(change),
    path: shown(path.join(plan.root, change.path), cwd),
  }));
  const lines = changes.flatMap(outcomeLines);
  const notes = plan.notes.length > 0 ? ['', ...plan.notes.flatMap((note) => wrapped(note, ''))] : [];
  return [...lines, ...changes.flatMap(handwork), ...notes, ...installs(plan, folderBelow(plan.root, cwd))].join('\n');
}

/** The same as data; paths are relative to `root`. */
export function planJson(plan: ChangePlan) {
  return {
    root: plan.root,
    files: plan.changes.map((change) => {
      const { path, reason, byHand } = change;
      return { path, outcome: outcomeWord(change), reason, lines: byHand?.flatMap(({ lines }) => lines) };
    }),
    notes: plan.notes,
    install: plan.install ?? [],
  };
}

/** Only `undo` removes files. */
function outcomeWord({ outcome, before, after }: FileChange): Outcome | 'removed' {
  return before !== null && after === null ? 'removed' : outcome;
}

/** The way down from `cwd` to the package, e.g. `packages/api`; empty for who stands in it, however deep. */
export function folderBelow(root: string, cwd: string): string {
  const folder = shown(root, cwd);
  return folder.startsWith('..') ? '' : folder;
}

function shown(file: string, cwd: string): string {
  return path.relative(cwd, file).split(path.sep).join('/');
}

function installs({ install = [] }: ChangePlan, folder: string): string[] {
  if (install.length === 0) return [];
  return ['', `Install what the host does not list yet${folder ? `, in ${folder}` : ''}:`, ...indented(install)];
}

type ShownChange = Omit<FileChange, 'outcome'> & { outcome: Outcome | 'removed' };

/** The reason stands behind the file where it fits, else below. */
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

/** A word that is longer than a line stays whole. */
function wrapped(text: string, indent: string): string[] {
  const line = new RegExp(`\\S.{0,${width - indent.length - 1}}(?=\\s|$)|\\S+`, 'g');
  return (text.match(line) ?? []).map((found) => indent + found.trimEnd());
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
