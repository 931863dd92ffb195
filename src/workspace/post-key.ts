import { postKey as keyOf } from '../http/post-key.js';
import type { WorkspaceContext } from './handler.js';

/** The key of what an operator has posted. */
export function postKey(c: WorkspaceContext, what: string, content: string): string | undefined {
  return keyOf('workspace', c.get('form').text('nonce'), what, c.get('frame').operator.id, content);
}
