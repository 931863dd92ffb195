import type { IncomingMessage } from 'node:http';
import type { Logger } from 'pino';
import type { Actor } from '../domain.js';
import { withTimeout } from '../host/call.js';
import { errorText, toStorableText } from '../redact.js';
import type { WorkspaceOptions } from './mount-options.js';

/** Who asks: an operator, nobody, or nobody who could tell. */
export type Identity = { state: 'operator'; operator: Actor } | { state: 'anonymous' } | { state: 'unconfigured' };

/** How long the host may think about who somebody is, in milliseconds. */
const timeoutMs = 10_000;

/**
 * Asks the host, and nothing else, who sent a request. Whatever goes wrong means nobody: a throw, a time-out, an answer
 * without an id.
 */
export async function identify(
  operator: WorkspaceOptions['operator'],
  request: Request,
  native: { incoming?: IncomingMessage },
  log: Logger,
): Promise<Identity> {
  if (!operator) return { state: 'unconfigured' };
  try {
    const actor = toActor(await withTimeout(timeoutMs, 'operator', () => operator(request, native)));
    return actor ? { state: 'operator', operator: actor } : { state: 'anonymous' };
  } catch (error) {
    log.warn({ reason: errorText(error) }, 'the operator function failed; the request is answered as anonymous');
    return { state: 'anonymous' };
  }
}

/** Takes an id and a name out of what the host answered, and leaves the rest of its object alone. */
function toActor(answer: unknown): Actor | null {
  if (typeof answer !== 'object' || answer === null) return null;
  const { id, name } = answer as { id?: unknown; name?: unknown };
  if (typeof id !== 'string' || id.trim() === '') return null;
  const known = toStorableText(id).slice(0, 500);
  return typeof name === 'string' && name.trim() !== ''
    ? { id: known, name: toStorableText(name).slice(0, 500) }
    : { id: known };
}
