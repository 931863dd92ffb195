import type { ContractKey } from '../config/host-modules.js';

/** The code of a finding. `PASSED` is a check without a problem. */
export type ContractCode =
  | 'PASSED'
  | 'NOT_CALLED'
  | 'NOT_A_MODULE'
  | 'METHOD_MISSING'
  | 'THROWS'
  | 'HANGS'
  | 'BLOCKS'
  | 'MUTATES_INPUT'
  | 'POLLUTES_PROTOTYPE'
  | 'FAILS_CONCURRENTLY'
  | 'REPEATS_EFFECT'
  | 'LOSES_EFFECT'
  | 'ANSWERS_ERR'
  | 'ANSWER_IGNORED'
  | 'UNKNOWN_DECISION'
  | 'UNSTABLE_DECISION'
  | 'ALLOWS_HIGH_RISK'
  | 'NOT_A_RESULT'
  | 'NOT_A_MAP'
  | 'UNREADABLE'
  | 'UNRENDERABLE'
  | 'MIXES_CUSTOMERS'
  | 'INVALID_POLICY'
  | 'WRONG_POLICY'
  | 'NOT_STORED'
  | 'STORES_INVALID_TERMS';

/** A `problem` breaks the contract; a `warning` keeps it, but is seldom what the host means. */
export interface ContractFinding {
  level: 'ok' | 'problem' | 'warning';
  code: ContractCode;
  /** Method and what was tried, e.g. `onSlaBreach, odd data`. */
  check: string;
  message: string;
}

/** What a contract check found. `assert.deepEqual(report.problems, [])` is a host's whole test. */
export interface ContractReport {
  /** The config key of the contract. */
  contract: ContractKey;
  /** True when there is no problem; warnings do not count. */
  ok: boolean;
  findings: readonly ContractFinding[];
  /** One sentence a problem. */
  problems: readonly string[];
  /** One sentence a warning. */
  warnings: readonly string[];
  /** One line a finding. */
  toString(): string;
}

/** Sums findings up. */
export function buildContractReport(contract: ContractKey, findings: readonly ContractFinding[]): ContractReport {
  const sentences = (level: ContractFinding['level']) =>
    findings.filter((finding) => finding.level === level).map(({ check, message }) => `${check}: ${message}`);
  const problems = sentences('problem');
  const lines = findings.map(({ level, code, check, message }) => `[${level}] ${code} ${check}: ${message}`);
  return Object.freeze({
    contract,
    ok: problems.length === 0,
    findings,
    problems,
    warnings: sentences('warning'),
    toString: () => [`${contract}: ${problems.length === 0 ? 'keeps' : 'breaks'} its contract`, ...lines].join('\n'),
  });
}
