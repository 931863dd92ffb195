import { isDeepStrictEqual } from 'node:util';
import { HostTimeout, withTimeout } from '../foundation/with-timeout.js';

/** The outcome of one call into a host module. */
export type CallOutcome = { kind: 'returned'; value: unknown } | { kind: 'threw'; error: unknown } | { kind: 'hung' };

/** One call of a host module with one sample. */
export interface ModuleCallWithSample {
  /** What is special about the sample, e.g. `right-to-left text`. */
  sample: string;
  outcome: CallOutcome;
  /** How long the call held the event loop before it first yielded, in milliseconds. */
  blockedMs: number;
  /** Whether the call set a date of its input to another time. Other input is frozen, so that changing it throws. */
  mutated: boolean;
}

/** Calls a module's method once, waits for at most `timeoutMs` and never throws. */
export async function callModuleWithSample<Args extends unknown[] | []>(
  sample: string,
  args: Args,
  timeoutMs: number,
  call: (...args: Args) => unknown,
): Promise<ModuleCallWithSample> {
  const before = structuredClone(args);
  const clock = { blockedMs: 0 };
  const outcome = await settle(timeoutMs, () => timed(clock, () => call(...args)));
  // Compare clone with clone: under Jest, the prototypes of a clone belong to another realm than those of its original.
  const mutated = !isDeepStrictEqual(before, structuredClone(args));
  return { sample, outcome, blockedMs: clock.blockedMs, mutated };
}

/**
 * Calls a module once for each item, one after the other. Stops at a call that hangs, because the others would hang
 * too.
 */
export async function callModuleForEach<T>(
  items: readonly T[],
  call: (item: T) => Promise<ModuleCallWithSample>,
): Promise<ModuleCallWithSample[]> {
  const trials: ModuleCallWithSample[] = [];
  for (const item of items) {
    const trial = await call(item);
    trials.push(trial);
    if (trial.outcome.kind === 'hung') break;
  }
  return trials;
}

async function settle(timeoutMs: number, call: () => unknown): Promise<CallOutcome> {
  try {
    return { kind: 'returned', value: await withTimeout(timeoutMs, 'the call', call) };
  } catch (error) {
    return error instanceof HostTimeout ? { kind: 'hung' } : { kind: 'threw', error };
  }
}

function timed(clock: { blockedMs: number }, call: () => unknown): unknown {
  const start = performance.now();
  try {
    return call();
  } finally {
    clock.blockedMs = performance.now() - start;
  }
}
