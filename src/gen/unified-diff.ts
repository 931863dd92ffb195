import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import { type ChangePlan, pendingChanges } from './change-plan.js';

/**
 * The plan as a patch that `git apply` and `patch -p1` take, in the package or where `folder` leads there from. Empty
 * where nothing would change.
 */
export function unifiedDiff(plan: ChangePlan, folder = ''): string {
  const start = folder === '' ? '' : `${folder}/`;
  return pendingChanges(plan)
    .map(({ path, before, after }) =>
      createTwoFilesPatch(
        before === null ? '/dev/null' : `a/${start}${path}`,
        after === null ? '/dev/null' : `b/${start}${path}`,
        before ?? '',
        after ?? '',
        undefined,
        undefined,
        { context: 3, headerOptions: FILE_HEADERS_ONLY },
      ),
    )
    .join('');
}
