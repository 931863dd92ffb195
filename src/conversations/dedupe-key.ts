import { createHash } from 'node:crypto';
import { z } from 'zod';

const words = 'a text of 1 to 1000 characters that is not blank';

/** A key under which a call writes once. It is compared to the letter: keys that differ in a space are two. */
export const dedupeKey = z.string(words).max(1000, words).regex(/\S/, words);

/** The key of `open` belongs to its customer: the same key of another customer opens another conversation. */
export function openedUnder(actorId: string | null, key: string): string {
  return hashOf(['open', actorId, key]);
}

/** The key of `receive` in its conversation. Hashed, so that it never meets a key of a reply or an outbound message. */
export function receivedUnder(key: string): string {
  return `receive:${hashOf([key])}`;
}

/** JSON escapes what UTF-8 cannot hold, so that any two texts have two hashes. */
function hashOf(parts: readonly (string | null)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}
