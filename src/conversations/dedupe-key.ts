import { createHash } from 'node:crypto';
import { z } from 'zod';

const words = 'a text of 1 to 1000 characters that is not blank';

/** A caller's dedupe key, compared exactly. */
export const dedupeKeySchema = z.string(words).max(1000, words).regex(/\S/, words);

/**
 * The stored form of a dedupe key of `open`. It contains the customer: another customer's equal key opens another
 * conversation.
 */
export function dedupeKeyOfOpenedConversation(actorId: string | null, key: string): string {
  return hashOf(['open', actorId, key]);
}

/**
 * The stored form of a dedupe key of `receive`, hashed so that it never equals a key of a reply or outbound message.
 */
export function dedupeKeyOfReceivedMessage(key: string): string {
  return `receive:${hashOf([key])}`;
}

/**
 * Hashes the parts of a dedupe key as JSON, which escapes what UTF-8 cannot encode, so that different parts have
 * different hashes.
 */
function hashOf(parts: readonly (string | null)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}
