import { errorText } from '../foundation/redact.js';
import type { ModuleCallWithSample } from './call-module.js';
import type { ContractCode, ContractFinding } from './report.js';

/** The problem that one call of a host module showed. */
export interface ModuleCallProblem {
  level: 'problem' | 'warning';
  code: ContractCode;
  message: string;
}

/**
 * How long a call may hold the event loop before it is reported, in milliseconds: it stops every other callback of the
 * worker.
 */
const blockingMs = 1000;

/** Judges a returned value; undefined if it keeps the contract. */
export type FindResultProblem = (value: unknown, sample: string) => ModuleCallProblem | undefined;

/**
 * Sums up the calls of one check: one finding for each kind of problem, with the samples that showed it, or `PASSED`.
 */
export function summarizeModuleCalls(
  check: string,
  trials: readonly ModuleCallWithSample[],
  judgeAnswer: FindResultProblem,
): ContractFinding[] {
  const wrong = trials.flatMap((trial) => judgeTrial(trial, judgeAnswer).map((verdict) => ({ trial, verdict })));
  if (wrong.length === 0)
    return [createPassedFinding(check, `${trials.length} ${trials.length === 1 ? 'call' : 'calls'}`)];
  const codes = [...new Set(wrong.map(({ verdict }) => verdict.code))];
  return codes.map((code) => {
    const same = wrong.filter(({ verdict }) => verdict.code === code);
    const [{ verdict }] = same as [(typeof same)[number]];
    return { ...verdict, check, message: `${verdict.message} (${samplesOf(same.map(({ trial }) => trial.sample))})` };
  });
}

export function createPassedFinding(check: string, message: string): ContractFinding {
  return { level: 'ok', code: 'PASSED', check, message };
}

function judgeTrial(trial: ModuleCallWithSample, judgeAnswer: FindResultProblem): ModuleCallProblem[] {
  const verdicts = [judgeOutcome(trial, judgeAnswer), judgeInput(trial), judgeSpeed(trial)];
  return verdicts.filter((verdict) => verdict !== undefined);
}

function judgeOutcome(
  { outcome, sample }: ModuleCallWithSample,
  judgeAnswer: FindResultProblem,
): ModuleCallProblem | undefined {
  if (outcome.kind === 'hung') return { level: 'problem', code: 'HANGS', message: 'did not settle in time' };
  if (outcome.kind === 'returned') return judgeAnswer(outcome.value, sample);
  const reason = errorText(outcome.error, 300);
  if (outcome.error instanceof TypeError && /read only|not extensible|delete property|redefine/.test(reason)) {
    return { level: 'problem', code: 'MUTATES_INPUT', message: `changed its input: ${reason}` };
  }
  return { level: 'problem', code: 'THROWS', message: `threw ${reason}` };
}

function judgeInput({ mutated }: ModuleCallWithSample): ModuleCallProblem | undefined {
  if (!mutated) return undefined;
  return { level: 'problem', code: 'MUTATES_INPUT', message: 'changed the time of a date in its input' };
}

function judgeSpeed({ blockedMs }: ModuleCallWithSample): ModuleCallProblem | undefined {
  if (blockedMs < blockingMs) return undefined;
  const message = `held the event loop for ${Math.round(blockedMs)} ms; every other callback waits meanwhile`;
  return { level: 'warning', code: 'BLOCKS', message };
}

function samplesOf(samples: readonly string[]): string {
  const [first = '', ...others] = new Set(samples);
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}
