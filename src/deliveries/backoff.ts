/** Delay before the first retry, in milliseconds; each later delay is twice as long. */
const baseMs = 1000;

/** Longest delay before a retry, in milliseconds. */
const capMs = 3_600_000;

/**
 * How long to wait after failed attempt number `attempt` (from 1), in milliseconds: exponential, with "equal jitter"
 * (half fixed, half random), which spreads retries that failed together and still lets a failing host rest. Twenty
 * attempts last about nine hours. Source: "Exponential Backoff And Jitter", AWS Architecture Blog.
 */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  const full = Math.min(capMs, baseMs * 2 ** (attempt - 1));
  return Math.round(full / 2 + (random() * full) / 2);
}
