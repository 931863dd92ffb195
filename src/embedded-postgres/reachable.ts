import { realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { SystemAccount } from './account.js';

interface Ownership {
  mode: number;
  uid: number;
  gid: number;
}

/**
 * Whether an account may enter a folder and every folder above it. Always true without an account, for the current
 * user.
 */
export async function isFolderReachable(folder: string, account: SystemAccount | undefined): Promise<boolean> {
  if (!account) return true;
  for (let path = await realpath(folder); ; path = dirname(path)) {
    if (!mayEnterFolder(await stat(path), account)) return false;
    if (path === dirname(path)) return true;
  }
}

/**
 * Whether an account may enter a folder, by the mode bits that apply to it: those of the owner, the group or others.
 */
export function mayEnterFolder(folder: Ownership, account: SystemAccount): boolean {
  if (folder.uid === account.uid) return (folder.mode & 0o100) !== 0;
  if (folder.gid === account.gid) return (folder.mode & 0o010) !== 0;
  return (folder.mode & 0o001) !== 0;
}
