import { dedupeKeyOfForm as keyOf } from '../http/form-dedupe-key.js';
import type { WorkspaceContext } from './handler.js';

/** The dedupe key of a posted form: sending the form twice writes once. */
export function dedupeKeyOfForm(c: WorkspaceContext, what: string, content: string): string | undefined {
  return keyOf('workspace', c.get('form').text('nonce'), what, c.get('pageContext').operator.id, content);
}
