import type { Delivery } from '../../../contracts/domain.js';
import { redact } from '../../../foundation/redact.js';

/** Redacts a delivery's last error, which comes from host code and may contain secrets. */
export function redactedDelivery(delivery: Delivery): Delivery {
  return delivery.lastError === null ? delivery : { ...delivery, lastError: redact(delivery.lastError) };
}

/** Formats an age: `45 s`, `12 min`, `5 h` or `3 d`. */
export function formatAge(from: Date, to: Date): string {
  const seconds = Math.max(0, Math.round((to.getTime() - from.getTime()) / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} d`;
}

/** Describes when the next attempt is due, as seen at `now`: `now`, `in 5 min`, `being called`, or `-` for none. */
export function describeNextAttempt({ state, availableAt, leaseUntil }: Delivery, now: Date): string {
  if (state !== 'pending') return '-';
  if (leaseUntil && leaseUntil > now) return 'being called';
  return availableAt <= now ? 'now' : `in ${formatAge(now, availableAt)}`;
}
