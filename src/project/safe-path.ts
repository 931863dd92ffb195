/** Keeps every file that is read or written inside the host's package. */
import { lstatSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { CairnloopError } from '../errors.js';

/** What has a meaning in a shell, a string literal or a URL, cannot be seen, or is a device name of Windows. */
const odd = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}<>:"|?*\\'`$;&!#%{}]|^[-~ ]|[. ]$|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/iu;

/** `given`, as typed, as a path relative to the package, with `/`. @throws CairnloopError PATH_REFUSED */
export function hostPath(root: string, cwd: string, given: string): string {
  const relative = path.relative(root, path.resolve(cwd, given)).split(path.sep).join('/');
  if (relative === '..' || relative.startsWith('../') || path.isAbsolute(relative)) {
    throw new CairnloopError('PATH_REFUSED', { path: given, reason: 'it leads out of the package' });
  }
  const segments = relative.split('/').filter((segment) => segment !== '');
  const wrong = segments.find((segment) => odd.test(segment) || segment.length > 200);
  if (wrong !== undefined || given.trim() === '') {
    throw new CairnloopError('PATH_REFUSED', { path: given, reason: 'such a name does not work everywhere' });
  }
  if (segments.includes('node_modules') || segments.includes('.git')) {
    throw new CairnloopError('PATH_REFUSED', { path: given, reason: 'that folder is not for the code of the host' });
  }
  if (segments.includes('.cairnloop')) {
    throw new CairnloopError('PATH_REFUSED', { path: given, reason: 'git ignores that folder, which is of Cairnloop' });
  }
  return relative || '.';
}

/** The absolute path of a file of the package, once no symbolic link leads out of it. @throws CairnloopError PATH_REFUSED */
export function realHostFile(root: string, file: string): string {
  try {
    const real = realPathOf(path.join(root, file));
    if (isInside(realpathSync(root), real)) return real;
  } catch (cause) {
    const reason = reasons[(cause as NodeJS.ErrnoException).code ?? ''] ?? String(cause);
    throw new CairnloopError('PATH_REFUSED', { path: file, reason }, { cause });
  }
  throw new CairnloopError('PATH_REFUSED', { path: file, reason: 'a symbolic link leads out of the package' });
}

const reasons: Record<string, string> = {
  ENOTDIR: 'a part of its path is a file',
  ENOENT: 'a symbolic link leads nowhere',
  ELOOP: 'symbolic links lead in a circle',
  EACCES: 'permission was denied',
};

/** Follows links as far as the path exists. */
function realPathOf(file: string): string {
  if (lstatSync(file, { throwIfNoEntry: false })) return realpathSync(file);
  return path.join(realPathOf(path.dirname(file)), path.basename(file));
}

function isInside(root: string, file: string): boolean {
  const relative = path.relative(root, file);
  return relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative);
}
