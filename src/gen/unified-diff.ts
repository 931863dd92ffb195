import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import { type FileChangePlan, fileChangesToWrite } from './change-plan.js';

/**
 * Returns the plan as a patch for `git apply` or `patch -p1`; empty if nothing would change. `folder` is the path to
 * the host's package from the folder in which the patch is applied.
 */
export function unifiedDiff(plan: FileChangePlan, folder = ''): string {
  const start = folder === '' ? '' : `${folder}/`;
  return fileChangesToWrite(plan)
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
