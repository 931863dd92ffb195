import { createHash } from 'node:crypto';

/**
 * The hash of a customer's id or of a request, as `portal_writes` stores it. JSON escapes what UTF-8 cannot encode, so
 * that different texts have different hashes.
 */
export function hashText(text: string): string {
  return createHash('sha256').update(JSON.stringify(text)).digest('base64url');
}
