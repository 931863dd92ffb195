import { type CairnloopError, type ErrorCode, isCairnloopError } from '../foundation/errors.js';
import type { FormReadFailure } from '../http/read-form.js';
import { fillPlaceholders, type LocalizedPortalTexts, type PortalTextKey } from './strings/strings.js';

/** The HTTP status of each `error.code` in responses. */
const statuses = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  TOKEN_INVALID: 403,
  NOT_FOUND: 404,
  CONVERSATION_NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  REQUEST_TIMEOUT: 408,
  BODY_TOO_LARGE: 413,
  CONTENT_TYPE_UNSUPPORTED: 415,
  INPUT_INVALID: 422,
  RATE_LIMITED: 429,
  INTERNAL: 500,
  UNAVAILABLE: 503,
} as const;

export type RequestProblemCode = keyof typeof statuses;
export type RequestProblemStatus = (typeof statuses)[RequestProblemCode];

export interface RequestProblemDetails {
  /** The key of the text that a page shows to the customer. */
  text?: PortalTextKey;
  values?: Record<string, string | number>;
  /** Message for developers, in English, which API clients get instead of the page's text. */
  message?: string;
  headers?: Record<string, string>;
}

/** An error that refuses a request, with its HTTP status and its texts. */
export class RequestProblem extends Error {
  readonly code: RequestProblemCode;
  readonly status: RequestProblemStatus;
  readonly details: RequestProblemDetails;

  constructor(code: RequestProblemCode, details: RequestProblemDetails = {}) {
    super(code);
    this.code = code;
    this.status = statuses[code];
    this.details = details;
  }

  /** Returns the text for the customer, in their language. */
  textIn({ texts }: LocalizedPortalTexts): string {
    const key = this.details.text ?? usualTexts[this.code] ?? (this.status >= 500 ? 'failed' : 'notSent');
    return fillPlaceholders(texts[key], this.details.values ?? {});
  }

  /** Returns the message for an API client, or the customer's text if there is none. */
  messageIn(localized: LocalizedPortalTexts): string {
    return this.details.message ?? this.textIn(localized);
  }
}

const usualTexts: Partial<Record<RequestProblemCode, PortalTextKey>> = {
  NOT_FOUND: 'pageNotFound',
  METHOD_NOT_ALLOWED: 'pageNotFound',
  CONVERSATION_NOT_FOUND: 'conversationNotFound',
  TOKEN_INVALID: 'formExpired',
};

const known: Partial<Record<ErrorCode, RequestProblemCode>> = {
  CONVERSATION_NOT_FOUND: 'CONVERSATION_NOT_FOUND',
  INPUT_INVALID: 'INPUT_INVALID',
  CURSOR_INVALID: 'INPUT_INVALID',
  DATABASE_UNREACHABLE: 'UNAVAILABLE',
};

/** Creates the problem of a reached rate limit; `seconds` is the time until the next attempt. */
export function rateLimitProblem(text: PortalTextKey, seconds: number): RequestProblem {
  return new RequestProblem('RATE_LIMITED', { text, values: { seconds }, headers: { 'retry-after': String(seconds) } });
}

/** Converts any error to a `RequestProblem`; an error that the customer cannot solve becomes `INTERNAL`. */
export function toRequestProblem(error: unknown): RequestProblem {
  if (error instanceof RequestProblem) return error;
  const code = (isCairnloopError(error) && known[error.code]) || 'INTERNAL';
  if (code !== 'INPUT_INVALID') return new RequestProblem(code);
  return new RequestProblem(code, { message: inputProblems(error as CairnloopError) });
}

/** Describes invalid input without the values found, which may be the customer's text. */
function inputProblems(error: CairnloopError): string {
  if (error.code !== 'INPUT_INVALID') return 'The cursor is invalid.';
  const { problems } = (error as CairnloopError<'INPUT_INVALID'>).details;
  return problems.map(({ path, expected }) => `${path}: expected ${expected}`).join('; ');
}

export const maxRequestBodyBytes = 256 * 1024;

/** Creates the problem for a request body that could not be read. */
export function unreadBodyProblem(why: FormReadFailure): RequestProblem {
  switch (why) {
    case 'too large':
      return new RequestProblem('BODY_TOO_LARGE', {
        message: `Request body too large (limit ${maxRequestBodyBytes} bytes).`,
      });
    case 'too slow':
      return new RequestProblem('REQUEST_TIMEOUT', { message: 'The request body did not arrive in time.' });
    case 'malformed':
      return new RequestProblem('INPUT_INVALID', { message: 'The request body cannot be parsed.' });
    case 'already read':
      return new RequestProblem('INTERNAL', { message: bodyAlreadyReadMessage });
  }
}

export const bodyAlreadyReadMessage =
  'The request body was read before it reached the portal, and request.body holds nothing of it. ' +
  'Mount the portal before the body parser of your framework (docs/workspace.md of cairnloop, "Where to mount").';
