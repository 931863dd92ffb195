import type { Database } from '../db/connect.js';
import { formatDatabaseTarget } from '../db/connection-url.js';
import { toHostDatabaseError, toKnownDatabaseError } from '../db/database-failure.js';
import { CairnloopError, isCairnloopError } from '../foundation/errors.js';
import { errorText } from '../foundation/redact.js';
import { ExecutorError } from './executor.js';

/**
 * Translates an error of a call in the host's transaction to a CairnloopError. An unexpected error is returned as the
 * driver threw it.
 */
export async function toHostTransactionError(error: unknown, own: Database): Promise<unknown> {
  if (isCairnloopError(error) || !(error instanceof ExecutorError)) return toHostDatabaseError(error, own);
  const { code, origin: cause } = error;
  const reason = errorText(error, 200).replace(/\.$/, '');
  if (code === '25P01') return new CairnloopError('TRANSACTION_REQUIRED', {}, { cause });
  if (code === '25P02') return new CairnloopError('TRANSACTION_ABORTED', { reason }, { cause });
  if (code === '40001' || code === '40P01') return new CairnloopError('TRANSACTION_CONFLICT', { reason }, { cause });
  if (code === undefined || /^(08|57P|25P)/.test(code))
    return new CairnloopError('TRANSACTION_LOST', { reason }, { cause });
  if (code === '25006' || code === '42501') {
    const details = { target: formatDatabaseTarget(own.url), reason, within: true };
    return new CairnloopError(code === '25006' ? 'DATABASE_READ_ONLY' : 'DATABASE_PERMISSION', details, { cause });
  }
  const known = toKnownDatabaseError(error, own.url) ?? (await toHostDatabaseError(error, own));
  return known === error ? cause : known;
}
