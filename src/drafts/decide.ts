import { type Decision, decisions, type Proposal } from '../domain.js';
import { defaultAutomationPolicy, type PolicyOptions } from '../host/automation-policy.js';
import { HostTimeout, withTimeout } from '../host/call.js';
import { errorText } from '../redact.js';
import type { Runtime } from '../runtime.js';
import type { DraftRow } from './rows.js';

/** How long a policy may take, in milliseconds. */
export const policyTimeoutMs = 5000;

/** The decision for one proposal, and how it came about. */
export interface Decided {
  decision: Decision;
  outcome: DraftRow['decision_outcome'];
  ms: number;
}

/** Puts a proposal to the policy, once. Whatever goes wrong in it, the draft waits for an operator. */
export async function decide(runtime: Runtime, proposal: Proposal, options: PolicyOptions): Promise<Decided> {
  const started = performance.now();
  const { decision, outcome } = await runtime.telemetry.span('draft.decide', { draftId: proposal.id }, () =>
    askPolicy(runtime, proposal, options),
  );
  runtime.metrics.draftDecided(decision);
  return { decision, outcome, ms: Math.round(performance.now() - started) };
}

async function askPolicy(runtime: Runtime, proposal: Proposal, options: PolicyOptions): Promise<Omit<Decided, 'ms'>> {
  const policy = runtime.config.automationPolicy ?? defaultAutomationPolicy;
  try {
    const answer: unknown = await withTimeout(policyTimeoutMs, 'automationPolicy.decide', () =>
      policy.decide(proposal, options),
    );
    if (isDecision(answer)) return { decision: answer, outcome: 'decided' };
    return fallBack(
      runtime,
      proposal,
      'invalid',
      `it answered ${typeof answer === 'string' ? 'an unknown text' : typeof answer}`,
    );
  } catch (error) {
    return fallBack(runtime, proposal, error instanceof HostTimeout ? 'timed_out' : 'failed', errorText(error));
  }
}

function isDecision(answer: unknown): answer is Decision {
  return decisions.some((decision) => decision === answer);
}

function fallBack(
  runtime: Runtime,
  proposal: Proposal,
  outcome: Decided['outcome'],
  reason: string,
): Omit<Decided, 'ms'> {
  runtime.log.warn(
    { draftId: proposal.id, outcome, reason },
    'automationPolicy gave no decision; the draft requires approval',
  );
  return { decision: 'require_approval', outcome };
}
