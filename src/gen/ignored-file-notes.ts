import { type FileChangePlan, fileChangesToWrite } from './change-plan.js';
import { quoteShellWord } from './shell-word.js';

export interface IgnoredFile {
  /** Path relative to the host's package. */
  path: string;
  /** The line of `source` that makes git ignore the file. */
  pattern: string;
  source: string;
}

/** The files that a plan adds to the host. */
export function filesCreatedByPlan(plan: FileChangePlan): string[] {
  return fileChangesToWrite(plan)
    .filter(({ outcome }) => outcome === 'created')
    .map(({ path }) => path);
}

/** Adds a note for each ignore pattern that keeps new files of the plan out of git. */
export function addIgnoredFileNotes(plan: FileChangePlan, ignored: readonly IgnoredFile[]): FileChangePlan {
  const lineOf = ({ pattern, source }: IgnoredFile) => `"${pattern}" in ${source}`;
  const notes = [...new Set(ignored.map(lineOf))].map((line) => {
    const paths = ignored.filter((file) => lineOf(file) === line).map(({ path }) => path);
    const command = `git add --force ${paths.map(quoteShellWord).join(' ')}`;
    return `Git ignores ${paths.join(', ')}: the line ${line}. To commit it all the same, run ${command}`;
  });
  return { ...plan, notes: [...plan.notes, ...notes] };
}
