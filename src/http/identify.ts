import type { IncomingMessage } from 'node:http';
import type { Logger } from 'pino';
import { errorText, toStorableText } from '../foundation/redact.js';
import { withTimeout } from '../foundation/with-timeout.js';

/** Whoever sent a request, as the host's own session knows them. */
export interface Person {
  id: string;
  name?: string;
}

/** Node's request as the host's framework left it; absent on fetch-style servers. */
export interface NativeRequest {
  incoming?: IncomingMessage;
}

/** Who asks: somebody, nobody, or nobody who could tell. `answer` is the host's own object, to be read with care. */
export type Identity = { state: 'known'; person: Person; answer: object } | { state: 'anonymous' | 'unconfigured' };

/** A function of the host's that says who sent a request. */
export interface IdentityHook {
  /** The option that holds it, e.g. `operator`. */
  option: string;
  ask: ((request: Request, native: NativeRequest) => unknown) | undefined;
}

/** How long the host may take to say who somebody is, in milliseconds. */
const timeoutMs = 10_000;

/**
 * Asks the host, and nothing else, who sent a request. Whatever goes wrong means nobody: a throw, a time-out, an answer
 * without a usable id. Never rejects.
 */
export async function identify(
  { option, ask }: IdentityHook,
  request: Request,
  native: NativeRequest,
  log: Logger,
): Promise<Identity> {
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

/** Whether a text names somebody as it stands: what is cut or changed on its way into the database does not. */
export function isPersonId(id: unknown): id is string {
  return problemOf(id) === null;
}

const maxLength = 500;

/** Letters that show: an id without one would be somebody whom no page and no record can name. */
const visible = /[^\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/u;

/**
 * Why an id is refused. Ids are kept to the letter, so one that would be cut or changed on its way into the database is
 * refused: two people would be one afterwards.
 */
function problemOf(id: unknown): string | null {
  if (typeof id !== 'string') return 'is no text';
  if (id.length > maxLength) return `has ${id.length} characters (limit ${maxLength})`;
  if (/\p{Cc}/u.test(id)) return 'holds control characters';
  if (!id.isWellFormed()) return 'holds half a surrogate pair';
  return visible.test(id) ? null : 'is blank';
}

function toPerson(id: string, name: unknown): Person {
  // A cut must not leave half a surrogate pair.
  const known = typeof name === 'string' ? name.slice(0, maxLength).replace(/[\uD800-\uDBFF]$/, '') : '';
  return visible.test(known) ? { id, name: toStorableText(known).trim() } : { id };
}
