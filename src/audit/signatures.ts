import type { SealedAuditEvent } from './hash-chain.js';
import { type AuditKeys, signedAuditEventText } from './keys.js';

/** The signing keys of the audit events that were read so far. */
export interface AuditSignatures {
  /** The first audit event that is signed. */
  since: { seq: number; at: string } | null;
  /** The id of the key that signed the last event read. */
  last: string | null;
  /** Ids of keys that a later key has replaced. */
  retired: ReadonlySet<string>;
  /** Ids of keys that signed an event and are not in the config. */
  unknown: ReadonlySet<string>;
}

export const noAuditSignatures: AuditSignatures = { since: null, last: null, retired: new Set(), unknown: new Set() };

/** Checks the signature of one audit event; `fault` says why it cannot be what was sealed. Pure. */
export function checkEventSignature(
  before: AuditSignatures,
  event: SealedAuditEvent,
  keys: AuditKeys,
): { signatures: AuditSignatures; fault: string | null } {
  const keyId = event.keyId ?? null;
  const fault = signatureFault(before, event, keyId, keys);
  if (keyId === before.last || fault) return { signatures: before, fault };
  const since = before.since ?? { seq: event.seq, at: new Date(event.at).toISOString() };
  const retired = before.last === null ? before.retired : new Set([...before.retired, before.last]);
  const unknown = keyId !== null && !keys.byId.has(keyId) ? new Set([...before.unknown, keyId]) : before.unknown;
  return { signatures: { since, last: keyId, retired, unknown }, fault };
}

function signatureFault(
  before: AuditSignatures,
  event: SealedAuditEvent,
  keyId: string | null,
  keys: AuditKeys,
): string | null {
  if (keyId === null) {
    return before.last === null && !event.mac ? null : `event ${event.seq} is not signed, but the events before it are`;
  }
  if (before.retired.has(keyId)) return `event ${event.seq} is signed with key ${keyId}, which was replaced before`;
  const key = keys.byId.get(keyId);
  return !key || key.signed(signedAuditEventText(event.hash), event.mac)
    ? null
    : `event ${event.seq} was not signed by the key ${keyId} that it names`;
}
