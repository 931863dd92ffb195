import { userInfo } from 'node:os';
import type { Actor } from '../../../contracts/domain.js';

/** The actor for the audit record: the operating system's user, as `cli:<name>`. */
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
