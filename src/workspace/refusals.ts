import { type CairnloopError, type ErrorCode, isCairnloopError } from '../foundation/errors.js';
import type { Notice } from './page-context.js';

/** An expected failure as a page answers it. */
export interface Refusal {
  status: 404 | 409 | 422;
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
};

/** What an expected failure means to an operator; undefined for one that is not theirs to solve. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (!isCairnloopError(error)) return undefined;
  const answer = answers[error.code];
  if (!answer) return undefined;
  const [status, general] = answer;
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
    case 'DELIVERY_SCHEDULED':
      return 'Nothing was sent. Choose Send now to send it before its time.';
    case 'INPUT_INVALID':
      return inputProblems(error as CairnloopError<'INPUT_INVALID'>);
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

function tooMany({ details: { found, max } }: CairnloopError<'BATCH_TOO_LARGE'>): string {
  return `You chose ${found} conversations; at most ${max} can be written to at once. Choose fewer.`;
}

function inputProblems(error: CairnloopError<'INPUT_INVALID'>): string {
  const problems = error.details.problems.map(({ path, found }) => `${path}: found ${found}`);
  return `Nothing was changed (${problems.join('; ')}). What you wrote is still here.`;
}
