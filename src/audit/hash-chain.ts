import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { AuditEvent } from '../contracts/domain.js';

/** An audit event as it is hashed: `at` is text where a Date would lose what is stored, below a millisecond. */
export type ChainEvent = Omit<AuditEvent, 'at'> & { at: Date | string };

/** An audit event in its place in the chain: `seq` counts from 1, `hash` is SHA-256 in hexadecimal. */
export interface SealedEvent extends ChainEvent {
  seq: number;
  hash: string;
}

/** The end of a chain: what the next event is sealed onto. */
export interface Link {
  seq: number;
  hash: string;
}

/** What the first event is sealed onto. */
export const chainStart: Link = { seq: 0, hash: '0'.repeat(64) };

export interface BrokenLink {
  /** The first place at which the record is not what was sealed. */
  seq: number;
  /** The event found there; null where it is gone. */
  eventId: string | null;
  reason: string;
}

/** How far a chain holds: `end` is the last link before `broken`, or of the whole chain. */
export interface ChainCheck {
  end: Link;
  broken: BrokenLink | null;
}

/**
 * The hash of the event at `seq`: SHA-256 over the hash before it, a line feed, and the event with its `seq` as
 * canonical JSON (RFC 8785), all in UTF-8. `at` is ISO-8601 in UTC with three digits of a second, or with all that are
 * stored where there are more: a record of 0.1 holds three, so its hashes stay what they are.
 */
export function hashEvent(previousHash: string, seq: number, event: ChainEvent): string {
  const { id, at, actor, action, conversationId, subjectId, detail } = event;
  const sealed = canonicalize({ seq, id, at, actor, action, conversationId, subjectId, detail });
  return createHash('sha256').update(`${previousHash}\n${sealed}`).digest('hex');
}

/** Gives events, in their order, the places after `end`. */
export function sealEvents(end: Link, events: readonly ChainEvent[]): SealedEvent[] {
  let last = end;
  return events.map((event) => {
    const seq = last.seq + 1;
    const sealed = { ...event, seq, hash: hashEvent(last.hash, seq, event) };
    last = sealed;
    return sealed;
  });
}

/** Checks events in the order of their `seq` against the chain up to `from`; stops at the first that does not fit. */
export function verifyChain(events: Iterable<SealedEvent>, from: Link = chainStart): ChainCheck {
  let end = from;
  for (const event of events) {
    const broken = faultOf(end, event);
    if (broken) return { end, broken };
    end = { seq: event.seq, hash: event.hash };
  }
  return { end, broken: null };
}

function faultOf(end: Link, event: SealedEvent): BrokenLink | null {
  const seq = end.seq + 1;
  if (event.seq > seq) return { seq, eventId: null, reason: `event ${seq} is gone; ${event.seq} follows ${end.seq}` };
  if (event.seq < seq) return { seq, eventId: event.id, reason: `event ${event.seq} stands where ${seq} belongs` };
  if (hashOrNone(end.hash, event) === event.hash) return null;
  return { seq, eventId: event.id, reason: `event ${seq} or its hash was changed after it was sealed` };
}

/** Detail that was tampered with may hold what canonical JSON cannot say, such as a number beyond all bounds. */
function hashOrNone(previousHash: string, event: SealedEvent): string | undefined {
  try {
    return hashEvent(previousHash, event.seq, event);
  } catch {
    return undefined;
  }
}
