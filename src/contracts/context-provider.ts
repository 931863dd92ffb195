import type { Awaitable, Result } from './result.js';

/**
 * Facts about the customer, fetched live when an operator opens a conversation and never stored. Top-level keys become
 * section headers, nested maps label and value rows. A `name` (also `fullName`, `displayName`) at the top, or in a
 * section about a person such as `User details`, is what operators see in place of the actor id. A failure shows
 * "Context Unavailable" and stops nothing else. Without a provider every conversation shows that too. Configured as
 * `contextProvider`.
 */
export interface ContextProvider {
  /** `actorId` is the conversation's stored actor id, unchanged; `opts` is reserved and always an object. */
  getContext(actorId: string, opts: Record<string, unknown>): Awaitable<Result<Record<string, unknown>>>;
}
