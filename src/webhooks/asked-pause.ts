/** The longest pause that an endpoint may ask for, in milliseconds. It is also the pause after status 410 (gone). */
const mostMs = 3_600_000;

/**
 * How long an endpoint asks not to be called, in milliseconds; 0 if it does not ask. `Retry-After` of a 429 or 503 is
 * seconds or a date; a 410 asks for no more calls, as Standard Webhooks defines. Pure.
 */
export function requestedWebhookPauseMs(status: number, retryAfter: string | undefined, now = Date.now()): number {
  if (status === 410) return mostMs;
  if (status !== 429 && status !== 503) return 0;
  const ms = waitMs(retryAfter?.trim() ?? '', now);
  return ms > 0 ? Math.min(ms, mostMs) : 0;
}

function waitMs(text: string, now: number): number {
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  // Require the form of an HTTP date: `Date.parse` accepts many other texts.
  return /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} [\d:]{8} GMT$/.test(text) ? Date.parse(text) - now : 0;
}
