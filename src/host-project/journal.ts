/** Records written files in `.cairnloop/` of the host's package, so that `cairnloop undo` can revert them. */
import { existsSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { CairnloopError } from '../foundation/errors.js';
import { type FileChange, type FileChangePlan, fileChangesToWrite } from '../gen/change-plan.js';
import { type AppliedFileChanges, applyFileChangePlan } from './apply-plan.js';
import { createCairnloopFolder, removeCairnloopFolderIfUnused } from './cairnloop-folder.js';
import { describeFileError, writeFailedError } from './file-errors.js';
import { isFile } from './folders.js';
import { readHostFiles } from './read-host-snapshot.js';
import { findUndoJournalPathProblem, resolveHostFile } from './safe-path.js';

/** An entry of the journal for `cairnloop undo`: one run of `init` or `gen`. The newest entry is the last. */
export interface UndoJournalEntry extends AppliedFileChanges {
  /** The command line, e.g. `cairnloop gen notifier`. */
  run: string;
  /** When `init` or `gen` ran, as ISO-8601. */
  at: string;
}

const kept = 20;

/**
 * Writes the files of a plan and an entry in the journal, both or neither. A plan without changes is not recorded.
 * @throws CairnloopError JOURNAL_UNREADABLE, and what `applyFileChangePlan` throws
 */
export function applyFileChangePlanWithUndo(plan: FileChangePlan, run: string): void {
  if (fileChangesToWrite(plan).length === 0) return;
  const { root } = plan;
  const earlier = readJournal(root);
  const applied = applyFileChangePlan(plan);
  try {
    writeJournal(root, [...earlier, { run, at: new Date().toISOString(), ...applied }].slice(-kept));
  } catch (cause) {
    takeBack(root, applied);
    throw writeFailedError(cause, journalPath);
  }
}

/**
 * Plans to undo the last run: its command line, the changes, and the function that makes them.
 * @throws CairnloopError UNDO_NOTHING, UNDO_EDITED or JOURNAL_UNREADABLE
 */
export function planUndo(root: string): { run: string; plan: FileChangePlan; apply(): void } {
  const journal = readJournal(root);
  const last = journal.at(-1);
  if (!last) throw new CairnloopError('UNDO_NOTHING', { folder: root });
  const current = readHostFiles(
    root,
    last.files.map((file) => file.path),
  );
  const edited = last.files.filter((file) => current[file.path] !== file.after).map((file) => file.path);
  if (edited.length > 0) throw new CairnloopError('UNDO_EDITED', { run: last.run, files: edited });
  const apply = () => {
    takeBack(root, last);
    writeJournal(root, journal.slice(0, -1));
  };
  return { run: last.run, plan: planBack(root, last), apply };
}

function takeBack(root: string, applied: AppliedFileChanges): void {
  applyFileChangePlan(planBack(root, applied));
  for (const folder of applied.folders.toReversed()) removeIfEmpty(resolveHostFile(root, folder));
}

function planBack(root: string, { files }: AppliedFileChanges): FileChangePlan {
  return { root, changes: files.map(takenBack), notes: [] };
}

function takenBack({ path, before, after }: AppliedFileChanges['files'][number]): FileChange {
  return {
    path,
    outcome: 'updated',
    before: after,
    after: before,
    ...(before !== null && { reason: 'restored to its earlier text' }),
  };
}

/** The journal has no extension, so that no formatter of the host changes it. */
const journalPath = '.cairnloop/journal';
/** The path of the journal in version 0.1. */
const earlierPath = '.cairnloop/journal.json';

function journalFile(root: string): string {
  const [file, earlier] = [resolveHostFile(root, journalPath), resolveHostFile(root, earlierPath)];
  return isFile(earlier) && !existsSync(file) ? earlier : file;
}

function readJournal(root: string): UndoJournalEntry[] {
  const file = journalFile(root);
  const journal = parseJournal(file);
  if (!Array.isArray(journal) || !journal.every(isEntry)) {
    throw new CairnloopError('JOURNAL_UNREADABLE', {
      file,
      reason: 'the journal does not contain a list of runs of init and gen',
    });
  }
  const reason = journal.map((entry) => strangeEntry(root, entry)).find((found) => found !== undefined);
  if (reason !== undefined) throw new CairnloopError('JOURNAL_UNREADABLE', { file, reason });
  return journal;
}

/** Names a path in an entry that no run of Cairnloop can have written, and says why; undefined if there is none. */
function strangeEntry(root: string, { files, folders }: UndoJournalEntry): string | undefined {
  const paths = files.map((file) => ({
    given: file.path,
    reason: findUndoJournalPathProblem(root, file.path, 'file'),
  }));
  const made = folders.map((given) => ({ given, reason: findUndoJournalPathProblem(root, given, 'folder') }));
  const strange =
    [...paths, ...made].find(({ reason }) => reason !== undefined) ??
    made
      .map(({ given }) => ({ given, reason: 'the recorded run wrote no file into that folder' }))
      .find(({ given }) => !files.some((file) => isBelow(root, given, file.path)));
  return strange && `the journal names ${JSON.stringify(strange.given)}, but ${strange.reason}`;
}

/** Whether a file is in a folder, once symbolic links are followed. */
function isBelow(root: string, folder: string, file: string): boolean {
  return resolveHostFile(root, file).startsWith(resolveHostFile(root, folder) + path.sep);
}

function parseJournal(file: string): unknown {
  try {
    return isFile(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
  } catch (cause) {
    throw new CairnloopError('JOURNAL_UNREADABLE', { file, reason: describeFileError(cause) }, { cause });
  }
}

/** Whether a value is an entry of the journal. Anyone may have edited the file. */
function isEntry(entry: Partial<UndoJournalEntry> | null): entry is UndoJournalEntry {
  const isText = (value: unknown) => typeof value === 'string';
  const isFileEntry = (file: Partial<AppliedFileChanges['files'][number]> | null) =>
    isText(file?.path) && [file?.before, file?.after].every((text) => text === null || isText(text));
  const { run, files, folders } = entry ?? {};
  return isText(run) && Array.isArray(files) && files.every(isFileEntry) && !!folders?.every?.(isText);
}

/** Writes the journal for `cairnloop undo`, or removes its file if no entry is left. */
function writeJournal(root: string, entries: readonly UndoJournalEntry[]): void {
  createCairnloopFolder(root);
  const file = resolveHostFile(root, journalPath);
  // Renamed into place: a write that breaks off must not lose the earlier runs.
  const temporary = `${file}.${process.pid}`;
  try {
    writeFileSync(temporary, `${JSON.stringify(entries, null, 2)}\n`, { mode: 0o600 });
    renameSync(temporary, file);
  } finally {
    rmSync(temporary, { force: true });
  }
  const earlier = resolveHostFile(root, earlierPath);
  if (isFile(earlier)) rmSync(earlier);
  if (entries.length > 0) return;
  rmSync(file);
  removeCairnloopFolderIfUnused(root);
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Removing fails for a folder that is not empty: it stays, because it holds other files of the host.
  }
}
