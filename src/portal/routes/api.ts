import { eventStreamHeaders } from '../../http/live-streams.js';
import { csrfTokenHeader, identifyCustomer } from '../access.js';
import type { ChangedConversationsByCustomer } from '../customer-changes.js';
import { type PortalContext, type PortalHandler, pathParameter } from '../handler.js';
import { openConversation, rateConversation, writeMessage } from '../operations.js';
import { RequestProblem } from '../problems.js';

/** Lists the customer's conversations, the one with the latest message first. */
export const listConversations: PortalHandler = async (c, { api }) => {
  const { customer } = c.get('pageContext');
  const cursor = c.req.query('cursor') ?? null;
  return read(c, await api.conversations.forCustomer(customer.id, { cursor, ...limitOf(c) }));
};

/** Returns one conversation with its newest messages, or those before a given message. Does not mark it as read. */
export const getConversation: PortalHandler = async (c, { api }) => {
  const before = c.req.query('before');
  const input = { ...(before !== undefined && { before }), ...limitOf(c) };
  return read(
    c,
    await api.conversations.getForCustomer(c.get('pageContext').customer.id, pathParameter(c, 'id'), input),
  );
};

export const postConversation: PortalHandler = async (c, services) => {
  const [subject = '', message = ''] = fields(c, 'subject', 'message');
  return c.json(await openConversation(services, c.get('pageContext'), { subject, message, key: keyOf(c) }), 201);
};

export const postMessage: PortalHandler = async (c, services) => {
  const [message = ''] = fields(c, 'message');
  return c.json(
    await writeMessage(services, c.get('pageContext'), pathParameter(c, 'id'), { message, key: keyOf(c) }),
    201,
  );
};

export const postRating: PortalHandler = async (c, services) => {
  const [rating = ''] = fields(c, 'rating');
  const [pageContext, id] = [c.get('pageContext'), pathParameter(c, 'id')];
  await rateConversation(services, pageContext, id, rating, keyOf(c));
  return c.json(await services.api.conversations.getForCustomer(pageContext.customer.id, id));
};

/** Marks the messages up to the one that the request names as read. */
export const postReadMark: PortalHandler = async (c, { api }) => {
  const [messageId] = fields(c, 'messageId');
  const input = messageId ? { messageId } : {};
  return c.json(
    await api.conversations.markReadForCustomer(c.get('pageContext').customer.id, pathParameter(c, 'id'), input),
  );
};

/** Streams the ids of the customer's changed conversations as server-sent events; `*` if any may have changed. */
export const streamChanges: PortalHandler = (c, services) => {
  if (c.req.method === 'HEAD') return c.body(null, 200, eventStreamHeaders);
  const personId = c.get('pageContext').customer.id;
  return services.streams.open({
    personId,
    signal: c.req.raw.signal,
    tell: (news: ChangedConversationsByCustomer) => {
      const ids = news === null ? ['*'] : news.get(personId);
      return ids ? `event: changed\ndata: ${ids.join(',')}\n\n` : null;
    },
    caughtUp: 'event: changed\ndata: *\n\n',
    async isStillSignedIn() {
      const identity = await identifyCustomer(c, services);
      return identity.state === 'known' && identity.person.id === personId;
    },
  });
};

/** Returns JSON with the CSRF token for the next write. */
function read(c: PortalContext, body: object): Response {
  return c.json(body, 200, { [csrfTokenHeader]: c.get('pageContext').token });
}

function limitOf(c: PortalContext): { limit?: number } {
  const limit = c.req.query('limit');
  return limit === undefined ? {} : { limit: Number(limit) };
}

/** Reads form fields in the given order. Refuses unknown fields, which would otherwise be ignored silently. */
function fields(c: PortalContext, ...names: string[]): string[] {
  const form = c.get('form');
  const unknown = form.names.find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new RequestProblem('INPUT_INVALID', {
      message: `${unknown.slice(0, 100)}: unknown field, expected ${names.join(', ')}`,
    });
  const several = names.find((name) => form.all(name).length > 1);
  if (several !== undefined) throw new RequestProblem('INPUT_INVALID', { message: `${several}: expected one text` });
  return names.map((name) => form.text(name));
}

/** The client's `Idempotency-Key`: a repeated request with the same key writes nothing. */
function keyOf(c: PortalContext): string | undefined {
  const key = c.req.header('idempotency-key');
  if (key === undefined) return undefined;
  if (key.trim() === '' || key.length > 500)
    throw new RequestProblem('INPUT_INVALID', { message: 'Idempotency-Key: expected a text of 1 to 500 characters' });
  return key;
}
