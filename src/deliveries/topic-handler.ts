import type { Runtime } from '../runtime.js';
import type { ClaimedDelivery } from './claim.js';
import type { LoadedCall } from './load-batch.js';

/** The call of a delivery; null if there is nothing to call, e.g. the conversation was deleted. */
export type HostCall = (() => unknown) | null;

/** How deliveries of one topic are loaded, called and settled. */
export interface TopicHandler {
  /** The name of the host's method, for messages and logs. */
  method: string;
  /** Loads what the calls of a batch need, in as few queries as possible, and returns the calls by delivery id. */
  load(runtime: Runtime, rows: readonly ClaimedDelivery[]): Promise<Map<string, LoadedCall>>;
  /** Why a returned value counts as a failure; null for a success. */
  failure(returned: unknown): string | null;
}
