import path from 'node:path';
import type { ChangePlan, FileChange } from '../gen/change-plan.js';

const reasoned = (change: FileChange) => (change.reason ? `  (${change.reason})` : '');

/**
 * One line a file, then what is to be done by hand, then the notes and what to install. Paths are as from `cwd`, where
 * the person stands.
 */
export function planText(plan: ChangePlan, cwd: string): string {
  const changes = plan.changes.map((change) => ({ ...change, path: shown(path.join(plan.root, change.path), cwd) }));
  const lines = changes.map((change) => `${change.outcome.padEnd(10)} ${change.path}${reasoned(change)}`);
  const notes = plan.notes.length > 0 ? ['', ...plan.notes] : [];
  return [...lines, ...changes.flatMap(handwork), ...notes, ...installs(plan, folderBelow(plan.root, cwd))].join('\n');
}

/** The same as data; paths are relative to `root`. */
export function planJson(plan: ChangePlan) {
  return {
    root: plan.root,
    files: plan.changes.map(({ path, outcome, reason, lines }) => ({ path, outcome, reason, lines })),
    notes: plan.notes,
    install: plan.install ?? [],
  };
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

function handwork({ path, outcome, lines = [], place }: FileChange): string[] {
  if (outcome !== 'manual') return [];
  const what = lines.length === 1 ? 'this line' : 'these lines';
  return ['', `Put ${what} into ${path} by hand${place ? `, ${place}` : ''}:`, ...indented(lines)];
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
