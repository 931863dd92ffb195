import type { Conversation, Decision, Proposal } from './domain.js';
import type { Awaitable } from './result.js';

/** What a policy may look at besides the proposal. */
export interface PolicyOptions {
  conversation: Conversation;
  /** The customer facts that the ContextProvider returned; null when there are none. */
  context: Record<string, unknown> | null;
}

/**
 * Decides once, when a proposal arrives, what may happen to it. A throw, a time-out or an unknown return value counts
 * as `require_approval`, never as `allow`. Configured as `automationPolicy`.
 */
export interface AutomationPolicy {
  decide(proposal: Proposal, opts: PolicyOptions): Awaitable<Decision>;
}

/** Without a policy every draft waits for an operator. */
export const defaultAutomationPolicy: AutomationPolicy = { decide: () => 'require_approval' };
