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

function handwork({ path, outcome, lines = [], place }: FileChange): string[] {
  if (outcome !== 'manual') return [];
  const what = lines.length === 1 ? 'this line' : 'these lines';
  return ['', `Put ${what} into ${path} by hand${place ? `, ${place}` : ''}:`, ...indented(lines)];
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
