import type { ContextReader } from '../context/context-reader.js';
import type { QueueRow, ThreadDetails } from './model.js';
import type { QueuePage } from './queries/queue.js';

type Names = Pick<ContextReader, 'knownName'>;

/** Adds customer names to queue rows that show only an id, from the facts that the host returned last. */
export function addKnownCustomerNames(page: QueuePage, names: Names): QueuePage {
  return { ...page, rows: page.rows.map((row) => ({ ...row, customer: nameOf(row, names) })) };
}

export function addKnownCustomerName(thread: ThreadDetails, names: Names): ThreadDetails {
  const { customer, conversation } = thread;
  return { ...thread, customer: nameOf({ customer, actorId: conversation.actorId }, names) };
}

function nameOf({ customer, actorId }: Pick<QueueRow, 'customer' | 'actorId'>, names: Names): string | null {
  return customer === actorId ? (names.knownName(actorId) ?? customer) : customer;
}
