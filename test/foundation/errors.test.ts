import assert from 'node:assert/strict';
import { CairnloopError, errorCodes, isCairnloopError } from '../../src/foundation/errors.js';
import { sourceFiles } from '../support/source-files.js';

/** Hosts write these into their code: a code may be added here, none may go or change. */
const pinned = [
  'AI_SDK_MISSING',
  'ASSIGNEE_CHANGED',
  'AUDIT_KEY_MISSING',
  'AUDIT_KEY_RETIRED',
  'BACKEND_NOT_INSTALLED',
  'BATCH_EMPTY',
  'BATCH_TOO_LARGE',
  'CALENDAR_CLOSED',
  'CANCELLED',
  'CLOSED',
  'CONFIG_AMBIGUOUS',
  'CONFIG_IMPORT_FAILED',
  'CONFIG_INVALID',
  'CONFIG_NOT_FOUND',
  'CONFIG_NO_DEFAULT_EXPORT',
  'CONVERSATION_CHANGED',
  'CONVERSATION_NOT_FOUND',
  'CONVERSATION_RESOLVED',
  'CURSOR_INVALID',
  'DATABASE_BUSY',
  'DATABASE_ENCODING',
  'DATABASE_EXHAUSTED',
  'DATABASE_PERMISSION',
  'DATABASE_POOLER',
  'DATABASE_READ_ONLY',
  'DATABASE_UNREACHABLE',
  'DATABASE_UNSUITABLE',
  'DELIVERY_NOT_FOUND',
  'DELIVERY_NOT_RETRYABLE',
  'DELIVERY_SCHEDULED',
  'DEMO_STUCK',
  'DRAFT_NOT_FOUND',
  'DRAFT_NOT_PENDING',
  'EMBEDDED_POSTGRES_FAILED',
  'EMBEDDED_POSTGRES_MISSING',
  'EMBEDDED_POSTGRES_RUNNING',
  'ENV_FILE_UNREADABLE',
  'FILE_CHANGED',
  'FILE_UNREADABLE',
  'HOST_AMBIGUOUS',
  'HOST_NOT_FOUND',
  'INPUT_INVALID',
  'JOBS_UNREACHABLE',
  'JOURNAL_UNREADABLE',
  'JSON_FILE_INVALID',
  'JSON_FILE_UNREADABLE',
  'METRICS_REGISTRY_UNUSABLE',
  'METRIC_NAME_TAKEN',
  'MIGRATIONS_PENDING',
  'MIGRATION_FAILED',
  'MIGRATION_NOT_APPLIED',
  'MIGRATION_UNKNOWN',
  'MOUNT_OPTION_INVALID',
  'NOTIFIER_REQUIRED',
  'OPENTELEMETRY_MISSING',
  'OUTBOUND_NOT_PENDING',
  'OUTCOME_UNKNOWN',
  'OUTPUT_LOST',
  'PATH_REFUSED',
  'POLICY_FILE_INVALID',
  'PORT_REFUSED',
  'PORT_TAKEN',
  'SCHEMA_NEWER',
  'SLA_NOT_ACTIVE',
  'SLA_POLICIES_UNAVAILABLE',
  'SLA_POLICY_REJECTED',
  'TELEMETRY_EVENT_UNKNOWN',
  'TELEMETRY_ID_TAKEN',
  'TIME_ZONE_UNKNOWN',
  'TRANSACTION_ABORTED',
  'TRANSACTION_CONFLICT',
  'TRANSACTION_ELSEWHERE',
  'TRANSACTION_LOST',
  'TRANSACTION_REQUIRED',
  'TRANSACTION_UNSUITABLE',
  'UNDO_EDITED',
  'UNDO_NOTHING',
  'USAGE',
  'WEBHOOK_FAILED',
  'WORKER_CRASHED',
  'WORKER_DID_NOT_START',
  'WRITE_FAILED',
];

describe('errors', () => {
  it('have the published codes', () => {
    assert.deepEqual([...errorCodes].sort(), pinned);
  });

  it('are all in use', () => {
    const sources = sourceFiles()
      .filter(({ path }) => path !== 'foundation/errors.ts')
      .map(({ text }) => text)
      .join('\n');
    assert.deepEqual(
      errorCodes.filter((code) => !sources.includes(`'${code}'`)),
      [],
    );
  });

  it('carry code, message, hint and exit code, and are recognized across copies of the package', () => {
    const error = new CairnloopError('CONVERSATION_NOT_FOUND', { id: 'c-7' }, { cause: new Error('why') });
    assert.deepEqual(
      [error.name, error.code, error.message, error.exitCode, error.details],
      ['CairnloopError', 'CONVERSATION_NOT_FOUND', 'There is no conversation "c-7".', 1, { id: 'c-7' }],
    );
    assert.ok(error.hint && error instanceof Error && (error.cause as Error).message === 'why');
    assert.equal(error.docs, 'cairnloop/docs/errors.md#conversation_not_found');
    const ofAnotherCopy = { [Symbol.for('cairnloop.error')]: true };
    assert.deepEqual([error, ofAnotherCopy, new Error('x'), null, 'CONVERSATION_NOT_FOUND'].map(isCairnloopError), [
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});
