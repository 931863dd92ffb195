import { CairnloopError } from '../foundation/errors.js';

const reasons: Record<string, string> = {
  EACCES: 'permission was denied',
  EPERM: 'permission was denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of the path is a file',
  EEXIST: 'a part of the path is a file',
};

/** Describes an error of the file system, e.g. as `permission was denied`. */
export function describeFileError(cause: unknown): string {
  return reasons[(cause as NodeJS.ErrnoException).code ?? ''] ?? String(cause);
}

export function writeFailedError(cause: unknown, file: string): CairnloopError {
  return new CairnloopError('WRITE_FAILED', { file, reason: describeFileError(cause) }, { cause });
}
