import type { Logger } from 'pino';
import { z } from 'zod';
import type { ContextProvider } from '../contracts/context-provider.js';
import { deepFreeze } from '../foundation/deep-freeze.js';
import { errorText } from '../foundation/redact.js';
import { withTimeout } from '../foundation/with-timeout.js';
import type { ContextState } from '../telemetry/metrics.js';
import type { Telemetry } from '../telemetry/telemetry.js';
import { parseInput } from '../validation/input.js';
import { copyContextMap } from './copy-context-facts.js';
import { findCustomerName } from './customer-name.js';
import { createExpiringCache } from './expiring-cache.js';
import { type ContextSection, toContextSections } from './normalize-context.js';

/** Facts about a customer, ready to show on a page. */
export interface ContextResult {
  /**
   * `available` has sections; `empty`: the provider knows nothing; `unavailable`: it failed; `unconfigured`: there is
   * no provider; `anonymous`: the conversation has no actor id, so the provider was not called.
   */
  state: ContextState;
  /** The facts by section; empty in every state but `available`. */
  sections: readonly ContextSection[];
  /** When the provider returned the facts; cached facts are up to `cacheMs` old. */
  fetchedAt: Date;
}

/**
 * Reads facts about customers from the host's ContextProvider. A failing provider never throws here: everything else
 * works without facts.
 */
export interface ContextReader {
  /** Returns a customer's facts for display. Throws `INPUT_INVALID` for an actor id that is not a string or null. */
  get(actorId: string | null): Promise<ContextResult>;
  /**
   * Returns a plain copy of the provider's map, for the automation policy and the draft generator; null in every state
   * but `available` and `empty`.
   */
  raw(actorId: string | null): Promise<Record<string, unknown> | null>;
  /**
   * Returns the customer's name from the facts that this process read last; null if it knows no name. Does not call the
   * provider.
   */
  knownName(actorId: string | null): string | null;
}

export interface ContextReaderOptions {
  provider: ContextProvider | undefined;
  /** Time limit of a provider call, in milliseconds; a slower call counts as unavailable. */
  timeoutMs: number;
  /** How long a customer's facts are cached in memory, in milliseconds; failures are not cached. */
  cacheMs: number;
  log: Pick<Logger, 'warn'>;
  /** Called once for each read of a customer's facts, cached or not. */
  onOutcome(state: ContextState): void;
  telemetry?: Pick<Telemetry, 'span'> | undefined;
}

const getInput = z.object({ actorId: z.string('a text, or null').nullish() });

interface Reading extends ContextResult {
  facts: Record<string, unknown> | null;
}

/** The most customers whose facts are cached at once. */
const maxKept = 500;
/** The most customer names kept in memory, so that the queue shows names without a provider call for each customer. */
const maxNames = 5000;

export function createContextReader(options: ContextReaderOptions): ContextReader {
  const { provider, log, onOutcome } = options;
  const kept = createExpiringCache<Reading>({ freshMs: options.cacheMs, max: maxKept });
  const names = new Map<string, string>();

  function keepName(actorId: string, { facts }: Reading): void {
    const name = findCustomerName(facts);
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
  const sections = deepFreeze(toContextSections(map));
  return { state: sections.length > 0 ? 'available' : 'empty', sections, facts, fetchedAt: new Date() };
}

/** Unwraps the provider's result into its map and a frozen copy of it. Throws if the result holds no map. */
function readResult(result: unknown): { map: unknown; facts: Record<string, unknown> } {
  const { ok, value, error } = (result ?? {}) as { ok?: unknown; value?: unknown; error?: unknown };
  if (ok === false) throw error ?? new Error('err() was returned without a reason');
  if (ok !== true) throw new Error('neither ok(map) nor err(reason) was returned');
  const facts = copyContextMap(value);
  if (!facts) throw new Error('ok() was returned with a value that is not a map');
  return { map: value, facts: deepFreeze(facts) };
}

function without(state: Exclude<ContextState, 'available' | 'empty'>): Reading {
  return { state, sections: [], facts: null, fetchedAt: new Date() };
}
