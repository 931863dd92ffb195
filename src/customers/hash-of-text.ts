import { createHash } from 'node:crypto';

/** The key of a customer or a request in `portal_writes`. Any two texts differ: JSON escapes what UTF-8 cannot hold. */
export function hashOfText(text: string): string {
  return createHash('sha256').update(JSON.stringify(text)).digest('base64url');
}
