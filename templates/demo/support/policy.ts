import type { AutomationPolicy } from 'cairnloop';

/** What may happen to a proposed reply. Start with `require_approval` alone, and open up as you learn to trust it. */
export const automationPolicy: AutomationPolicy = {
  decide(proposal, { conversation }) {
    if (conversation.tags.includes('legal')) return 'deny';
    if (proposal.riskTier === 'low' && conversation.tags.includes('faq')) return 'allow';
    if (proposal.riskTier === 'high') return 'draft_only';
    return 'require_approval';
  },
};
