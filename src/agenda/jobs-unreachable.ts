import type { JobsConfig } from '../config/config-types.js';
import { CairnloopError } from '../foundation/errors.js';
import { errorText } from '../foundation/redact.js';

/** Turns an error of a job store into `JOBS_UNREACHABLE`. */
export function jobsUnreachable(backend: JobsConfig['backend']): (error: unknown) => never {
  return (error) => {
    const reason = errorText(error, 300).replace(/\.$/, '');
    throw new CairnloopError('JOBS_UNREACHABLE', { backend, reason }, { cause: error });
  };
}
