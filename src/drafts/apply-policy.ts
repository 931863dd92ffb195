import { type AutomationPolicy, defaultAutomationPolicy, type PolicyOptions } from '../contracts/automation-policy.js';
import { type Decision, decisions, type Proposal } from '../contracts/domain.js';
import { announce } from '../events/announce.js';
import { errorText } from '../foundation/redact.js';
import { HostTimeout, withTimeout } from '../foundation/with-timeout.js';
import type { Runtime } from '../runtime.js';
import type { DraftRow } from './rows.js';

/** How long a policy may take, in milliseconds. */
const policyTimeoutMs = 5000;

/** A policy's decision; if it gave no valid one, `require_approval` and the reason. */
export interface PolicyDecisionResult {
  decision: Decision;
  outcome: DraftRow['decision_outcome'];
  reason?: string;
}

/** The decision for a proposal, how it came about, and its duration in milliseconds. */
export interface TimedPolicyDecision extends Omit<PolicyDecisionResult, 'reason'> {
  ms: number;
}

/** Asks the configured policy once. If anything fails, the draft waits for an operator. */
export async function applyAutomationPolicy(
  runtime: Runtime,
  proposal: Proposal,
  options: PolicyOptions,
): Promise<TimedPolicyDecision> {
  const started = performance.now();
  const { decision, outcome, reason } = await runtime.telemetry
    .span('draft.decide', { draftId: proposal.id }, () =>
      decisionOf(runtime.config.automationPolicy, proposal, options),
    )
    .catch(undecided);
  if (outcome !== 'decided') {
    const line = { draftId: proposal.id, outcome, reason };
    runtime.log.warn(line, 'automationPolicy gave no decision; the draft requires approval');
    runtime.metrics.hostModuleFailed('automationPolicy');
  }
  announce(runtime, 'draft.decided', { decision });
  return { decision, outcome, ms: Math.round(performance.now() - started) };
}

/**
 * Asks the automation policy for at most five seconds; any result but one of the four decisions counts as
 * `require_approval`.
 */
export function askAutomationPolicy(
  policy: AutomationPolicy | undefined,
  proposal: Proposal,
  options: PolicyOptions,
): Promise<PolicyDecisionResult> {
  return decisionOf(policy, proposal, options).catch(undecided);
}

async function decisionOf(
  policy: AutomationPolicy = defaultAutomationPolicy,
  proposal: Proposal,
  options: PolicyOptions,
): Promise<PolicyDecisionResult> {
  const decision: unknown = await withTimeout(policyTimeoutMs, 'automationPolicy.decide', () =>
    policy.decide(proposal, options),
  );
  if (isDecision(decision)) return { decision, outcome: 'decided' };
  throw new InvalidDecision(typeof decision === 'string' ? 'an unknown text' : typeof decision);
}

class InvalidDecision extends Error {
  constructor(found: string) {
    super(`it returned ${found}`);
  }
}

function undecided(error: unknown): PolicyDecisionResult {
  const outcome = error instanceof HostTimeout ? 'timed_out' : error instanceof InvalidDecision ? 'invalid' : 'failed';
  return { decision: 'require_approval', outcome, reason: errorText(error) };
}

function isDecision(answer: unknown): answer is Decision {
  return decisions.some((decision) => decision === answer);
}
