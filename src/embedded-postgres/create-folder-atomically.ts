import { existsSync } from 'node:fs';
import { lchown, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { SystemAccount } from './account.js';

/**
 * Creates the folder `target` unless it exists, all or nothing: it is built under another name and then renamed, so
 * that neither a crash nor two concurrent starts leave an incomplete folder. Everything in it belongs to `account`.
 * Returns `target`.
 */
export async function createFolderAtomically(
  target: string,
  account: SystemAccount | undefined,
  build: (folder: string) => Promise<void>,
): Promise<string> {
  if (existsSync(target)) return target;
  const draft = await mkdtemp(`${target}-`);
  try {
    await changeFolderOwner(account, draft);
    await build(draft);
    await changeFolderOwner(account, draft);
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (!existsSync(target)) throw error;
  }
  return target;
}

/** Makes the account the owner of a folder and everything in it. Without an account nothing changes. */
export async function changeFolderOwner(account: SystemAccount | undefined, folder: string): Promise<void> {
  if (!account) return;
  await lchown(folder, account.uid, account.gid);
  for (const entry of await readdir(folder, { recursive: true })) {
    await lchown(join(folder, entry), account.uid, account.gid);
  }
}
