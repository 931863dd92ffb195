import { createHash, timingSafeEqual } from 'node:crypto';
import type { Actor } from 'cairnloop';

/**
 * Stands where your own session goes (`auth()`, or your store by the cookie): answer null for everybody who is not an
 * operator. Here one secret, `OPERATOR_SESSION`, is the only session; while it is unset nobody is signed in.
 */
export function operatorOf(cookies: string | null): Actor | null {
  const session = /(?:^|;\s*)session=([^;]+)/.exec(cookies ?? '')?.[1];
  const secret = process.env.OPERATOR_SESSION;
  if (!session || !secret || !isSame(session, secret)) return null;
  return { id: 'op_7', name: 'Maya' };
}

/** Takes the same time however much of it is right. */
function isSame(given: string, secret: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(secret));
}
