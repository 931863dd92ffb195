import { type DraftGenerator, ok } from 'cairnloop';

/** Stands in for a language model: the same question always gets the same proposal. */
export const draftGenerator: DraftGenerator = {
  generate(conversation) {
    const question = conversation.messages?.findLast((message) => message.role === 'customer')?.content ?? '';
    if (/password/i.test(question)) {
      return ok({
        type: 'reply',
        riskTier: 'low',
        summary: 'Explains the password reset.',
        content: 'You can reset your password under Settings > Security. The link is valid for an hour.',
        evidence: [{ source: 'Help centre: Resetting a password' }],
      });
    }
    if (/refund/i.test(question)) {
      return ok({
        type: 'escalation',
        riskTier: 'high',
        summary: 'A refund is asked for; the amount needs a person.',
        content: 'I have passed your refund to our billing team, who will answer today.',
      });
    }
    return ok({
      type: 'reply',
      summary: 'Acknowledges and promises an answer.',
      content: 'Thank you for writing. I am looking into it and will be back with you shortly.',
    });
  },
};
