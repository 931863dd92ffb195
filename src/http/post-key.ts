import { createHash } from 'node:crypto';

/**
 * The key under which a posted form writes once, however often it is sent: by a double click, after Back, after an answer
 * that was lost. Its words are part of it, so that a page gone back to and changed writes something new.
 */
export function postKey(mount: string, nonce: string, ...parts: readonly string[]): string | undefined {
  if (!nonce) return undefined;
  return `${mount}:${createHash('sha256')
    .update(JSON.stringify([...parts, nonce]))
    .digest('base64url')}`;
}
