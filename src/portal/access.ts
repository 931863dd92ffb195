import { errorText } from '../foundation/redact.js';
import { identifySender, isPersonId, type SenderIdentity } from '../http/identify.js';
import { readForm } from '../http/read-form.js';
import { isSameOrigin, isServedHostName } from '../http/same-origin.js';
import {
  isApiRequest,
  type PortalContext,
  type PortalPageContext,
  type PortalRoute,
  type PortalServices,
} from './handler.js';
import type { PortalCustomer } from './mount-options.js';
import { bodyAlreadyReadMessage, maxRequestBodyBytes, RequestProblem, unreadBodyProblem } from './problems.js';
import { chooseLocalizedPortalTexts } from './strings/strings.js';

/** The header with the CSRF token: every GET response of the API carries one, and the next write must send it back. */
export const csrfTokenHeader = 'x-cairnloop-token';

/**
 * Identifies the customer from the host's session. Throws `RequestProblem` for an unknown host name or visitor, before
 * anything is read or rendered.
 */
export async function requireCustomer(c: PortalContext, services: PortalServices): Promise<PortalPageContext> {
  const { options, assets, tokens } = services;
  if (!isServedHostName(c.req.raw, options.hosts))
    throw new RequestProblem('FORBIDDEN', { message: 'This host name is not served here.' });
  const identity = await identifyCustomer(c, services);
  if (identity.state !== 'known')
    throw new RequestProblem('UNAUTHENTICATED', { message: 'Sign in to the application first.' });
  const customer = toCustomer(identity, services);
  const localized = chooseLocalizedPortalTexts(options.strings, c.req.header('accept-language') ?? null);
  return { base: options.base, customer, localized, token: tokens.issue(customer.id), assets };
}

/** Asks the host who sent a request; called again while a live stream is open. */
export function identifyCustomer(c: PortalContext, { runtime, options }: PortalServices): Promise<SenderIdentity> {
  const { incoming } = c.env ?? {};
  const hook = { option: 'customer', ask: options.customer };
  return identifySender(hook, c.req.raw, incoming ? { incoming } : {}, runtime.log);
}

function toCustomer(
  { person, answer }: Extract<SenderIdentity, { state: 'known' }>,
  { runtime }: PortalServices,
): PortalCustomer {
  try {
    const { hostUserId } = answer as { hostUserId?: unknown };
    if (hostUserId === undefined || hostUserId === null) return person;
    if (isPersonId(hostUserId)) return { ...person, hostUserId };
    runtime.log.warn('the customer function returned a hostUserId that is not a usable text; it is left out');
  } catch (error) {
    runtime.log.warn(
      { reason: errorText(error) },
      'reading the hostUserId of the customer function threw an error; it is left out',
    );
  }
  return person;
}

/**
 * Reads the body of a write. Throws `RequestProblem` unless the request comes from this site with this customer's CSRF
 * token.
 */
export async function verifyWriteRequest(
  c: PortalContext,
  services: PortalServices,
  route: PortalRoute | undefined,
): Promise<void> {
  // Check the origin first: the body of a request from another site is not read.
  if (!isSameOrigin(c.req.raw))
    throw new RequestProblem('FORBIDDEN', {
      message: 'The request was refused because it was not sent from this site.',
    });
  const api = isApiRequest(route, c.req.path, services.options.base);
  if (api && !/^application\/json\b/i.test(c.req.header('content-type') ?? ''))
    throw new RequestProblem('CONTENT_TYPE_UNSUPPORTED', {
      message: 'Send JSON with "content-type: application/json".',
    });
  const form = await readForm(c.req.raw, c.env?.incoming, {
    limits: { maxBytes: maxRequestBodyBytes, maxFields: 20 },
    accepts: [api ? 'json' : 'form'],
  });
  if (form === 'already read') services.runtime.log.error({ path: c.req.path }, bodyAlreadyReadMessage);
  if (typeof form === 'string') throw unreadBodyProblem(form);
  c.set('form', form);
  const token = api ? c.req.header(csrfTokenHeader) : form.text('token');
  if (!services.tokens.accepts(c.get('pageContext').customer.id, token))
    throw new RequestProblem('TOKEN_INVALID', api ? { message: tokenMissing } : {});
}

const tokenMissing = `The ${csrfTokenHeader} header is missing, expired or another customer's. Every GET below /api returns a current one in the same header.`;
