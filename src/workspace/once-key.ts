import { createHash } from 'node:crypto';
import type { WorkspaceContext } from './handler.js';

/**
 * The key under which a posted form writes once, however often it is sent: by a double click, after Back, after an answer
 * that was lost. Its words are part of it, so that a page gone back to and changed writes something new.
 */
export function onceKey(c: WorkspaceContext, what: string, content: string): string | undefined {
  const nonce = c.get('form').text('nonce');
  if (!nonce) return undefined;
  const parts = [what, c.get('frame').operator.id, nonce, content];
  return `workspace:${createHash('sha256').update(JSON.stringify(parts)).digest('base64url')}`;
}
