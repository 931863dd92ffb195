import { createHash } from 'node:crypto';

/**
 * The dedupe key of a posted form, so that double clicks, Back and retries write once. It covers the text, so a form
 * that was edited after Back is written again.
 */
export function dedupeKeyOfForm(mount: string, nonce: string, ...parts: readonly string[]): string | undefined {
  if (!nonce) return undefined;
  return `${mount}:${createHash('sha256')
    .update(JSON.stringify([...parts, nonce]))
    .digest('base64url')}`;
}
