import type { ContractReport } from '../../src/testing.js';

/** The codes of what a report holds against a module, in order. */
export function codesOf(report: ContractReport): string[] {
  return report.findings.filter((finding) => finding.level !== 'ok').map((finding) => finding.code);
}
