import type { Conversation, Message, ProposalInput, ProposalType, RiskTier } from '../contracts/domain.js';
import type { DraftGenerator } from '../contracts/draft-generator.js';
import { ok } from '../contracts/result.js';
import { requireKnownKeys } from '../validation/known-keys.js';

/** The data from which a draft template makes its text. */
export interface TemplateInput {
  conversation: Conversation;
  /** The customer's newest message. */
  message: Message;
  context: Record<string, unknown> | null;
}

export interface DraftTemplate {
  /** The template is used for a customer message that matches this pattern. Absent: for any message. */
  when?: RegExp;
  type: ProposalType;
  riskTier: RiskTier;
  content: string | ((input: TemplateInput) => string);
  summary?: string;
}

const templateKeys = ['when', 'type', 'riskTier', 'content', 'summary'] as const satisfies (keyof DraftTemplate)[];

/** Templates for development: one for each risk tier, and a question in response to any other message. */
export const developmentTemplates: readonly DraftTemplate[] = [
  {
    when: /refund|charge|invoice|money|cancel/i,
    type: 'escalation',
    riskTier: 'high',
    content:
      'Thank you for telling us. A colleague who can look into your payments takes over and will write to you here.',
    summary: 'About money: hands over to a person.',
  },
  {
    when: /order|deliver|ship|parcel/i,
    type: 'reply',
    riskTier: 'medium',
    content: 'Your order is on our list. We look up where it is and write to you here as soon as we know.',
    summary: 'Asks about an order.',
  },
  {
    when: /password|log ?in|sign ?in/i,
    type: 'reply',
    riskTier: 'low',
    content:
      'You can set a new password with "Forgot password?" on the sign-in page. The link in the mail works for one hour.',
    summary: 'Cannot sign in.',
  },
  {
    type: 'clarification',
    riskTier: 'low',
    content: 'Thank you for your message. Could you tell us a little more about what happened, and when?',
    summary: 'Not clear what is needed.',
  },
];

/**
 * A DraftGenerator without a model, for development and tests: it proposes the first template whose `when` matches the
 * customer's newest message, or nothing. The same conversation always gives the same draft. Throws `INPUT_INVALID`.
 */
export function templateDraftGenerator(options: { templates?: readonly DraftTemplate[] } = {}): DraftGenerator {
  requireKnownKeys('templateDraftGenerator', options, ['templates']);
  const templates = options.templates ?? developmentTemplates;
  for (const [index, template] of templates.entries())
    requireKnownKeys('templateDraftGenerator', template, templateKeys, `templates.${index}.`);
  return {
    generate(conversation, { context }) {
      const message = conversation.messages?.findLast(({ role }) => role === 'customer');
      if (!message) return ok(null);
      // RegExp.test() with a global pattern continues after its last match; search() always starts at the beginning.
      const template = templates.find(({ when }) => !when || message.content.search(when) !== -1);
      return ok(template ? fill(template, { conversation, message, context }) : null);
    },
  };
}

function fill({ type, riskTier, content, summary }: DraftTemplate, input: TemplateInput): ProposalInput {
  const quote = input.message.content.trim().slice(0, 200).toWellFormed();
  return {
    type,
    riskTier,
    content: typeof content === 'string' ? content : content(input),
    ...(summary && { summary }),
    evidence: [{ source: 'conversation', ...(quote && { quote }) }],
  };
}
