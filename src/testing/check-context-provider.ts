import { isDeepStrictEqual } from 'node:util';
import type { ContextProvider } from '../contracts/context-provider.js';
import { describeFoundValue } from '../foundation/describe-found.js';
import { errorText } from '../foundation/redact.js';
import { type CallOutcome, callModuleForEach, callModuleWithSample, type ModuleCallWithSample } from './call-module.js';
import { findContextMapProblem } from './context-map.js';
import { createPassedFinding, type ModuleCallProblem, summarizeModuleCalls } from './judge-calls.js';
import type { ContractFinding, ContractReport } from './report.js';
import { type CheckOptions, runContractChecks } from './run-contract-checks.js';
import { unusualActorIds } from './samples.js';

export interface ContextProviderCheckOptions extends CheckOptions {
  /** Actor ids that exist in the host's test data, ideally two. Default `['customer-1', 'customer-2']`. */
  actorIds?: readonly string[];
}

/**
 * Checks a host's ContextProvider with known actor ids, with unusual ones and with many calls at once: its results must
 * be displayable and belong to the customer that was asked for.
 *
 * @example
 * const report = await checkContextProvider(provider, { actorIds: [ada.id, grace.id] });
 * assert.deepEqual(report.problems, []);
 */
export function checkContextProvider(
  module: unknown,
  options: ContextProviderCheckOptions = {},
): Promise<ContractReport> {
  const { actorIds = ['customer-1', 'customer-2'] } = options;
  return runContractChecks<ContextProvider, CheckOptions>(
    'contextProvider',
    module,
    options,
    async (provider, settings) => {
      const get: Get = (actorId) =>
        callModuleWithSample(shown(actorId), [actorId, {}], settings.timeoutMs, (...given) =>
          provider.getContext(...given),
        );
      const ordinary = await callModuleForEach(settings.dry ? actorIds.slice(0, 1) : actorIds, get);
      const findings = summarizeModuleCalls('getContext', ordinary, judgeKnown);
      if (settings.dry || ordinary.some((trial) => trial.outcome.kind !== 'returned')) return findings;
      return [
        ...findings,
        ...summarizeModuleCalls(
          'getContext, odd actor ids',
          await callModuleForEach(unusualActorIds, get),
          judgeResult,
        ),
        ...(await checkConcurrent(get, actorIds, ordinary)),
      ];
    },
  );
}

type Get = (actorId: string) => Promise<ModuleCallWithSample>;

function shown(actorId: string): string {
  return `actor id ${describeFoundValue(actorId)}`;
}

function judgeKnown(value: unknown): ModuleCallProblem | undefined {
  const verdict = judgeResult(value);
  if (verdict || (value as { ok: boolean }).ok) return verdict;
  const reason = errorText((value as { error: unknown }).error, 200);
  const message = `returned err (${reason}), so the workspace shows "Context Unavailable"; name known ids with actorIds`;
  return { level: 'warning', code: 'ANSWERS_ERR', message };
}

/**
 * Judges a result of `getContext`. `err` is right for an id that the host does not know; a value that is no Result is a
 * problem.
 */
function judgeResult(value: unknown): ModuleCallProblem | undefined {
  const { ok, value: map } = Object(value) as { ok?: unknown; value?: unknown };
  if (ok === false) return undefined;
  if (ok === true) return findContextMapProblem(map);
  const message = `expected ok(map) or err(reason), found ${describeFoundValue(value)}`;
  return { level: 'problem', code: 'NOT_A_RESULT', message };
}

/** Calls `getContext` for several customers at once: none may get the facts of another customer. */
async function checkConcurrent(
  get: Get,
  actorIds: readonly string[],
  ordinary: readonly ModuleCallWithSample[],
): Promise<ContractFinding[]> {
  const check = 'getContext, many at once';
  const asked = Array.from({ length: 20 }, (_, n) => n % actorIds.length);
  const trials = await Promise.all(asked.map((index) => get(actorIds[index] as string)));
  const failed = trials.filter((trial) => trial.outcome.kind !== 'returned').length;
  const mixed = trials.some((trial, n) => isOfAnother(trial.outcome, asked[n] as number, ordinary));
  if (mixed) {
    const message = 'returned the facts of another customer than the one asked for';
    return [{ level: 'problem', code: 'MIXES_CUSTOMERS', check, message }];
  }
  if (failed === 0) return [createPassedFinding(check, '20 calls')];
  const message = `${failed} of 20 calls failed that succeed one by one`;
  return [{ level: 'problem', code: 'FAILS_CONCURRENTLY', check, message }];
}

function isOfAnother(outcome: CallOutcome, own: number, ordinary: readonly ModuleCallWithSample[]): boolean {
  const isLike = (trial: ModuleCallWithSample | undefined) => isDeepStrictEqual(trial?.outcome, outcome);
  return outcome.kind === 'returned' && !isLike(ordinary[own]) && ordinary.some((trial) => isLike(trial));
}
