import { createHash, timingSafeEqual } from 'node:crypto';

/**
 * Replace with your own session: look the cookie up in your session store, and return null for everybody who is not an
 * operator. Here one secret, `OPERATOR_SESSION`, is the only session; while it is unset nobody is signed in.
 *
 * @param {string | null | undefined} cookies
 * @returns {import('cairnloop').Actor | null}
 */
export function operatorOf(cookies) {
  return holds(cookies, 'session', process.env.OPERATOR_SESSION) ? { id: 'op_7', name: 'Maya' } : null;
}

/**
 * The same for your customers: the one session is `CUSTOMER_SESSION`. The id is the `actorId` of their conversations.
 *
 * @param {string | null | undefined} cookies
 * @returns {import('cairnloop').Actor | null}
 */
export function customerOf(cookies) {
  return holds(cookies, 'customer', process.env.CUSTOMER_SESSION) ? { id: 'customer-42', name: 'Ada' } : null;
}

function holds(cookies, name, secret) {
  const session = new RegExp(`(?:^|;\\s*)${name}=([^;]+)`).exec(cookies ?? '')?.[1];
  return session !== undefined && secret !== undefined && isSame(session, secret);
}

/** Takes the same time however much of it is right. */
function isSame(given, secret) {
  const digest = (text) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(secret));
}
