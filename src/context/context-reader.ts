import type { Logger } from 'pino';
import { z } from 'zod';
import type { ContextProvider } from '../contracts/context-provider.js';
import { deepFreeze } from '../foundation/deep-freeze.js';
import { errorText } from '../foundation/redact.js';
import { withTimeout } from '../foundation/with-timeout.js';
import type { ContextState } from '../telemetry/metrics.js';
import type { Telemetry } from '../telemetry/telemetry.js';
import { parseInput } from '../validation/input.js';
import { copyFacts } from './copy-facts.js';
import { customerNameIn } from './customer-name.js';
import { createFreshCache } from './fresh-cache.js';
import { type ContextSection, normalizeContext } from './normalize-context.js';

/** The facts about a customer, ready to show. */
export interface ContextAnswer {
  /**
   * `available` has sections; `empty`: the provider knows nothing; `unavailable`: it failed; `unconfigured`: there is
   * no provider; `anonymous`: the conversation has no actor id, so the provider was not called.
   */
  state: ContextState;
  /** Empty in every state but `available`. */
  sections: readonly ContextSection[];
  /** When the provider returned the facts: up to `cacheMs` ago. */
  fetchedAt: Date;
}

/** Reads from the host's ContextProvider. A failing provider never throws here: everything works without facts. */
export interface ContextReader {
  /** Throws `INPUT_INVALID` for an actor id that is no text. */
  get(actorId: string | null): Promise<ContextAnswer>;
  /**
   * The provider's map as a plain copy for the policy and the generator; null in every state but `available` and
   * `empty`.
   */
  raw(actorId: string | null): Promise<Record<string, unknown> | null>;
  /**
   * The name in the last facts that this process was given of a customer; null where it was given none. Asks nobody.
   */
  knownName(actorId: string | null): string | null;
}

export interface ContextReaderOptions {
  provider: ContextProvider | undefined;
  /** Time limit of the provider, in milliseconds; a slower one counts as unavailable. */
  timeoutMs: number;
  /** How long a customer's facts are cached in memory, in milliseconds; failures are not cached. */
  cacheMs: number;
  log: Pick<Logger, 'warn'>;
  /** Called once for each request, cached or not. */
  onOutcome(state: ContextState): void;
  telemetry?: Pick<Telemetry, 'span'> | undefined;
}

const getInput = z.object({ actorId: z.string('a text, or null').nullish() });

interface Reading extends ContextAnswer {
  facts: Record<string, unknown> | null;
}

/** How many customers' facts are cached at once. */
const maxKept = 500;
/** How many names are kept, so that a queue need not ask for the facts of each of its customers. */
const maxNames = 5000;

export function createContextReader(options: ContextReaderOptions): ContextReader {
  const { provider, log, onOutcome } = options;
  const kept = createFreshCache<Reading>({ freshMs: options.cacheMs, max: maxKept });
  const names = new Map<string, string>();

  function keepName(actorId: string, { facts }: Reading): void {
    const name = customerNameIn(facts);
    names.delete(actorId);
    if (name !== null) names.set(actorId, name);
    const [oldest] = names.size > maxNames ? names.keys() : [];
    if (oldest !== undefined) names.delete(oldest);
  }

  async function read(actorId: string | null): Promise<Reading> {
    const reading = await readOnce(actorId);
    onOutcome(reading.state);
    return reading;
  }

  async function readOnce(actorId: string | null): Promise<Reading> {
    if (!provider) return without('unconfigured');
    if (!actorId) return without('anonymous');
    try {
      const reading = await kept.get(actorId, () => ask(options, provider, actorId));
      keepName(actorId, reading);
      return reading;
    } catch (error) {
      log.warn({ reason: errorText(error) }, 'contextProvider gave no facts; the context is unavailable');
      return without('unavailable');
    }
  }

  return {
    async get(actorId) {
      const wanted = parseInput('context.get', getInput, { actorId });
      const { state, sections, fetchedAt } = await read(wanted.actorId ?? null);
      return { state, sections, fetchedAt };
    },
    raw: async (actorId) => (await read(actorId)).facts,
    knownName: (actorId) => (actorId === null ? null : (names.get(actorId) ?? null)),
  };
}

async function ask(options: ContextReaderOptions, provider: ContextProvider, actorId: string): Promise<Reading> {
  const { timeoutMs, telemetry } = options;
  const call = async () =>
    readResult(await withTimeout(timeoutMs, 'getContext', () => provider.getContext(actorId, Object.freeze({}))));
  const { map, facts } = await (telemetry ? telemetry.span('context.get', {}, call) : call());
  const sections = deepFreeze(normalizeContext(map));
  return { state: sections.length > 0 ? 'available' : 'empty', sections, facts, fetchedAt: new Date() };
}

/** The provider's map and a copy of it; throws if there is none. */
function readResult(result: unknown): { map: unknown; facts: Record<string, unknown> } {
  const { ok, value, error } = (result ?? {}) as { ok?: unknown; value?: unknown; error?: unknown };
  if (ok === false) throw error ?? new Error('err() was returned without a reason');
  if (ok !== true) throw new Error('neither ok(map) nor err(reason) was returned');
  const facts = copyFacts(value);
  if (!facts) throw new Error('ok() was returned with something else than a map');
  return { map: value, facts: deepFreeze(facts) };
}

function without(state: Exclude<ContextState, 'available' | 'empty'>): Reading {
  return { state, sections: [], facts: null, fetchedAt: new Date() };
}
