import type { Conversation, Decision, Proposal } from './domain.js';
import type { Awaitable } from './result.js';

/** What a policy may look at besides the proposal. */
export interface PolicyOptions {
  conversation: Conversation;
  /** The ContextProvider's map, or null when there is none. */
  context: Record<string, unknown> | null;
}

/**
 * Decides once, when a proposal arrives, what may happen to it. A throw, a time-out or an unknown answer is
 * `require_approval`, never `allow`. Configured as `automationPolicy`.
 */
export interface AutomationPolicy {
  decide(proposal: Proposal, opts: PolicyOptions): Awaitable<Decision>;
}

/** Without a policy every draft waits for an operator. */
export const defaultAutomationPolicy: AutomationPolicy = { decide: () => 'require_approval' };
