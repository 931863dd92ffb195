import type { Conversation, ProposalInput } from './domain.js';
import type { Awaitable, Result } from './result.js';

/** What a DraftGenerator gets besides the conversation. */
export interface GenerateOptions {
  /** The customer facts that the ContextProvider returned; null when there are none. */
  context: Record<string, unknown> | null;
  /** A signal that is aborted once `worker.callbackTimeoutMs` has passed; a later result is dropped. */
  signal: AbortSignal;
}

/**
 * Produces a proposal after a customer message, in the worker's `draft` job. `err`, a throw and a proposal that cannot
 * be stored are retried; `ok(null)` means nothing to propose. Configured as `draftGenerator`; without one no draft is
 * asked for.
 */
export interface DraftGenerator {
  generate(conversation: Conversation, opts: GenerateOptions): Awaitable<Result<ProposalInput | null>>;
}
