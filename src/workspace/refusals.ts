import type { Logger } from 'pino';
import { type CairnloopError, type ErrorCode, isCairnloopError } from '../foundation/errors.js';
import { errorText } from '../foundation/redact.js';
import { inputFieldName, translateFoundValue } from './package-texts.js';
import type { PageNotice } from './page-context.js';
import type { WorkspaceTextKey } from './strings/strings.js';
import { translate, translateCount } from './translate.js';

/** How a page shows an error that an operator's action is expected to meet. */
export interface ActionRefusal {
  status: 404 | 409 | 422 | 503;
  notice: PageNotice;
}

type Answer = [status: ActionRefusal['status'], title: WorkspaceTextKey];

/** The HTTP status and title of each error that an operator's action is expected to meet. */
const answers: Partial<Record<ErrorCode, Answer>> = {
  CONVERSATION_NOT_FOUND: [404, 'noConversation'],
  DRAFT_NOT_FOUND: [404, 'noDraft'],
  DELIVERY_NOT_FOUND: [404, 'noDelivery'],
  CONVERSATION_RESOLVED: [409, 'refusedResolved'],
  CONVERSATION_CHANGED: [409, 'refusedChanged'],
  ASSIGNEE_CHANGED: [409, 'refusedAssignee'],
  DRAFT_NOT_PENDING: [409, 'refusedDraft'],
  OUTBOUND_NOT_PENDING: [409, 'refusedOutbound'],
  DELIVERY_NOT_RETRYABLE: [409, 'refusedDelivery'],
  DELIVERY_SCHEDULED: [409, 'refusedScheduled'],
  SLA_NOT_ACTIVE: [409, 'refusedSla'],
  SLA_POLICY_REJECTED: [409, 'refusedPolicy'],
  NOTIFIER_REQUIRED: [409, 'refusedNotifier'],
  BATCH_EMPTY: [422, 'noneChosen'],
  BATCH_TOO_LARGE: [422, 'refusedTooMany'],
  INPUT_INVALID: [422, 'refusedInput'],
  CURSOR_INVALID: [404, 'refusedPage'],
  SLA_POLICIES_UNAVAILABLE: [409, 'refusedPolicies'],
  CALENDAR_CLOSED: [409, 'refusedCalendar'],
  TIME_ZONE_UNKNOWN: [409, 'refusedZone'],
  DATABASE_ENCODING: [422, 'refusedEncoding'],
  DATABASE_UNREACHABLE: [503, 'refusedUnreachable'],
  DATABASE_READ_ONLY: [503, 'refusedReadOnly'],
  DATABASE_BUSY: [503, 'refusedBusy'],
  DATABASE_EXHAUSTED: [503, 'refusedExhausted'],
  DATABASE_PERMISSION: [503, 'refusedPermission'],
  DATABASE_POOLER: [503, 'refusedPooler'],
  OUTCOME_UNKNOWN: [503, 'refusedOutcome'],
  MIGRATIONS_PENDING: [503, 'refusedMigrations'],
  SCHEMA_NEWER: [503, 'refusedSchema'],
  CLOSED: [503, 'refusedClosed'],
};

/** The error codes for which pages have a text. */
export const errorCodesWithPageText = Object.keys(answers) as ErrorCode[];

/**
 * Returns how a page shows an expected error; undefined for any other error. The messages of errors that operators
 * cannot solve are logged and not shown, because they name servers and roles.
 */
export function toActionRefusal(
  error: unknown,
  log?: Logger,
  changed: WorkspaceTextKey = 'hintChanged',
): ActionRefusal | undefined {
  if (!isCairnloopError(error)) return undefined;
  const answer = answers[error.code];
  if (!answer) return undefined;
  const [status, general] = answer;
  if (status === 503) log?.error({ code: error.code, reason: errorText(error) }, 'an operator’s request failed');
  const title = error.code === 'CONVERSATION_CHANGED' ? countedTitle(error as Changed) : translate(general);
  return { status, notice: { tone: status === 409 ? 'conflict' : 'error', title, text: explanation(error, changed) } };
}

const draftStates: Partial<Record<string, WorkspaceTextKey>> = {
  pending: 'stateWaiting',
  prepared: 'statePrepared',
  approved: 'stateApproved',
  edited: 'stateEdited',
  allowed: 'stateAllowed',
  discarded: 'stateDiscarded',
  denied: 'stateDenied',
  superseded: 'stateSuperseded',
};

function draftState(status: string): string {
  const key = draftStates[status];
  return key ? translate(key) : status;
}

type Changed = CairnloopError<'CONVERSATION_CHANGED'>;

const countedTitle = ({ details: { newer } }: Changed) => translateCount('newSinceOpened', newer);

function explanation(error: CairnloopError, changed: WorkspaceTextKey): string {
  switch (error.code) {
    case 'DRAFT_NOT_PENDING':
      return translate('draftNotPending', {
        status: draftState((error as CairnloopError<'DRAFT_NOT_PENDING'>).details.status),
      });
    case 'CONVERSATION_RESOLVED':
      return translate('hintResolved');
    case 'CONVERSATION_CHANGED':
      return translate(changed);
    case 'ASSIGNEE_CHANGED':
      return otherOwner(error as CairnloopError<'ASSIGNEE_CHANGED'>);
    case 'DELIVERY_SCHEDULED':
      return translate('hintScheduled');
    case 'INPUT_INVALID':
      return inputProblems(error as CairnloopError<'INPUT_INVALID'>);
    case 'OUTCOME_UNKNOWN':
      return translate('hintOutcome');
    case 'DATABASE_READ_ONLY':
      return translate('hintReadOnly');
    case 'DATABASE_UNREACHABLE':
    case 'DATABASE_BUSY':
    case 'CLOSED':
      return translate('hintAgain');
    case 'DATABASE_ENCODING':
      return translate('hintEncoding');
    case 'DATABASE_EXHAUSTED':
    case 'DATABASE_PERMISSION':
    case 'DATABASE_POOLER':
    case 'MIGRATIONS_PENDING':
    case 'SCHEMA_NEWER':
      return translate('hintLog');
    case 'SLA_POLICIES_UNAVAILABLE':
    case 'CALENDAR_CLOSED':
    case 'TIME_ZONE_UNKNOWN':
      return translate('hintTerms');
    case 'NOTIFIER_REQUIRED':
      return translate('hintNotifier');
    case 'BATCH_EMPTY':
      return translate('hintSelect');
    case 'BATCH_TOO_LARGE':
      return tooMany(error as CairnloopError<'BATCH_TOO_LARGE'>);
    case 'SLA_POLICY_REJECTED':
      return translate('hintPolicy', { reason: (error as CairnloopError<'SLA_POLICY_REJECTED'>).details.reason });
    case 'CONVERSATION_NOT_FOUND':
    case 'DRAFT_NOT_FOUND':
    case 'DELIVERY_NOT_FOUND':
      return translate('hintGone');
    case 'CURSOR_INVALID':
      return translate('hintFirstPage');
    default:
      return translate('hintUpToDate');
  }
}

function otherOwner({ details: { assignee } }: CairnloopError<'ASSIGNEE_CHANGED'>): string {
  return assignee ? translate('otherOwner', { name: assignee.name ?? assignee.id }) : translate('givenBack');
}

function tooMany({ details: { found, max } }: CairnloopError<'BATCH_TOO_LARGE'>): string {
  return translate('tooMany', { found, max });
}

function inputProblems(error: CairnloopError<'INPUT_INVALID'>): string {
  const problems = error.details.problems.map(({ path, found }) =>
    translate('inputProblem', { path: inputFieldName(path), found: translateFoundValue(found) }),
  );
  return translate('inputProblems', { problems: problems.join('; ') });
}
