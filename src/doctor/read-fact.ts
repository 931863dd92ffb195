import { isCairnloopError } from '../foundation/errors.js';
import { errorText, redact } from '../foundation/redact.js';
import { HostTimeout, withTimeout } from '../foundation/with-timeout.js';
import { type DoctorFact, knownDoctorFact } from './facts.js';

interface Observation {
  /** Subject of the timeout message, as in "the config did not settle within 2000 ms". */
  what: string;
  /** The reason that checks which need this fact print after "not checked:". */
  because: string;
  /** How to fix the failure, for an error that has no hint of its own. */
  fix: string;
  timeoutMs: number;
}

/** Reads one fact within a time limit; a failure is returned as a `failed` fact. */
export async function readDoctorFact<T>(
  { what, because, fix, timeoutMs }: Observation,
  look: () => T | Promise<T>,
): Promise<DoctorFact<T>> {
  try {
    return knownDoctorFact(await withTimeout<T | Promise<T>>(timeoutMs, what, look));
  } catch (error) {
    if (isCairnloopError(error))
      return { state: 'failed', message: ended(redact(error.message)), fix: error.hint, because };
    const reason = error instanceof HostTimeout ? error.message : `${what}: ${errorText(error, 300)}`;
    return { state: 'failed', message: ended(reason), fix, because };
  }
}

/** Adds a full stop to a message of the host that has none. */
function ended(message: string): string {
  return /[.!?…]$/.test(message) ? message : `${message}.`;
}
