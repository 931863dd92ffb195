import { userInfo } from 'node:os';
import type { Actor } from '../../../contracts/domain.js';

/** The user of this terminal, for the audit record. */
export function cliActor(): Actor {
  return { id: `cli:${userName()}` };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // In a container the uid may belong to no user.
    return String(process.getuid?.() ?? 'unknown');
  }
}
