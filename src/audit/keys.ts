import { createHmac, timingSafeEqual } from 'node:crypto';
import type { AuditConfig } from '../config/config-types.js';

/** A key that signs the record. Its secret cannot be read. */
export interface AuditKey {
  /** Derived from the secret, stored with each line that it signed. */
  id: string;
  sign(text: string): string;
  signed(text: string, mac: string | null | undefined): boolean;
}

/** The keys of the config: `current` signs, all of them check. */
export interface AuditKeys {
  current: AuditKey | null;
  byId: ReadonlyMap<string, AuditKey>;
}

export const noAuditKeys: AuditKeys = { current: null, byId: new Map() };

export function auditKeysOf({ key, previousKeys }: AuditConfig): AuditKeys {
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

/** The text that is signed for every audit line. Its hash covers the line and all before it. */
export const signedLineText = (hash: string): string => `cairnloop audit line\n${hash}`;

/** The text that is signed for the end of the audit record, so that removed last lines are noticed. */
export const signedChainEndText = (seq: number, hash: string): string => `cairnloop audit end\n${seq}\n${hash}`;
