import type { JobsConfig } from '../config/config-types.js';
import { CairnloopError } from '../foundation/errors.js';
import { errorText } from '../foundation/redact.js';

/** Returns an error handler that throws `JOBS_UNREACHABLE` with the job store's error as its cause. */
export function throwJobsUnreachable(backend: JobsConfig['backend']): (error: unknown) => never {
  return (error) => {
    const reason = errorText(error, 300).replace(/\.$/, '');
    throw new CairnloopError('JOBS_UNREACHABLE', { backend, reason }, { cause: error });
  };
}
