import type { AutomationPolicy, PolicyOptions } from '../contracts/automation-policy.js';
import { decisions, type Proposal } from '../contracts/domain.js';
import { findClosestWord } from '../foundation/closest-word.js';
import { describeFoundValue } from '../foundation/describe-found.js';
import { callModuleForEach, callModuleWithSample, type ModuleCallWithSample } from './call-module.js';
import { type ModuleCallProblem, summarizeModuleCalls } from './judge-calls.js';
import type { ContractFinding, ContractReport } from './report.js';
import { type CheckOptions, runContractChecks } from './run-contract-checks.js';
import { ordinaryProposals, riskyProposal, unusualConversations } from './samples.js';

/**
 * Checks a host's AutomationPolicy with proposals of every type and risk tier, with and without customer facts, with
 * high-risk proposals that quote hostile customers, and with the same proposals again, all at once. The policy only
 * decides; nothing is sent.
 *
 * @example
 * const report = await checkAutomationPolicy(policy);
 * assert.deepEqual(report.problems, []);
 */
export function checkAutomationPolicy(module: unknown, options: CheckOptions = {}): Promise<ContractReport> {
  return runContractChecks<AutomationPolicy, CheckOptions>(
    'automationPolicy',
    module,
    options,
    async (policy, settings) => {
      const proposals = settings.dry ? ordinaryProposals().slice(0, 1) : ordinaryProposals();
      const decide: Decide = (sample, proposal, context) =>
        callModuleWithSample(
          sample,
          [proposal, { conversation: proposal.conversation, context }],
          settings.timeoutMs,
          (...given) => policy.decide(...given),
        );
      const ordinary = await callModuleForEach(proposals, (proposal) => decide(titleOf(proposal), proposal, null));
      const findings = summarizeModuleCalls('decide', ordinary, judgeDecision);
      if (settings.dry || findings.some((finding) => finding.level === 'problem')) return findings;
      return [...findings, ...(await checkFurther(decide, ordinary))];
    },
  );
}

type Decide = (sample: string, proposal: Proposal, context: PolicyOptions['context']) => Promise<ModuleCallWithSample>;

const context = Object.freeze({ 'Active Plan': Object.freeze({ tier: 'gold', since: '2024-01-01' }) });

async function checkFurther(decide: Decide, ordinary: readonly ModuleCallWithSample[]): Promise<ContractFinding[]> {
  const proposals = ordinaryProposals();
  const withContext = await callModuleForEach(proposals, (proposal) => decide(titleOf(proposal), proposal, context));
  const risky = await callModuleForEach(unusualConversations(), ({ title, conversation }) =>
    decide(title, riskyProposal(conversation), null),
  );
  const again = await Promise.all(proposals.map((proposal) => decide(titleOf(proposal), proposal, null)));
  return [
    ...summarizeModuleCalls('decide, with customer context', withContext, judgeDecision),
    ...summarizeModuleCalls('decide, proposals with odd data and a high risk', risky, judgeRiskyDecision),
    ...summarizeModuleCalls('decide, the same proposals again, all at once', again, sameAs(ordinary)),
  ];
}

function titleOf({ type, riskTier }: Proposal): string {
  return `${type} at ${riskTier} risk`;
}

function judgeDecision(value: unknown): ModuleCallProblem | undefined {
  if ((decisions as readonly unknown[]).includes(value)) return undefined;
  const meant = typeof value === 'string' ? findClosestWord(value.trim(), decisions) : undefined;
  const expected = decisions.map((decision) => `"${decision}"`).join(', ');
  const suggestion = meant ? `; did you mean "${meant}"?` : '';
  const message = `expected one of ${expected}, found ${describeFoundValue(value)}${suggestion}`;
  return { level: 'problem', code: 'UNKNOWN_DECISION', message };
}

function judgeRiskyDecision(value: unknown): ModuleCallProblem | undefined {
  if (value !== 'allow') return judgeDecision(value);
  const message =
    'returned "allow" for a proposal that quotes a hostile customer, so the proposal would be sent without review';
  return { level: 'warning', code: 'ALLOWS_HIGH_RISK', message };
}

function sameAs(earlier: readonly ModuleCallWithSample[]) {
  const known = new Map(earlier.map(({ sample, outcome }) => [sample, outcome]));
  return (value: unknown, sample: string): ModuleCallProblem | undefined => {
    const before = known.get(sample);
    if (before?.kind !== 'returned' || before.value === value) return judgeDecision(value);
    const message = `returned ${describeFoundValue(value)} for a proposal for which it had returned ${describeFoundValue(before.value)}`;
    return { level: 'warning', code: 'UNSTABLE_DECISION', message };
  };
}
