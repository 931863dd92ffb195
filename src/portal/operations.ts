import { z } from 'zod';
import { type CustomerConversation, type CustomerMessage, csatRatings } from '../contracts/domain.js';
import { maxCustomerName } from '../conversations/customer.js';
import { isId } from '../validation/input.js';
import type { PortalPageContext, PortalServices } from './handler.js';
import { RequestProblem, rateLimitProblem } from './problems.js';

/** The longest message that a customer may send, in characters. */
export const maxMessageLength = 20_000;
export const maxSubjectLength = 200;

/** The dedupe key of a write; without a key, a repeated request writes again. */
interface Write {
  key: string | undefined;
}

/** Opens a conversation for this customer and returns it with its message. */
export async function openConversation(
  services: PortalServices,
  { customer }: PortalPageContext,
  { subject, message, key }: Write & { subject: string; message: string },
): Promise<CustomerConversation> {
  requireMessage(message);
  if (subject.length > maxSubjectLength)
    throw new RequestProblem('INPUT_INVALID', {
      message: `subject: expected a text of up to ${maxSubjectLength} characters`,
    });
  await takeTurn(services, customer.id, key && `open ${key}`);
  const { conversations } = services.api;
  const { id } = await conversations.open({
    actorId: customer.id,
    ...(customer.name !== undefined && { customer: { name: customer.name.slice(0, maxCustomerName) } }),
    ...(customer.hostUserId !== undefined && { hostUserId: customer.hostUserId }),
    ...(subject.trim() && { subject }),
    message,
    ...(key !== undefined && { dedupeKey: key }),
  });
  return conversations.getForCustomer(customer.id, id);
}

/** Adds a message to a conversation. Throws `CONVERSATION_NOT_FOUND` if it is not this customer's. */
export async function writeMessage(
  services: PortalServices,
  { customer }: PortalPageContext,
  id: string,
  { message, key }: Write & { message: string },
): Promise<CustomerMessage> {
  await requireOwn(services, customer.id, id);
  requireMessage(message);
  await takeTurn(services, customer.id, key && `message ${id} ${key}`);
  const written = await services.api.conversations.receive(id, {
    content: message,
    ...(key !== undefined && { dedupeKey: key }),
  });
  return { id: written.id, from: 'customer', name: null, content: written.content, createdAt: written.createdAt };
}

/**
 * Rates a conversation of this customer; repeating the same rating writes nothing. Only the first rating uses the
 * dedupe key: later changes could escape the write limit by reusing known keys.
 */
export async function rateConversation(
  services: PortalServices,
  { customer }: PortalPageContext,
  id: string,
  given: string,
  key: string | undefined,
): Promise<void> {
  const { csatRating } = await requireOwn(services, customer.id, id);
  const rating = z.enum(csatRatings).safeParse(given);
  if (!rating.success)
    throw new RequestProblem('INPUT_INVALID', { message: `rating: expected one of ${csatRatings.join(', ')}` });
  if (rating.data === csatRating) return;
  await takeTurn(services, customer.id, csatRating === null && key ? `rate ${id} ${key}` : undefined);
  await services.api.conversations.submitCsat(id, rating.data);
}

/** Loads a conversation of this customer. Throws `CONVERSATION_NOT_FOUND` for another customer's. */
async function requireOwn({ api }: PortalServices, customerId: string, id: string): Promise<CustomerConversation> {
  if (!isId(id)) throw new RequestProblem('CONVERSATION_NOT_FOUND');
  return api.conversations.getForCustomer(customerId, id, { limit: 1 });
}

function requireMessage(message: string): void {
  if (message.trim() === '') throw new RequestProblem('INPUT_INVALID', { text: 'messageBlank' });
  if (message.length > maxMessageLength)
    throw new RequestProblem('INPUT_INVALID', { text: 'messageTooLong', values: { limit: maxMessageLength } });
}

/** Counts a write towards the customer's limit. Call it last, so that a refused request does not count. */
async function takeTurn({ writes }: PortalServices, customerId: string, key: string | undefined): Promise<void> {
  const seconds = await writes.take(customerId, key);
  if (seconds > 0) throw rateLimitProblem('tooManyMessages', seconds);
}
