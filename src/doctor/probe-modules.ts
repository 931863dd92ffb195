import type { HostModules } from '../config/config-types.js';
import { redact } from '../foundation/redact.js';
import { checkAutomationPolicy } from '../testing/check-automation-policy.js';
import { checkContextProvider } from '../testing/check-context-provider.js';
import { checkSlaPolicyProvider } from '../testing/check-sla-policy-provider.js';
import type { ProbeFacts } from './facts.js';

const contractChecks = {
  contextProvider: checkContextProvider,
  automationPolicy: checkAutomationPolicy,
  slaPolicyProvider: checkSlaPolicyProvider,
};

/**
 * Calls the methods of host modules that only read, once each, with sample data. A notifier is never called: it could
 * write to customers.
 */
export async function probeHostModules(modules: HostModules, timeoutMs: number): Promise<ProbeFacts> {
  const present = Object.entries(contractChecks).flatMap(([key, check]) => {
    const module = modules[key as keyof typeof contractChecks];
    return module === undefined ? [] : [check(module, { dry: true, timeoutMs })];
  });
  const reports = await Promise.all(present);
  return { called: reports.map(({ contract, problems }) => ({ contract, problems: problems.map(redact) })) };
}
