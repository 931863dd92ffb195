import { isCairnloopError } from '../foundation/errors.js';
import { errorText, redact } from '../foundation/redact.js';
import { HostTimeout, withTimeout } from '../foundation/with-timeout.js';
import { type Fact, knownFact } from './facts.js';

interface Observation {
  /** Subject of the timeout message, as in "the config did not answer within 2000 ms". */
  what: string;
  /** Reason that checks which need this fact print after "not checked:". */
  because: string;
  /** Advice for a failure whose error has none. */
  fix: string;
  timeoutMs: number;
}

/** Reads one fact within a time limit; a failure becomes the fact. */
export async function readFact<T>(
  { what, because, fix, timeoutMs }: Observation,
  look: () => T | Promise<T>,
): Promise<Fact<T>> {
  try {
    return knownFact(await withTimeout<T | Promise<T>>(timeoutMs, what, look));
  } catch (error) {
    if (isCairnloopError(error))
      return { state: 'failed', message: ended(redact(error.message)), fix: error.hint, because };
    const reason = error instanceof HostTimeout ? error.message : `${what}: ${errorText(error, 300)}`;
    return { state: 'failed', message: ended(reason), fix, because };
  }
}

/** A message that ends in a host's own words may lack its full stop. */
function ended(message: string): string {
  return /[.!?…]$/.test(message) ? message : `${message}.`;
}
