import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { CairnloopError } from '../foundation/errors.js';

/** The operating system user that Postgres runs as. */
export interface SystemAccount {
  uid: number;
  gid: number;
}

const unprivilegedUsers = ['postgres', 'nobody'];

/**
 * Chooses the user that runs Postgres. Postgres refuses to run as root, so root runs it as an existing unprivileged
 * user; `undefined` means the current user. On Windows pg_ctl drops an administrator's rights by itself.
 */
export async function chooseSystemAccount(): Promise<SystemAccount | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of unprivilegedUsers) {
    const account = await lookUp(name);
    if (account) return account;
  }
  throw new CairnloopError('EMBEDDED_POSTGRES_FAILED', {
    step: 'choosing a user',
    reason: `Postgres refuses to run as root, and there is no user ${unprivilegedUsers.join(' or ')} to run it as.`,
  });
}

async function lookUp(name: string): Promise<SystemAccount | undefined> {
  const ask = async (flag: string) => Number((await promisify(execFile)('id', [flag, name])).stdout) | 0;
  try {
    return { uid: await ask('-u'), gid: await ask('-g') };
  } catch {
    return undefined;
  }
}
