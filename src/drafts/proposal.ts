import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { z } from 'zod';
import { type Conversation, type Proposal, proposalTypes, riskTiers } from '../contracts/domain.js';
import { toStorableJson, toStorableText } from '../foundation/redact.js';
import { content, name, only } from '../validation/input.js';

/** The newest messages that a generator is given, and the policy for what it made of them. */
export const generatorMessages = 200;

/** What a generator leaves empty is as good as absent. */
const optionalText = (maxLength: number) => z.string().trim().max(maxLength).transform(toStorableText);

const evidence = {
  source: name,
  quote: optionalText(5000).optional(),
  url: optionalText(2000).optional(),
};

const proposal = {
  type: z.enum(proposalTypes),
  content,
  riskTier: z.enum(riskTiers).default('medium'),
  summary: optionalText(2000).default(''),
};

/** What `drafts.propose` takes. */
export const proposalInput = only({ ...proposal, evidence: z.array(only(evidence)).max(50).default([]) });

/** What a DraftGenerator made, often of a model's answer: keys beyond these are no input of ours, and are left out. */
export const generatedProposal = z.object({ ...proposal, evidence: z.array(z.object(evidence)).max(50).default([]) });

export type WantedProposal = z.output<typeof proposalInput>;

/** The newest message that took part in the conversation; lines of the system say nothing. */
export function newestMessageId(conversation: Conversation): string | null {
  return conversation.messages?.findLast((message) => message.role !== 'system')?.id ?? null;
}

/**
 * One hash over what a decision rests on: the same proposal, conversation and facts give the same one, so that a replay
 * can tell whether the policy is asked the same question. It gives nothing of them away. Pure.
 */
export function inputDigest({ conversation, ...proposal }: Proposal, context: Record<string, unknown> | null): string {
  const { actorId, hostUserId, subject, priority, tags, metadata } = conversation;
  const about = { actorId, hostUserId, subject, priority, tags, metadata, upTo: newestMessageId(conversation) };
  const asked = canonicalize(toStorableJson({ proposal, about, context }));
  return createHash('sha256')
    .update(asked ?? '')
    .digest('hex');
}
