import { createHmac } from 'node:crypto';

export const signingSecretPrefix = 'whsec_';

/**
 * Reads the key from a secret of Standard Webhooks, which is `whsec_` and the key in base64; null for any other text.
 */
export function parseSigningKey(secret: string): Buffer | null {
  if (!secret.startsWith(signingSecretPrefix)) return null;
  const text = secret.slice(signingSecretPrefix.length);
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return null;
  const key = Buffer.from(text, 'base64');
  return key.length < minSigningKeyBytes ? null : key;
}

/** Shortest key that Standard Webhooks allows, in bytes. */
export const minSigningKeyBytes = 24;

/** The headers of a signed message of Standard Webhooks. */
export interface SignatureHeaders {
  'webhook-id': string;
  'webhook-timestamp': string;
  'webhook-signature': string;
}

/** Signs a body with every key, so that receivers verify it with the old or the new one while a secret is rotated. */
export function signWebhookBody(keys: readonly Buffer[], id: string, at: Date, body: string): SignatureHeaders {
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
