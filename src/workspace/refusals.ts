import type { Logger } from 'pino';
import { type CairnloopError, type ErrorCode, isCairnloopError } from '../foundation/errors.js';
import { errorText } from '../foundation/redact.js';
import type { Notice } from './page-context.js';

/** How a page shows an expected failure. */
export interface Refusal {
  status: 404 | 409 | 422 | 503;
  notice: Notice;
}

type Answer = [status: Refusal['status'], title: string];

/** What an operator may run into, and what it means to them. The message and the hint say the rest. */
const answers: Partial<Record<ErrorCode, Answer>> = {
  CONVERSATION_NOT_FOUND: [404, 'There is no such conversation.'],
  DRAFT_NOT_FOUND: [404, 'There is no such draft.'],
  DELIVERY_NOT_FOUND: [404, 'There is no such delivery.'],
  CONVERSATION_RESOLVED: [409, 'The conversation was resolved meanwhile.'],
  CONVERSATION_CHANGED: [409, 'There are new messages since you opened this.'],
  ASSIGNEE_CHANGED: [409, 'Somebody else has it by now.'],
  DRAFT_NOT_PENDING: [409, 'This draft was dealt with meanwhile.'],
  OUTBOUND_NOT_PENDING: [409, 'This message can no longer be cancelled.'],
  DELIVERY_NOT_RETRYABLE: [409, 'This delivery was dealt with meanwhile.'],
  DELIVERY_SCHEDULED: [409, 'This message is scheduled for later.'],
  SLA_NOT_ACTIVE: [409, 'The clock has changed meanwhile.'],
  SLA_POLICY_REJECTED: [409, 'The policy was not saved.'],
  NOTIFIER_REQUIRED: [409, 'A follow-up needs a notifier.'],
  BATCH_EMPTY: [422, 'No conversation is chosen.'],
  BATCH_TOO_LARGE: [422, 'These are too many at once.'],
  INPUT_INVALID: [422, 'Something in the form is missing or wrong.'],
  CURSOR_INVALID: [404, 'There is no such page.'],
  SLA_POLICIES_UNAVAILABLE: [409, 'The SLA terms cannot be read.'],
  CALENDAR_CLOSED: [409, 'The calendar of this clock has too few open hours.'],
  TIME_ZONE_UNKNOWN: [409, 'The calendar of this clock names an unknown time zone.'],
  DATABASE_ENCODING: [422, 'This text holds a character that the database cannot store.'],
  DATABASE_UNREACHABLE: [503, 'The database cannot be reached.'],
  DATABASE_READ_ONLY: [503, 'Nothing can be saved at the moment.'],
  DATABASE_BUSY: [503, 'The database is busy.'],
  DATABASE_EXHAUSTED: [503, 'The database has run out of space.'],
  DATABASE_PERMISSION: [503, 'The application lacks a right in its database.'],
  DATABASE_POOLER: [503, 'The application cannot use its connection to the database.'],
  OUTCOME_UNKNOWN: [503, 'It is unknown whether this was saved.'],
  MIGRATIONS_PENDING: [503, 'The database is not up to date.'],
  SCHEMA_NEWER: [503, 'The database is newer than this application.'],
  CLOSED: [503, 'The application is being restarted.'],
};

/** The codes that an operator's page has words for. */
export const answeredCodes = Object.keys(answers) as ErrorCode[];

/**
 * What an expected failure means to an operator; undefined for one that was not expected. One that operators cannot solve
 * is logged, for whoever can: its own words name servers and roles, and are not shown.
 */
export function refusalOf(error: unknown, log?: Logger): Refusal | undefined {
  if (!isCairnloopError(error)) return undefined;
  const answer = answers[error.code];
  if (!answer) return undefined;
  const [status, general] = answer;
  if (status === 503) log?.error({ code: error.code, reason: errorText(error) }, 'an operator’s request failed');
  const title = error.code === 'CONVERSATION_CHANGED' ? countedTitle(error as Changed) : general;
  return { status, notice: { tone: status === 409 ? 'conflict' : 'error', title, text: explanation(error) } };
}

type Changed = CairnloopError<'CONVERSATION_CHANGED'>;

const countedTitle = ({ details: { newer } }: Changed) =>
  `${newer} new message${newer === 1 ? '' : 's'} since you opened this.`;

function explanation(error: CairnloopError): string {
  switch (error.code) {
    case 'DRAFT_NOT_PENDING':
      return `It is ${(error as CairnloopError<'DRAFT_NOT_PENDING'>).details.status}; this step sent nothing more. The conversation below is up to date.`;
    case 'CONVERSATION_RESOLVED':
      return 'Nothing was sent. What you wrote is still below: reopen the conversation to send it.';
    case 'CONVERSATION_CHANGED':
      return 'Nothing was sent, and your text is kept. Read what came in, then send it or change it.';
    case 'ASSIGNEE_CHANGED':
      return otherOwner(error as CairnloopError<'ASSIGNEE_CHANGED'>);
    case 'DELIVERY_SCHEDULED':
      return 'Nothing was sent. Choose Send now to send it before its time.';
    case 'INPUT_INVALID':
      return inputProblems(error as CairnloopError<'INPUT_INVALID'>);
    case 'OUTCOME_UNKNOWN':
      return 'The connection to the database broke meanwhile. Look at the conversation before you do it again.';
    case 'DATABASE_READ_ONLY':
      return `The database takes no changes, as while it moves to another server. ${tryAgain}`;
    case 'DATABASE_UNREACHABLE':
    case 'DATABASE_BUSY':
    case 'CLOSED':
      return tryAgain;
    case 'DATABASE_ENCODING':
      return 'Nothing was changed. Leave out unusual symbols, then send it again.';
    case 'DATABASE_EXHAUSTED':
    case 'DATABASE_PERMISSION':
    case 'DATABASE_POOLER':
    case 'MIGRATIONS_PENDING':
    case 'SCHEMA_NEWER':
      return 'Nothing was changed. Tell whoever runs this application: the reason is in its log.';
    case 'SLA_POLICIES_UNAVAILABLE':
    case 'CALENDAR_CLOSED':
    case 'TIME_ZONE_UNKNOWN':
      return 'Nothing was changed. Tell whoever keeps the SLA terms of this application.';
    case 'NOTIFIER_REQUIRED':
      return 'The application has nothing that hands messages over: its config needs a notifier.';
    case 'BATCH_EMPTY':
      return 'Choose Select in the queue and tick the conversations to write to.';
    case 'BATCH_TOO_LARGE':
      return tooMany(error as CairnloopError<'BATCH_TOO_LARGE'>);
    default:
      return `${error.message} ${error.hint}`;
  }
}

const tryAgain = 'Nothing was changed. Try again in a moment.';

function otherOwner({ details: { assignee } }: CairnloopError<'ASSIGNEE_CHANGED'>): string {
  if (!assignee) return 'It was given back meanwhile, and nothing was changed. Take it if you want it.';
  return `${assignee.name ?? assignee.id} took it meanwhile, and nothing was changed. Take it over if you agreed on that.`;
}

function tooMany({ details: { found, max } }: CairnloopError<'BATCH_TOO_LARGE'>): string {
  return `You chose ${found} conversations; at most ${max} can be written to at once. Choose fewer.`;
}

function inputProblems(error: CairnloopError<'INPUT_INVALID'>): string {
  const problems = error.details.problems.map(({ path, found }) => `${path}: found ${found}`);
  return `Nothing was changed (${problems.join('; ')}). What you wrote is still here.`;
}
