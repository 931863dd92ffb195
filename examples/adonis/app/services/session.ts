import { createHash, timingSafeEqual } from 'node:crypto';
import type { Actor } from 'cairnloop';

/**
 * Stands where your own session goes: look the cookie up in your session store, and answer null for everybody who is
 * not an operator. Here one secret, `OPERATOR_SESSION`, is the only session; while it is unset nobody is signed in.
 */
export function operatorOf(cookies: string | null | undefined): Actor | null {
  return holds(cookies, 'session', process.env.OPERATOR_SESSION) ? { id: 'op_7', name: 'Maya' } : null;
}

/** The same for your customers: the one session is `CUSTOMER_SESSION`. The id is the `actorId` of their conversations. */
export function customerOf(cookies: string | null | undefined): Actor | null {
  return holds(cookies, 'customer', process.env.CUSTOMER_SESSION) ? { id: 'customer-42', name: 'Ada' } : null;
}

function holds(cookies: string | null | undefined, name: string, secret: string | undefined): boolean {
  const session = new RegExp(`(?:^|;\\s*)${name}=([^;]+)`).exec(cookies ?? '')?.[1];
  return session !== undefined && secret !== undefined && isSame(session, secret);
}

/** Takes the same time however much of it is right. */
function isSame(given: string, secret: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(secret));
}
