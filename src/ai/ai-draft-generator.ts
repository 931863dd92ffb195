import type { LanguageModel, LanguageModelUsage } from 'ai';
import type { Conversation, ProposalInput } from '../contracts/domain.js';
import type { DraftGenerator, GenerateOptions } from '../contracts/draft-generator.js';
import { err, ok } from '../contracts/result.js';
import { CairnloopError } from '../foundation/errors.js';
import { errorText } from '../foundation/redact.js';
import { noTraces, tracesOfCallback } from '../telemetry/traces.js';
import { requireKnownKeys } from '../validation/known-keys.js';
import { buildDraftPrompt } from './draft-prompt.js';
import { type ModelProposal, modelProposalSchema, toProposal } from './model-proposal.js';
import { runUntilAborted } from './until-aborted.js';

/** Tokens that one call of the model used, for counters and bills. Undefined where the provider does not say. */
export interface DraftUsage {
  conversationId: string;
  modelId: string | undefined;
  /** Whether the model's output could be used; an unusable one costs tokens too. */
  outcome: 'proposed' | 'nothing' | 'unusable';
  inputTokens: number | undefined;
  outputTokens: number | undefined;
  totalTokens: number | undefined;
  cachedInputTokens: number | undefined;
  reasoningTokens: number | undefined;
  durationMs: number;
}

export interface AiDraftGeneratorOptions {
  /** The language model to use: any model of the AI SDK, e.g. `anthropic('…')`. */
  model: LanguageModel;
  /**
   * The team's tone, policies and facts about the business, for the system prompt. Put only text of the host's own in
   * it.
   */
  instructions?: string;
  /** How many characters of the newest messages the model sees at most. Default 20 000. */
  maxConversationChars?: number;
  /** How many characters of the customer's facts the model sees at most. Default 10 000. */
  maxFactsChars?: number;
  /** Longest draft, in characters; a longer one is an error. Default 10 000. */
  maxDraftChars?: number;
  /** How many tokens the model may write at most. Default 2 000. */
  maxOutputTokens?: number;
  /** Time limit of the model call, in milliseconds. Default 20 000, below `worker.callbackTimeoutMs`. */
  timeoutMs?: number;
  /** Called after every completed call of the model; an error that it throws is ignored. */
  onUsage?(usage: DraftUsage): void;
}

const optionKeys = [
  'model',
  'instructions',
  'maxConversationChars',
  'maxFactsChars',
  'maxDraftChars',
  'maxOutputTokens',
  'timeoutMs',
  'onUsage',
] as const satisfies (keyof AiDraftGeneratorOptions)[];

/**
 * A DraftGenerator on the Vercel AI SDK, which must be installed (`npm install ai@6`) and is loaded with the first
 * draft. The model gets no tools, so that all it can do is return a proposal, which the policy judges. One call for
 * each attempt; the worker retries. Failures are returned as `err`, without the model's text. Throws `INPUT_INVALID`.
 */
export function aiDraftGenerator(options: AiDraftGeneratorOptions): DraftGenerator {
  requireKnownKeys('aiDraftGenerator', options, optionKeys);
  return {
    async generate(conversation, generateOptions) {
      try {
        return ok(await propose(options, conversation, generateOptions));
      } catch (error) {
        return err(errorText(error));
      }
    },
  };
}

async function propose(
  options: AiDraftGeneratorOptions,
  conversation: Conversation,
  { context, signal }: GenerateOptions,
): Promise<ProposalInput | null> {
  const { maxConversationChars = 20_000, maxFactsChars = 10_000, maxDraftChars = 10_000, instructions } = options;
  const { maxOutputTokens = 2000 } = options;
  const limits = { maxConversationChars, maxFactsChars, instructions };
  const traced = { ...namesOf(options.model), conversationId: conversation.id, maxOutputTokens };
  const traces = tracesOfCallback.getStore() ?? noTraces;
  const answer = await traces.model(traced, async (answered) => {
    const asked = await askModel(
      { ...options, maxOutputTokens },
      buildDraftPrompt(conversation, context, limits),
      signal,
    );
    answered(asked.usage);
    return asked;
  });
  const proposal = answer.output && toProposal(answer.output);
  const tooLong = (proposal?.content.length ?? 0) > maxDraftChars;
  const outcome = !answer.output || tooLong ? 'unusable' : proposal ? 'proposed' : 'nothing';
  report(options, { conversationId: conversation.id, outcome, ...answer.usage });
  if (!answer.output) throw new Error('the model did not answer in the shape of a proposal');
  if (tooLong) throw new Error(`the model wrote more than ${maxDraftChars} characters`);
  return proposal;
}

/** Provider and model, as a trace names them. A model given as text comes from the AI SDK's gateway. */
function namesOf(model: LanguageModel): { provider: string; model: string } {
  if (typeof model === 'string') return { provider: model.split('/', 1)[0] ?? '', model };
  return { provider: String(model.provider), model: String(model.modelId) };
}

interface Answer {
  output: ModelProposal | null;
  usage: Omit<DraftUsage, 'conversationId' | 'outcome'>;
}

async function askModel(
  { model, maxOutputTokens, timeoutMs = 20_000 }: AiDraftGeneratorOptions & { maxOutputTokens: number },
  prompt: { system: string; prompt: string },
  signal: AbortSignal,
): Promise<Answer> {
  const { generateText, NoObjectGeneratedError, Output } = await importSdk();
  const started = performance.now();
  const usage = (used: LanguageModelUsage | undefined, modelId: string | undefined) => ({
    modelId,
    inputTokens: used?.inputTokens,
    outputTokens: used?.outputTokens,
    totalTokens: used?.totalTokens,
    cachedInputTokens: used?.inputTokenDetails?.cacheReadTokens,
    reasoningTokens: used?.outputTokenDetails?.reasoningTokens,
    durationMs: performance.now() - started,
  });
  try {
    const output = Output.object({ schema: modelProposalSchema });
    const asked = { ...prompt, model, output, maxOutputTokens, maxRetries: 0 };
    const result = await runUntilAborted(signal, timeoutMs, (abortSignal) => generateText({ ...asked, abortSignal }));
    return { output: result.output, usage: usage(result.usage, result.response.modelId) };
  } catch (error) {
    // The error's message and cause quote the model's output, which must not be logged.
    if (!NoObjectGeneratedError.isInstance(error)) throw error;
    return { output: null, usage: usage(error.usage, error.response?.modelId) };
  }
}

async function importSdk(): Promise<typeof import('ai')> {
  try {
    return await import('ai');
  } catch (error) {
    if (!errorText(error).includes("Cannot find package 'ai'")) throw error;
    throw new CairnloopError('AI_SDK_MISSING', {}, { cause: error });
  }
}

function report({ onUsage }: AiDraftGeneratorOptions, usage: DraftUsage): void {
  try {
    onUsage?.(usage);
  } catch {
    // An error in the usage callback must not lose a draft that was paid for.
  }
}
