/** The planned changes: shown, compared, applied and undone from one value. */

export const outcomes = ['created', 'updated', 'unchanged', 'skipped', 'manual'] as const;
export type Outcome = (typeof outcomes)[number];

export interface FileChange {
  /** Relative to the host's package, with `/`. */
  path: string;
  outcome: Outcome;
  /** The text that the plan was made from; null where there is no file. */
  before: string | null;
  /** The text to write; null to remove the file. The same as `before` where nothing is written. */
  after: string | null;
  /** Why, for `skipped` and `manual`. */
  reason?: string;
  /** Lines to add by hand, and their place in the file, for the outcome `manual`. */
  byHand?: readonly { place: string; lines: readonly string[] }[];
}

export interface ChangePlan {
  /** Absolute: the folder of the host's package. */
  root: string;
  changes: readonly FileChange[];
  /** Notes for the host, one sentence each. */
  notes: readonly string[];
  /** The commands, to be run in the package, that install what it does not list yet. */
  install?: readonly string[];
  /** Commands to run in the package, with which the host's own tools format the files. */
  fix?: readonly string[];
}

/** A file with the content `after`: created, updated, or unchanged if it has it already. */
export function writeChange(path: string, before: string | null, after: string): FileChange {
  if (before === after) return unchangedFile(path, before);
  return { path, outcome: before === null ? 'created' : 'updated', before, after };
}

/** Whether text can be added to a file: not to one in UTF-16, nor to a binary one. */
export function isEditable(text: string): boolean {
  return !text.includes('\0');
}

export function unchangedFile(path: string, before: string | null): FileChange {
  return { path, outcome: 'unchanged', before, after: before };
}

export function skippedFile(path: string, before: string | null, reason: string): FileChange {
  return { path, outcome: 'skipped', before, after: before, reason };
}

/** The changes of a plan that write something. */
export function pendingChanges(plan: ChangePlan): FileChange[] {
  return plan.changes.filter(({ before, after }) => before !== after);
}

/** 3 when something must be done by hand or, for a check, when something would change; else 0. */
export function planExitCode(plan: ChangePlan, isCheck: boolean): 0 | 3 {
  const isManual = plan.changes.some(({ outcome }) => outcome === 'manual');
  return isManual || (isCheck && pendingChanges(plan).length > 0) ? 3 : 0;
}
