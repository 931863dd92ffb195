/** Keeps all file access inside the host's package. */
import { lstatSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { CairnloopError, isCairnloopError } from '../foundation/errors.js';

/** Characters with a meaning in shells, string literals or URLs, invisible ones, and device names of Windows. */
const odd = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}<>:"|?*\\'`$;&!#%{}]|^[-~ ]|[. ]$|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/iu;

/** `given`, as typed, as a path relative to the package, with `/`. @throws CairnloopError PATH_REFUSED */
export function hostPath(root: string, cwd: string, given: string): string {
  const relative = path.relative(root, path.resolve(cwd, given)).split(path.sep).join('/');
  const segments = relative.split('/').filter((segment) => segment !== '');
  const wrong = segments.find((segment) => odd.test(segment) || segment.length > 200);
  const isOdd = wrong !== undefined || given.trim() === '';
  const reason =
    leadsOut(relative) ?? (isOdd ? 'such a name does not work everywhere' : undefined) ?? reservedFolder(segments);
  if (reason) throw new CairnloopError('PATH_REFUSED', { path: given, reason });
  return relative || '.';
}

/**
 * Why a journal path cannot be a file that Cairnloop wrote; undefined if it can. An attacker may have put it there for
 * `cairnloop undo`.
 */
export function strangePath(root: string, given: string, kind: 'file' | 'folder'): string | undefined {
  const isKnown =
    kind === 'folder' ||
    /\.[cm]?[jt]s$|^package\.json$|^\.env\.example$|(^|\/)cairnloop-(alerts\.yml|dashboard\.json)$/.test(given);
  const isPlain = path.posix.normalize(given) === given && !/[\p{Cc}\\]|^[a-z]:|\/$|^\.?$/iu.test(given);
  if (!isKnown || !isPlain) return 'Cairnloop writes no such path';
  return leadsOut(given) ?? reservedFolder(given.split('/')) ?? refusalOf(() => realHostFile(root, given));
}

function leadsOut(relative: string): string | undefined {
  const isOut = relative === '..' || relative.startsWith('../') || path.isAbsolute(relative);
  return isOut ? 'it leads out of the package' : undefined;
}

/** Lower case: some file systems ignore case. */
function reservedFolder(segments: readonly string[]): string | undefined {
  return segments.map((segment) => reserved.get(segment.toLowerCase())).find((reason) => reason !== undefined);
}

const reserved: ReadonlyMap<string, string> = new Map([
  ['node_modules', 'that folder is not for the code of the host'],
  ['.git', 'that folder is not for the code of the host'],
  ['.cairnloop', 'git ignores that folder, which is of Cairnloop'],
]);

function refusalOf(find: () => string): string | undefined {
  try {
    find();
    return undefined;
  } catch (error) {
    if (isCairnloopError(error)) return (error.details as { reason: string }).reason;
    throw error;
  }
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
