import type { IncomingMessage } from 'node:http';
import type { Logger } from 'pino';
import { errorText, toStorableText } from '../foundation/redact.js';
import { withTimeout } from '../foundation/with-timeout.js';

/** The person who sent a request, as the host's session identifies them. */
export interface IdentifiedPerson {
  id: string;
  name?: string;
}

/** Node's request object as the host's framework left it; absent on fetch-style servers. */
export interface NodeIncomingRequest {
  incoming?: IncomingMessage;
}

/** The result of identification. `answer` is the object that the host returned; its getters may throw. */
export type SenderIdentity =
  | { state: 'known'; person: IdentifiedPerson; answer: object }
  | { state: 'anonymous' | 'unconfigured' };

/** The host's function that identifies the sender of a request. */
export interface SenderIdentityHook {
  /** Name of the mount option that holds the function, e.g. `operator`. */
  option: string;
  ask: ((request: Request, native: NodeIncomingRequest) => unknown) | undefined;
}

/** Time limit for the host's identifying function, in milliseconds. */
const timeoutMs = 10_000;

/**
 * Asks the host which person has sent a request. A throw, a timeout or an unusable id counts as anonymous. Never
 * rejects.
 */
export async function identifySender(
  { option, ask }: SenderIdentityHook,
  request: Request,
  native: NodeIncomingRequest,
  log: Logger,
): Promise<SenderIdentity> {
  if (!ask) return { state: 'unconfigured' };
  try {
    const answer: unknown = await withTimeout(timeoutMs, option, () => ask(request, native));
    if (typeof answer !== 'object' || answer === null) return { state: 'anonymous' };
    const { id, name } = answer as { id?: unknown; name?: unknown };
    const problem = problemOf(id);
    if (problem === null) return { state: 'known', person: toPerson(id as string, name), answer };
    log.warn(`the ${option} function returned an id that ${problem}; the request is treated as anonymous`);
  } catch (error) {
    log.warn({ reason: errorText(error) }, `the ${option} function failed; the request is treated as anonymous`);
  }
  return { state: 'anonymous' };
}

/** Whether an id can be stored unchanged. */
export function isPersonId(id: unknown): id is string {
  return problemOf(id) === null;
}

const maxLength = 500;

/** Matches a visible character: an id without one cannot be shown to people. */
const visible = /[^\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/u;

/**
 * Why an id is refused; null if it is usable. Ids are never cut or changed, because two people could end up with one
 * id.
 */
function problemOf(id: unknown): string | null {
  if (typeof id !== 'string') return 'is not a string';
  if (id.length > maxLength) return `has ${id.length} characters (limit ${maxLength})`;
  if (/\p{Cc}/u.test(id)) return 'holds control characters';
  if (!id.isWellFormed()) return 'holds half a surrogate pair';
  return visible.test(id) ? null : 'is blank';
}

function toPerson(id: string, name: unknown): IdentifiedPerson {
  // A cut name may end with half a surrogate pair, which is removed.
  const known = typeof name === 'string' ? name.slice(0, maxLength).replace(/[\uD800-\uDBFF]$/, '') : '';
  return visible.test(known) ? { id, name: toStorableText(known).trim() } : { id };
}
