import type { AutomationPolicy } from 'cairnloop';

/** Decides what may happen to a proposed reply. Start with `require_approval` alone; allow more once you trust it. */
export const automationPolicy: AutomationPolicy = {
  decide(proposal, { conversation }) {
    if (conversation.tags.includes('legal')) return 'deny';
    if (proposal.riskTier === 'low' && conversation.tags.includes('faq')) return 'allow';
    if (proposal.riskTier === 'high') return 'draft_only';
    return 'require_approval';
  },
};
