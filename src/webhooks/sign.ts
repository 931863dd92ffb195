import { createHmac } from 'node:crypto';

export const secretPrefix = 'whsec_';

/**
 * Reads the key from a secret of Standard Webhooks, which is `whsec_` and the key in base64; null for any other text.
 */
export function signingKey(secret: string): Buffer | null {
  if (!secret.startsWith(secretPrefix)) return null;
  const text = secret.slice(secretPrefix.length);
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return null;
  const key = Buffer.from(text, 'base64');
  return key.length < minKeyBytes ? null : key;
}

/** Shortest key that Standard Webhooks allows, in bytes. */
export const minKeyBytes = 24;

/** The headers of a signed message of Standard Webhooks. */
export interface SignedHeaders {
  'webhook-id': string;
  'webhook-timestamp': string;
  'webhook-signature': string;
}

/** Signs a body with every key, so that receivers verify it with the old or the new one while a secret is rotated. */
export function signBody(keys: readonly Buffer[], id: string, at: Date, body: string): SignedHeaders {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const signatures = keys.map((key) =>
    createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64'),
  );
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.map((signature) => `v1,${signature}`).join(' '),
  };
}
