import { userInfo } from 'node:os';
import type { Actor } from '../../../contracts/domain.js';

/** Who works at this terminal, for the audit record. */
export function cliActor(): Actor {
  return { id: `cli:${userName()}` };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a number that no user has.
    return String(process.getuid?.() ?? 'unknown');
  }
}
