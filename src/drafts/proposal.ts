import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { z } from 'zod';
import { type Conversation, type Proposal, proposalTypes, riskTiers } from '../contracts/domain.js';
import { toStorableJson, toStorableText } from '../foundation/redact.js';
import { messageContentSchema, nameOrKeySchema, strictObjectSchema } from '../validation/input.js';

/** How many of the newest messages a generator and the policy get. */
export const maxGeneratorMessages = 200;

/** A trimmed text, which may be empty. */
const optionalText = (maxLength: number) => z.string().trim().max(maxLength).transform(toStorableText);

const evidence = {
  source: nameOrKeySchema,
  quote: optionalText(5000).optional(),
  url: optionalText(2000).optional(),
};

const proposal = {
  type: z.enum(proposalTypes),
  content: messageContentSchema,
  riskTier: z.enum(riskTiers).default('medium'),
  summary: optionalText(2000).default(''),
};

/** The input of `drafts.propose`. */
export const proposalInputSchema = strictObjectSchema({
  ...proposal,
  evidence: z.array(strictObjectSchema(evidence)).max(50).default([]),
});

/** A DraftGenerator's result, often a model's output: unknown keys are dropped, not refused. */
export const generatedProposalSchema = z.object({
  ...proposal,
  evidence: z.array(z.object(evidence)).max(50).default([]),
});

export type ParsedProposal = z.output<typeof proposalInputSchema>;

/** The id of the newest message that is not a system message; null if there is none. */
export function newestMessageId(conversation: Conversation): string | null {
  return conversation.messages?.findLast((message) => message.role !== 'system')?.id ?? null;
}

/**
 * A hash of everything that a decision depends on, so that a replay can tell whether the policy gets the same input
 * again. The input cannot be read from it. Pure.
 */
export function digestPolicyInput(
  { conversation, ...proposal }: Proposal,
  context: Record<string, unknown> | null,
): string {
  const { actorId, hostUserId, subject, priority, tags, metadata } = conversation;
  const about = { actorId, hostUserId, subject, priority, tags, metadata, upTo: newestMessageId(conversation) };
  const asked = canonicalize(toStorableJson({ proposal, about, context }));
  return createHash('sha256')
    .update(asked ?? '')
    .digest('hex');
}
