import { auditChecks } from './checks/audit-checks.js';
import type { DoctorCheck } from './checks/check.js';
import { configChecks } from './checks/config-checks.js';
import { databaseChecks } from './checks/database-checks.js';
import { hostChecks } from './checks/host-checks.js';
import { workloadChecks } from './checks/work-checks.js';
import type { DoctorFacts } from './facts.js';
import type { Finding } from './finding.js';

/** Every check of `cairnloop doctor`, in the order of its findings. */
export const doctorChecks: readonly DoctorCheck[] = [
  ...hostChecks,
  ...configChecks,
  ...databaseChecks,
  ...workloadChecks,
  ...auditChecks,
];

/** Runs every check on the collected facts. Pure: the same facts give the same findings. */
export function runDoctorChecks(facts: DoctorFacts): Finding[] {
  return doctorChecks.flatMap((check) => check.run(facts));
}
