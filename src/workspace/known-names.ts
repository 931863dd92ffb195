import type { ContextReader } from '../context/context-reader.js';
import type { Actor } from '../contracts/domain.js';
import type { ThreadDetails } from './model.js';

type Names = Pick<ContextReader, 'knownName'>;

/** Adds customer names to rows that show only a customer's id, from the facts that the host returned last. */
export function addCustomerNamesToRows<Row extends { customer: string | null; actorId?: string | null }>(
  rows: readonly Row[],
  names: Names,
): Row[] {
  return rows.map((row) => ({ ...row, customer: nameOf(row, names) }));
}

export function addCustomerNameToThread(thread: ThreadDetails, names: Names): ThreadDetails {
  const { customer, conversation } = thread;
  return {
    ...thread,
    customer: nameOf({ customer, actorId: conversation.actorId }, names),
    audit: withActorNames(thread.audit, names),
  };
}

export function withActorNames<Line extends { actor: Actor }>(lines: readonly Line[], names: Names): Line[] {
  return lines.map((line) => ({ ...line, actor: withActorName(line.actor, names) }));
}

/** Adds the customer's name to an actor without a name, if the host's facts name a customer with the actor's id. */
export function withActorName(actor: Actor, names: Names): Actor {
  const name = actor.name ? null : names.knownName(actor.id);
  return name === null ? actor : { ...actor, name };
}

function nameOf({ customer, actorId = null }: { customer: string | null; actorId?: string | null }, names: Names) {
  return customer === actorId ? (names.knownName(actorId) ?? customer) : customer;
}
