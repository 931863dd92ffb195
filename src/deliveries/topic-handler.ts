import type { Runtime } from '../runtime.js';
import type { ClaimedDelivery } from './claim.js';
import type { LoadedCall } from './load-batch.js';

/** The call that a delivery asks for; null when there is nothing left to tell, e.g. the conversation was deleted. */
export type HostCall = (() => unknown) | null;

/** What is particular to one kind of delivery. */
export interface TopicHandler {
  /** The host's method, for messages and logs. */
  method: string;
  /** Loads what a batch of deliveries is about, in as few queries as it takes, and builds their calls by id. */
  load(runtime: Runtime, rows: readonly ClaimedDelivery[]): Promise<Map<string, LoadedCall>>;
  /** Why a returned value counts as a failure; null for a success. */
  failure(returned: unknown): string | null;
  /** Tells of what was settled, after its commit. */
  settled?(runtime: Runtime, row: ClaimedDelivery, outcome: 'done' | 'discarded'): void;
}
