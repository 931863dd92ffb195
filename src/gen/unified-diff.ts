import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import { type ChangePlan, pendingChanges } from './change-plan.js';

/** The plan as a patch that `git apply` and `patch -p1` take. Empty where nothing would change. */
export function unifiedDiff(plan: ChangePlan): string {
  return pendingChanges(plan)
    .map(({ path, before, after }) =>
      createTwoFilesPatch(
        before === null ? '/dev/null' : `a/${path}`,
        after === null ? '/dev/null' : `b/${path}`,
        before ?? '',
        after ?? '',
        undefined,
        undefined,
        { context: 3, headerOptions: FILE_HEADERS_ONLY },
      ),
    )
    .join('');
}
