import type { Actor } from '../contracts/domain.js';

/** The text that replaces the customer's id in what is kept about an erasure. */
const mark = '[erased]';

/** The actor who is recorded when customers erase their own data. */
const theCustomer: Actor = { id: 'system:customer' };

/** Replaces the customer's id in a text of the host, in upper or lower case, where it is a whole word. */
export function redactActorIdInText(text: string, actorId: string): string {
  const literal = actorId.trim().replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  if (literal === '') return text;
  return text.replace(new RegExp(`(?<![\\p{L}\\p{N}])${literal}(?![\\p{L}\\p{N}])`, 'giu'), mark);
}

/** The actor of an erasure without the customer's id: customers may erase their own data. */
export function redactActorId(actor: Actor, actorId: string): Actor {
  if (actor.id === actorId) return theCustomer;
  const { id, name } = actor;
  return {
    id: redactActorIdInText(id, actorId),
    ...(name !== undefined && { name: redactActorIdInText(name, actorId) }),
  };
}
