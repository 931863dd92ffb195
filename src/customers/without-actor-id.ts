import type { Actor } from '../contracts/domain.js';

/** Replaces the customer's id in the data that is kept of an erasure. */
const mark = '[erased]';

/** Who erased, where it was the customer. */
const theCustomer: Actor = { id: 'system:customer' };

/** Replaces the customer's id in a text of the host's, in upper or lower case, where it is a whole word. */
export function withoutActorId(text: string, actorId: string): string {
  const literal = actorId.trim().replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  if (literal === '') return text;
  return text.replace(new RegExp(`(?<![\\p{L}\\p{N}])${literal}(?![\\p{L}\\p{N}])`, 'giu'), mark);
}

/** Who erased, without the customer's id: customers may erase themselves. */
export function actorWithoutId(actor: Actor, actorId: string): Actor {
  if (actor.id === actorId) return theCustomer;
  const { id, name } = actor;
  return { id: withoutActorId(id, actorId), ...(name !== undefined && { name: withoutActorId(name, actorId) }) };
}
