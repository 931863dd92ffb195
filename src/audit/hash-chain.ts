import { type ChainEvent, erasureFault, hasErasedField, hashEvent } from './format.js';

export { type ChainEvent, hashEvent };

/** An audit event in its place in the chain: `seq` counts from 1, `hash` is SHA-256 in hexadecimal. */
export type SealedEvent = ChainEvent & {
  seq: number;
  hash: string;
  /** The key that signed the hash, and its signature; null where no key was configured. */
  keyId?: string | null;
  mac?: string | null;
};

/** The end of a chain: what the next event is sealed onto. */
export interface ChainLink {
  seq: number;
  hash: string;
}

/** The link before the first event. */
export const chainStart: ChainLink = { seq: 0, hash: '0'.repeat(64) };

export interface BrokenLink {
  /** The first place at which the record is not what was sealed. */
  seq: number;
  /** The event found there; null where it is gone. */
  eventId: string | null;
  reason: string;
}

/** How far a chain holds: `end` is the last link before `broken`, or of the whole chain. */
export interface ChainCheck {
  end: ChainLink;
  broken: BrokenLink | null;
}

/** Gives events, in their order, the places after `end`. */
export function sealEvents(end: ChainLink, events: readonly ChainEvent[]): SealedEvent[] {
  let last = end;
  return events.map((event) => {
    const seq = last.seq + 1;
    const sealed = { ...event, seq, hash: hashEvent(last.hash, seq, event) };
    last = sealed;
    return sealed;
  });
}

/** Checks events in the order of their `seq` against the chain up to `from`; stops at the first that does not fit. */
export function verifyChain(events: Iterable<SealedEvent>, from: ChainLink = chainStart): ChainCheck {
  let end = from;
  for (const event of events) {
    const broken = faultOf(end, event);
    if (broken) return { end, broken };
    end = { seq: event.seq, hash: event.hash };
  }
  return { end, broken: null };
}

function faultOf(end: ChainLink, event: SealedEvent): BrokenLink | null {
  const seq = end.seq + 1;
  if (event.seq > seq) return { seq, eventId: null, reason: `event ${seq} is gone; ${event.seq} follows ${end.seq}` };
  if (event.seq < seq) return { seq, eventId: event.id, reason: `event ${event.seq} stands where ${seq} belongs` };
  const reason = sealFault(end.hash, event);
  return reason === null ? null : { seq, eventId: event.id, reason };
}

/** Tampered lines may hold what canonical JSON cannot say, or lack a salt. */
function sealFault(previousHash: string, event: SealedEvent): string | null {
  const changed = `event ${event.seq} or its hash was changed after it was sealed`;
  const format = event.format ?? 1;
  if (format !== 1 && format !== 2) return `event ${event.seq} has the unknown format ${format}`;
  try {
    const fault = erasureFault(event);
    if (fault) return `event ${event.seq}: ${fault}`;
    // The old rule cannot be applied to what was erased; the digest of its erasure covers the rest of the line.
    if (format === 1 && hasErasedField(event)) return null;
    return hashEvent(previousHash, event.seq, event) === event.hash ? null : changed;
  } catch {
    return changed;
  }
}
