import type { ContractKey } from '../config/host-modules.js';

/** The code of a finding of a contract check. `PASSED` means that the check found no problem. */
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

/** One result of a contract check. A `problem` breaks the contract; a `warning` does not, but is seldom intended. */
export interface ContractFinding {
  level: 'ok' | 'problem' | 'warning';
  code: ContractCode;
  /** The method and how it was called, e.g. `onSlaBreach, odd data`. */
  check: string;
  message: string;
}

/** The result of a contract check. A host's test needs only `assert.deepEqual(report.problems, [])`. */
export interface ContractReport {
  /** The config key of the contract. */
  contract: ContractKey;
  /** True where the module has no problem; warnings do not count. */
  ok: boolean;
  findings: readonly ContractFinding[];
  /** One sentence per problem. */
  problems: readonly string[];
  /** One sentence per warning. */
  warnings: readonly string[];
  /** Prints one line per finding. */
  toString(): string;
}

/** Makes the report of a contract check from its findings. */
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
