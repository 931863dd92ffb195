import type { ChangePlan, FileChange } from '../gen/change-plan.js';

const reasoned = (change: FileChange) => (change.reason ? `  (${change.reason})` : '');

/** One line a file, then what is to be done by hand, then the notes. */
export function planText(plan: ChangePlan): string {
  const lines = plan.changes.map((change) => `${change.outcome.padEnd(10)} ${change.path}${reasoned(change)}`);
  const byHand = plan.changes.flatMap(handwork);
  return [...lines, ...byHand, ...(plan.notes.length > 0 ? ['', ...plan.notes] : [])].join('\n');
}

/** The same as data. */
export function planJson(plan: ChangePlan) {
  return {
    root: plan.root,
    files: plan.changes.map(({ path, outcome, reason, lines }) => ({ path, outcome, reason, lines })),
    notes: plan.notes,
  };
}

function handwork({ path, outcome, lines = [] }: FileChange): string[] {
  if (outcome !== 'manual') return [];
  return [
    '',
    `Put these lines into ${path} by hand, the import at the top and the key into the config:`,
    ...indented(lines),
  ];
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
