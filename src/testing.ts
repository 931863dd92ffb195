/** `cairnloop/testing`: checks that a host runs on its own modules. */
export { checkAutomationPolicy } from './testing/check-automation-policy.js';
export { type ContextProviderCheckOptions, checkContextProvider } from './testing/check-context-provider.js';
export { checkNotifier, type NotifierCheckOptions } from './testing/check-notifier.js';
export {
  checkNotifierFaults,
  type FaultReport,
  type NotifierFactory,
  type NotifierFaultOptions,
  type RepeatedEffect,
} from './testing/check-notifier-faults.js';
export { checkSlaPolicyProvider } from './testing/check-sla-policy-provider.js';
export type { FaultProvider } from './testing/fault-provider.js';
export type { ContractCode, ContractFinding, ContractReport } from './testing/report.js';
export type { CheckOptions } from './testing/run-contract-checks.js';
