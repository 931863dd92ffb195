/** Keeps all file access inside the host's package. */
import { lstatSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { CairnloopError, isCairnloopError } from '../foundation/errors.js';

/**
 * Matches file names that do not work everywhere: with characters that mean something in shells, string literals or
 * URLs, with invisible characters, or reserved by Windows.
 */
const odd = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}<>:"|?*\\'`$;&!#%{}]|^[-~ ]|[. ]$|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/iu;

/** Converts a path that the user typed to one relative to the package, with `/`. @throws CairnloopError PATH_REFUSED */
export function toPackagePath(root: string, cwd: string, given: string): string {
  const relative = path.relative(root, path.resolve(cwd, given)).split(path.sep).join('/');
  const segments = relative.split('/').filter((segment) => segment !== '');
  const wrong = segments.find((segment) => odd.test(segment) || segment.length > 200);
  const isOdd = wrong !== undefined || given.trim() === '';
  const reason =
    leadsOut(relative) ??
    (isOdd ? 'the path contains a name that does not work on every system' : undefined) ??
    reservedFolder(segments);
  if (reason) throw new CairnloopError('PATH_REFUSED', { path: given, reason });
  return relative || '.';
}

/**
 * Why a path in the journal cannot be a file that Cairnloop wrote; undefined if it can. An attacker may have put it
 * there, so that `cairnloop undo` overwrites another file.
 */
export function findUndoJournalPathProblem(root: string, given: string, kind: 'file' | 'folder'): string | undefined {
  const isKnown =
    kind === 'folder' ||
    /\.[cm]?[jt]s$|^package\.json$|^\.env\.example$|(^|\/)cairnloop-(alerts\.yml|dashboard\.json)$/.test(given);
  const isPlain = path.posix.normalize(given) === given && !/[\p{Cc}\\]|^[a-z]:|\/$|^\.?$/iu.test(given);
  if (!isKnown || !isPlain) return 'Cairnloop never writes to a path of that kind';
  return leadsOut(given) ?? reservedFolder(given.split('/')) ?? refusalOf(() => resolveHostFile(root, given));
}

function leadsOut(relative: string): string | undefined {
  const isOut = relative === '..' || relative.startsWith('../') || path.isAbsolute(relative);
  return isOut ? 'the path leads out of the package' : undefined;
}

/**
 * Why a path may not be in a reserved folder; undefined if it is in none. Compared in lower case, because some file
 * systems ignore case.
 */
function reservedFolder(segments: readonly string[]): string | undefined {
  return segments.map((segment) => reserved.get(segment.toLowerCase())).find((reason) => reason !== undefined);
}

const reserved: ReadonlyMap<string, string> = new Map([
  ['node_modules', "node_modules is not for the host's own code"],
  ['.git', ".git is not for the host's own code"],
  ['.cairnloop', '.cairnloop belongs to Cairnloop, and git ignores that folder'],
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

/**
 * Returns the absolute path of a file of the package, with symbolic links resolved. @throws CairnloopError
 * PATH_REFUSED, e.g. if a link leads out of the package
 */
export function resolveHostFile(root: string, file: string): string {
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
  ENOTDIR: 'a part of the path is a file',
  ENOENT: 'a symbolic link points to nothing',
  ELOOP: 'symbolic links in the path form a loop',
  EACCES: 'permission was denied',
};

/** Resolves the symbolic links in that part of a path that exists. */
function realPathOf(file: string): string {
  if (lstatSync(file, { throwIfNoEntry: false })) return realpathSync(file);
  return path.join(realPathOf(path.dirname(file)), path.basename(file));
}

function isInside(root: string, file: string): boolean {
  const relative = path.relative(root, file);
  return relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative);
}
