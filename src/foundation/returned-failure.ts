import { errorText } from './redact.js';

/** Why a returned value counts as a failure: `err(...)`, or anything else with `ok: false`. Null for a success. */
export function returnedFailure(returned: unknown): string | null {
  if (typeof returned !== 'object' || returned === null || !('ok' in returned) || returned.ok !== false) return null;
  return errorText('error' in returned ? returned.error : 'it returned { ok: false }');
}
