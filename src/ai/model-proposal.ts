import { z } from 'zod';
import { type Evidence, type ProposalInput, proposalTypes, riskTiers } from '../contracts/domain.js';

/**
 * The schema of the model's output. Every key is required and none has a length limit, because the strict modes of
 * providers support neither optional keys nor limits; {@link toProposal} applies the limits.
 */
export const modelProposalSchema = z.object({
  type: z.enum([...proposalTypes, 'none']),
  content: z.string(),
  riskTier: z.enum(riskTiers),
  summary: z.string(),
  evidence: z.array(z.object({ source: z.string(), quote: z.string().nullable() })),
});

export type ModelProposal = z.output<typeof modelProposalSchema>;

export const maxSummaryLength = 500;
export const maxEvidenceItems = 10;
const maxSourceLength = 200;
const maxQuoteLength = 1000;

/**
 * Converts the model's output to a proposal; null where it proposes nothing. Texts beyond their limits are cut, but
 * never the content.
 */
export function toProposal({ type, content, riskTier, summary, evidence }: ModelProposal): ProposalInput | null {
  if (type === 'none' || content.trim() === '') return null;
  return {
    type,
    content: content.trim(),
    riskTier,
    ...(summary.trim() && { summary: cut(summary, maxSummaryLength) }),
    evidence: evidence.slice(0, maxEvidenceItems).flatMap(toEvidence),
  };
}

function toEvidence({ source, quote }: ModelProposal['evidence'][number]): Evidence[] {
  if (source.trim() === '') return [];
  return [{ source: cut(source, maxSourceLength), ...(quote?.trim() && { quote: cut(quote, maxQuoteLength) }) }];
}

function cut(text: string, maxLength: number): string {
  const trimmed = text.trim();
  return trimmed.length > maxLength ? `${trimmed.slice(0, maxLength - 1).toWellFormed()}…` : trimmed;
}
