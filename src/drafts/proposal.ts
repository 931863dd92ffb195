import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { z } from 'zod';
import { type Conversation, type Proposal, proposalTypes, riskTiers } from '../contracts/domain.js';
import { toStorableJson, toStorableText } from '../foundation/redact.js';
import { contentSchema, nameSchema, strictObject } from '../validation/input.js';

/** How many of the newest messages a generator and the policy get. */
export const generatorMessages = 200;

/** Empty text counts as absent. */
const optionalText = (maxLength: number) => z.string().trim().max(maxLength).transform(toStorableText);

const evidence = {
  source: nameSchema,
  quote: optionalText(5000).optional(),
  url: optionalText(2000).optional(),
};

const proposal = {
  type: z.enum(proposalTypes),
  content: contentSchema,
  riskTier: z.enum(riskTiers).default('medium'),
  summary: optionalText(2000).default(''),
};

/** The input of `drafts.propose`. */
export const proposalInput = strictObject({
  ...proposal,
  evidence: z.array(strictObject(evidence)).max(50).default([]),
});

/** A DraftGenerator's result, often a model's output: unknown keys are dropped, not refused. */
export const generatedProposal = z.object({ ...proposal, evidence: z.array(z.object(evidence)).max(50).default([]) });

export type WantedProposal = z.output<typeof proposalInput>;

/** The newest message, without system lines. */
export function newestMessageId(conversation: Conversation): string | null {
  return conversation.messages?.findLast((message) => message.role !== 'system')?.id ?? null;
}

/**
 * A hash of everything a decision depends on, so that a replay sees whether the policy gets the same input. It
 * reveals none of it. Pure.
 */
export function inputDigest({ conversation, ...proposal }: Proposal, context: Record<string, unknown> | null): string {
  const { actorId, hostUserId, subject, priority, tags, metadata } = conversation;
  const about = { actorId, hostUserId, subject, priority, tags, metadata, upTo: newestMessageId(conversation) };
  const asked = canonicalize(toStorableJson({ proposal, about, context }));
  return createHash('sha256')
    .update(asked ?? '')
    .digest('hex');
}
