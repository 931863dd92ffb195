import { type AuditChainEvent, findErasureMarkFault, hasErasedField, hashAuditEvent } from './format.js';

export { type AuditChainEvent, hashAuditEvent };

/** A sealed audit event: `seq` is its place in the chain, from 1, `hash` is SHA-256 in hexadecimal. */
export type SealedAuditEvent = AuditChainEvent & {
  seq: number;
  hash: string;
  /** The id of the key that signed the hash, and the signature `mac`; null where no key was configured. */
  keyId?: string | null;
  mac?: string | null;
};

/** A place in the audit chain: the number of a sealed event and its hash, onto which the next event is sealed. */
export interface AuditChainLink {
  seq: number;
  hash: string;
}

/** The place before the first event of an audit chain. */
export const auditChainStart: AuditChainLink = { seq: 0, hash: '0'.repeat(64) };

export interface AuditChainBreak {
  /** The number of the first event at which the audit record differs from what was sealed. */
  seq: number;
  /** The id of the event at which the chain breaks; null where that event is gone. */
  eventId: string | null;
  reason: string;
}

/** How far an audit chain is intact: `end` is its last event, or the last event before `broken`. */
export interface AuditChainVerification {
  end: AuditChainLink;
  broken: AuditChainBreak | null;
}

/** Seals events onto the end of an audit chain, in their order. */
export function sealAuditEvents(end: AuditChainLink, events: readonly AuditChainEvent[]): SealedAuditEvent[] {
  let last = end;
  return events.map((event) => {
    const seq = last.seq + 1;
    const sealed = { ...event, seq, hash: hashAuditEvent(last.hash, seq, event) };
    last = sealed;
    return sealed;
  });
}

/**
 * Verifies that events continue the chain after `from`, in the order of their `seq`. Stops at the first that does not.
 */
export function verifyAuditChain(
  events: Iterable<SealedAuditEvent>,
  from: AuditChainLink = auditChainStart,
): AuditChainVerification {
  let end = from;
  for (const event of events) {
    const broken = faultOf(end, event);
    if (broken) return { end, broken };
    end = { seq: event.seq, hash: event.hash };
  }
  return { end, broken: null };
}

function faultOf(end: AuditChainLink, event: SealedAuditEvent): AuditChainBreak | null {
  const seq = end.seq + 1;
  if (event.seq > seq) return { seq, eventId: null, reason: `event ${seq} is gone; ${event.seq} follows ${end.seq}` };
  if (event.seq < seq)
    return { seq, eventId: event.id, reason: `event ${event.seq} stands where event ${seq} belongs` };
  const reason = sealFault(end.hash, event);
  return reason === null ? null : { seq, eventId: event.id, reason };
}

/**
 * Says what is wrong with an event's hash or erasure; null if nothing is. Hashing throws for a tampered event that
 * lacks a salt or holds a value that JSON cannot express.
 */
function sealFault(previousHash: string, event: SealedAuditEvent): string | null {
  const changed = `event ${event.seq} or its hash was changed after it was sealed`;
  const format = event.format ?? 1;
  if (format !== 1 && format !== 2) return `event ${event.seq} has the unknown format ${format}`;
  try {
    const fault = findErasureMarkFault(event);
    if (fault) return `event ${event.seq}: ${fault}`;
    // The hash of format 1 covers the erased value and cannot be computed; the digest of the erasure covers the rest.
    if (format === 1 && hasErasedField(event)) return null;
    return hashAuditEvent(previousHash, event.seq, event) === event.hash ? null : changed;
  } catch {
    return changed;
  }
}
