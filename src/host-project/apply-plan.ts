/** Writes the host's files: all files of a plan, or none. */
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { CairnloopError } from '../foundation/errors.js';
import { type FileChange, type FileChangePlan, fileChangesToWrite } from '../gen/change-plan.js';
import { writeFailedError } from './file-errors.js';
import { isFile, isFolder } from './folders.js';
import { decodeHostFileText, encodeHostFileText } from './host-text.js';
import { resolveHostFile } from './safe-path.js';

/** The changes that a plan has made, so that they can be reverted. Paths are relative to the package. */
export interface AppliedFileChanges {
  files: { path: string; before: string | null; after: string | null }[];
  /** Folders that were created, outermost first. */
  folders: string[];
}

/**
 * Writes the changes of a plan. @throws CairnloopError FILE_CHANGED, PATH_REFUSED or WRITE_FAILED; then no file has
 * changed.
 */
export function applyFileChangePlan(plan: FileChangePlan): AppliedFileChanges {
  const changes = fileChangesToWrite(plan).map((change) => ({
    ...change,
    real: resolveHostFile(plan.root, change.path),
  }));
  refuseChanged(changes);
  const undo: (() => void)[] = [];
  let current = '';
  const inTurn = <T>(act: (change: RealChange, at: number) => T): T[] =>
    changes.map((change, at) => {
      current = change.path;
      return act(change, at);
    });
  try {
    const folders = inTurn((change) => makeFolders(plan.root, change, undo)).flat();
    const commits = inTurn((change) => stage(change, undo));
    inTurn((_, at) => commits[at]?.());
    return { files: changes.map(({ path, before, after }) => ({ path, before, after })), folders };
  } catch (cause) {
    for (const step of undo.reverse()) attempt(step);
    throw writeFailedError(cause, current);
  }
}

type RealChange = FileChange & { real: string };

/** Throws FILE_CHANGED if somebody has saved a file since the plan was made from it. */
function refuseChanged(changes: readonly RealChange[]): void {
  const changed = changes.filter(({ real, before }) => currentText(real) !== before);
  if (changed.length > 0) throw new CairnloopError('FILE_CHANGED', { files: changed.map(({ path }) => path) });
}

function currentText(file: string): string | null {
  return isFile(file) ? decodeHostFileText(readFileSync(file)) : null;
}

function makeFolders(root: string, { real, after }: RealChange, undo: (() => void)[]): string[] {
  if (after === null) return [];
  const missing: string[] = [];
  for (let folder = path.dirname(real); !isFolder(folder); folder = path.dirname(folder)) missing.unshift(folder);
  for (const folder of missing) {
    mkdirSync(folder);
    undo.push(() => rmdirSync(folder));
  }
  return missing.map((folder) => path.relative(realpathSync(root), folder).split(path.sep).join('/'));
}

/**
 * Writes a temporary file beside the target and returns the rename, so that a full disk fails before any file changes.
 */
function stage({ real, before, after }: RealChange, undo: (() => void)[]): () => void {
  const put = () => undo.push(() => restore(real, before));
  if (after === null) {
    return () => {
      rmSync(real);
      put();
    };
  }
  const temporary = path.join(path.dirname(real), `.${path.basename(real)}.${process.pid}.cairnloop`);
  undo.push(() => rmSync(temporary, { force: true }));
  writeFileSync(temporary, encodeHostFileText(after), { flag: 'wx' });
  if (before !== null) chmodSync(temporary, statSync(real).mode);
  return () => {
    renameSync(temporary, real);
    put();
  };
}

function restore(file: string, text: string | null): void {
  if (text === null) rmSync(file, { force: true });
  else writeFileSync(file, encodeHostFileText(text));
}

/** Runs one step of a rollback. If it fails, the other steps still run. */
function attempt(step: () => void): void {
  try {
    step();
  } catch {
    // Ignored: the error that caused the rollback is reported.
  }
}
