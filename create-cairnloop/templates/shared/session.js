/** Replace this file with your own session: it must say who an operator is, and which customer somebody is. */
import { createHash, timingSafeEqual } from 'node:crypto';

const people = {
  operator: { secret: process.env.OPERATOR_SECRET, actor: { id: 'op_1', name: 'Olive Operator' } },
  customer: { secret: process.env.CUSTOMER_SECRET, actor: { id: 'cus_1', name: 'Carl Customer' } },
};

/** @param {string | null | undefined} cookies */
export const operatorOf = (cookies) => personOf('operator', cookies);

/** @param {string | null | undefined} cookies */
export const customerOf = (cookies) => personOf('customer', cookies);

/** The cookie that signs somebody in, or null where the secret is wrong. */
export function signIn(who, secret) {
  if (!Object.hasOwn(people, who) || !isSame(secret, people[who].secret)) return null;
  return `${who}=${secret}; Path=/; HttpOnly; SameSite=Lax`;
}

/** The lines that are printed at the start: where to sign in, and as whom. */
export function signInLinks(origin) {
  const pages = { operator: '/support', customer: '/help' };
  return Object.entries(people).map(
    ([who, { secret, actor }]) => `${actor.name}, ${pages[who]}: ${origin}/sign-in/${who}?secret=${secret}`,
  );
}

function personOf(who, cookies) {
  const given = new RegExp(`(?:^|;\\s*)${who}=([^;]+)`).exec(cookies ?? '')?.[1];
  return isSame(given, people[who].secret) ? people[who].actor : null;
}

/** Takes the same time however much of it is right; a secret that is not set opens nothing. */
function isSame(given, expected) {
  if (!given || !expected) return false;
  const digest = (text) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
