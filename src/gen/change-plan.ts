/** A plan of changes to the host's files. The same value is shown, compared, applied and undone. */

export const fileOutcomes = ['created', 'updated', 'unchanged', 'skipped', 'manual'] as const;
export type FileOutcome = (typeof fileOutcomes)[number];

export interface FileChange {
  /** Path relative to the host's package, with `/`. */
  path: string;
  outcome: FileOutcome;
  /** The file's text when the plan was made; null if there was no file. */
  before: string | null;
  /** The text to write; null to remove the file. Equals `before` if nothing is written. */
  after: string | null;
  /** Why the outcome is `skipped` or `manual`. */
  reason?: string;
  /** Lines to add by hand, and their place in the file, for the outcome `manual`. */
  byHand?: readonly { place: string; lines: readonly string[] }[];
}

export interface FileChangePlan {
  /** Absolute path of the host's package. */
  root: string;
  changes: readonly FileChange[];
  /** Notes for the host, one sentence each. */
  notes: readonly string[];
  /** Commands to run in the package, which install the packages that it does not list yet. */
  install?: readonly string[];
  /** Commands to run in the package, which format the files with the host's own tools. */
  fix?: readonly string[];
}

/** Plans to write a file: it is created, updated, or unchanged if `after` is its text already. */
export function planFileWrite(path: string, before: string | null, after: string): FileChange {
  if (before === after) return planUnchangedFile(path, before);
  return { path, outcome: before === null ? 'created' : 'updated', before, after };
}

/** Whether text can be added to a file: not to one in UTF-16, nor to a binary one. */
export function isEditableFileText(text: string): boolean {
  return !text.includes('\0');
}

export function planUnchangedFile(path: string, before: string | null): FileChange {
  return { path, outcome: 'unchanged', before, after: before };
}

export function planSkippedFile(path: string, before: string | null, reason: string): FileChange {
  return { path, outcome: 'skipped', before, after: before, reason };
}

/** The changes of a plan that write or remove a file. */
export function fileChangesToWrite(plan: FileChangePlan): FileChange[] {
  return plan.changes.filter(({ before, after }) => before !== after);
}

/** The exit code of a plan: 3 if a change must be made by hand or, with `--check`, if a file would change; else 0. */
export function exitCodeOfPlan(plan: FileChangePlan, isCheck: boolean): 0 | 3 {
  const isManual = plan.changes.some(({ outcome }) => outcome === 'manual');
  return isManual || (isCheck && fileChangesToWrite(plan).length > 0) ? 3 : 0;
}
