import type { Result } from '../contracts/result.js';
import type { SlaPolicy, SlaPolicyProvider } from '../contracts/sla-policy-provider.js';
import { describeFoundValue } from '../foundation/describe-found.js';
import { errorText } from '../foundation/redact.js';
import { validateSlaPolicies } from '../sla/validate-policies.js';
import { callModuleForEach, callModuleWithSample, type ModuleCallWithSample } from './call-module.js';
import { createPassedFinding, type ModuleCallProblem, summarizeModuleCalls } from './judge-calls.js';
import type { ContractFinding, ContractReport } from './report.js';
import { type CheckOptions, runContractChecks } from './run-contract-checks.js';

/**
 * Checks a host's SlaPolicyProvider: reads its policies once and many times at once, stores changed terms and restores
 * the old ones, and tries to store invalid terms. A provider without policies keeps one named `cairnloop-check`.
 *
 * @example
 * const report = await checkSlaPolicyProvider(provider);
 * assert.deepEqual(report.problems, []);
 */
export function checkSlaPolicyProvider(module: unknown, options: CheckOptions = {}): Promise<ContractReport> {
  return runContractChecks<SlaPolicyProvider, CheckOptions>(
    'slaPolicyProvider',
    module,
    options,
    async (provider, settings) => {
      const calls = callsOf(provider, settings.timeoutMs);
      const first = await calls.read('a first read');
      const findings = summarizeModuleCalls('getActivePolicies', [first], judgePolicies);
      if (settings.dry || !isOk(first)) return findings;
      return [...findings, ...(await checkConcurrentReads(calls)), ...(await checkSetPolicy(calls, first))];
    },
  );
}

interface Calls {
  read(sample: string): Promise<ModuleCallWithSample>;
  set(sample: string, priority: string, attrs: Partial<SlaPolicy>): Promise<ModuleCallWithSample>;
}

function callsOf(provider: SlaPolicyProvider, timeoutMs: number): Calls {
  return {
    read: (sample) => callModuleWithSample(sample, [], timeoutMs, () => provider.getActivePolicies()),
    set: (sample, priority, attrs) =>
      callModuleWithSample(sample, [priority, Object.freeze(attrs)], timeoutMs, (...given) =>
        provider.setPolicy(...given),
      ),
  };
}

function judgePolicies(value: unknown): ModuleCallProblem | undefined {
  const verdict = judgeResult(value);
  if (verdict) return verdict;
  if (!isResultOk(value)) {
    const message = `returned err (${errorText((value as { error: unknown }).error, 200)}), so no SLA starts`;
    return { level: 'warning', code: 'ANSWERS_ERR', message };
  }
  const { rejected } = validateSlaPolicies(value.value);
  if (rejected.length === 0) return undefined;
  const named = rejected.map(({ priority, reason }) => `"${priority}" (${reason})`).join('; ');
  return { level: 'problem', code: 'INVALID_POLICY', message: `returned policies that are not used: ${named}` };
}

function judgeResult(value: unknown): ModuleCallProblem | undefined {
  if (typeof (Object(value) as { ok?: unknown }).ok === 'boolean') return undefined;
  const message = `expected ok(...) or err(reason), found ${describeFoundValue(value)}`;
  return { level: 'problem', code: 'NOT_A_RESULT', message };
}

async function checkConcurrentReads({ read }: Calls): Promise<ContractFinding[]> {
  const check = 'getActivePolicies, twenty at once';
  const trials = await Promise.all(Array.from({ length: 20 }, (_, n) => read(`read ${n + 1}`)));
  const failed = trials.filter((trial) => !isOk(trial)).length;
  if (failed === 0) return [createPassedFinding(check, '20 calls')];
  const message = `${failed} of 20 reads failed that succeed one by one`;
  return [{ level: 'problem', code: 'FAILS_CONCURRENTLY', check, message }];
}

async function checkSetPolicy(calls: Calls, first: ModuleCallWithSample): Promise<ContractFinding[]> {
  const [known] = readOf(first).policies;
  const original = known ?? { priority: 'cairnloop-check', responseMinutes: 60, breachMinutes: 240 };
  const { priority, ...terms } = original;
  const changed = { ...terms, breachMinutes: anotherBreach(original) };
  const stored = await calls.set('changed terms', priority, changed);
  const findings = summarizeModuleCalls('setPolicy', [stored], judgeStored({ priority, ...changed }));
  if (!isOk(stored)) return findings;
  const reread = await calls.read('a read after setPolicy');
  const kept = readOf(reread).policies.some((policy) => isSame(policy, { priority, ...changed }));
  const wrong = await checkWrongTerms(calls, original);
  await calls.set('the original terms', priority, { ...terms, calendar: terms.calendar });
  return [...findings, ...(kept ? [] : [notStored]), ...wrong];
}

const notStored: ContractFinding = {
  level: 'problem',
  code: 'NOT_STORED',
  check: 'setPolicy, then getActivePolicies',
  message: 'returned ok, but the next read does not have the new terms',
};

function anotherBreach({ breachMinutes, responseMinutes }: SlaPolicy): number {
  return breachMinutes > responseMinutes ? breachMinutes - 1 : breachMinutes + 1;
}

function judgeStored(expected: SlaPolicy) {
  return (value: unknown): ModuleCallProblem | undefined => {
    const verdict = judgeResult(value);
    if (verdict || !isResultOk(value)) return verdict;
    const [policy] = validateSlaPolicies([value.value]).policies;
    if (policy && isSame(policy, expected)) return undefined;
    return { level: 'problem', code: 'WRONG_POLICY', message: 'returned ok with another policy than the one stored' };
  };
}

/**
 * Checks that the provider refuses invalid terms. If it stores them, Cairnloop rejects them at the next read, and their
 * priority has no SLA.
 */
async function checkWrongTerms(calls: Calls, { priority, responseMinutes }: SlaPolicy): Promise<ContractFinding[]> {
  const check = 'setPolicy, wrong terms';
  const stored: string[] = [];
  const trials = await callModuleForEach(Object.entries(wrongTerms(responseMinutes)), async ([sample, attrs]) => {
    const trial = await calls.set(sample, priority, attrs);
    const { rejected } = readOf(await calls.read(sample));
    if (rejected.length > 0) stored.push(sample);
    return trial;
  });
  const findings = summarizeModuleCalls(check, trials, judgeResult);
  if (stored.length === 0) return findings;
  const message = `stores ${stored[0]}, so the priority has no SLA from then on; return err(reason) instead`;
  return [
    ...findings.filter(({ code }) => code !== 'PASSED'),
    { level: 'warning', code: 'STORES_INVALID_TERMS', check, message },
  ];
}

function wrongTerms(responseMinutes: number): Record<string, Partial<SlaPolicy>> {
  return {
    'a term of 0 minutes': { responseMinutes: 0 },
    'a negative term': { breachMinutes: -5 },
    'a term that is no number': { responseMinutes: Number.NaN, breachMinutes: Number.NaN },
    'a fraction of a minute': { responseMinutes: 1.5 },
    'a term of two million years': { breachMinutes: 1e12 },
    'a breach before the response': { responseMinutes: responseMinutes + 1, breachMinutes: 1 },
    'a calendar without open hours': { calendar: { timeZone: 'UTC', hours: {} } },
  };
}

function isSame(one: SlaPolicy, other: SlaPolicy): boolean {
  const keys = ['priority', 'responseMinutes', 'breachMinutes'] as const;
  return keys.every((key) => one[key] === other[key]);
}

function isOk({ outcome }: ModuleCallWithSample): boolean {
  return outcome.kind === 'returned' && isResultOk(outcome.value);
}

function isResultOk(value: unknown): value is Extract<Result<unknown>, { ok: true }> {
  return (Object(value) as { ok?: unknown }).ok === true;
}

function readOf({ outcome }: ModuleCallWithSample): ReturnType<typeof validateSlaPolicies> {
  const answer = outcome.kind === 'returned' ? outcome.value : undefined;
  return isResultOk(answer) ? validateSlaPolicies(answer.value) : { policies: [], rejected: [] };
}
