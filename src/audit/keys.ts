import { createHmac, timingSafeEqual } from 'node:crypto';
import type { AuditConfig } from '../config/config-types.js';

/** A key that signs the audit record. Its secret cannot be read from it. */
export interface AuditKey {
  /** The id of the key, which is derived from the secret and stored with each event that the key signed. */
  id: string;
  sign(text: string): string;
  signed(text: string, mac: string | null | undefined): boolean;
}

/** The audit keys of the config: `current` signs new events, all of them verify signatures. */
export interface AuditKeys {
  current: AuditKey | null;
  byId: ReadonlyMap<string, AuditKey>;
}

export const noAuditKeys: AuditKeys = { current: null, byId: new Map() };

export function toAuditKeys({ key, previousKeys }: AuditConfig): AuditKeys {
  if (!key) return noAuditKeys;
  const current = auditKey(key);
  const all = [current, ...(previousKeys ?? []).map(auditKey)];
  return { current, byId: new Map(all.map((known) => [known.id, known])) };
}

function auditKey(secret: string): AuditKey {
  const hmac = (text: string) => createHmac('sha256', secret).update(text);
  return {
    id: hmac('cairnloop audit key id').digest('hex').slice(0, 16),
    sign: (text) => hmac(text).digest('hex'),
    signed: (text, mac) => {
      const expected = hmac(text).digest();
      const found = Buffer.from(mac ?? '', 'hex');
      return found.length === expected.length && timingSafeEqual(found, expected);
    },
  };
}

/**
 * The text that is signed for an audit event. It contains the hash, which covers the event and every event before it.
 */
export const signedAuditEventText = (hash: string): string => `cairnloop audit line\n${hash}`;

/** The text that is signed for the end of the audit record, so that a removal of its last events is noticed. */
export const signedChainEndText = (seq: number, hash: string): string => `cairnloop audit end\n${seq}\n${hash}`;
