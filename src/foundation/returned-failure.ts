import { errorText } from './redact.js';

/**
 * The reason of the failure that a host module returned, as `err(...)` or any value with `ok: false`. Null for a
 * success.
 */
export function returnedFailureReason(returned: unknown): string | null {
  if (typeof returned !== 'object' || returned === null || !('ok' in returned) || returned.ok !== false) return null;
  return errorText('error' in returned ? returned.error : 'the call returned { ok: false }');
}
