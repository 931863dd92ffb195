/** The public API, nothing else. Importing it has no side effect. */

export type { Cairnloop, CreateOptions, Within } from './cairnloop.js';
export {
  type CairnloopConfig,
  configProblems,
  type MetricsReporter,
  type ResolvedConfig,
  validateConfig,
} from './config/config-schema.js';
export { defineConfig } from './config/define-config.js';
export { createCairnloop } from './create-cairnloop.js';
export * from './domain.js';
export { CairnloopError, type ConfigProblem, type ErrorCode } from './errors.js';
export type { AutomationPolicy, PolicyOptions } from './host/automation-policy.js';
export type { ContextProvider } from './host/context-provider.js';
export type { DraftGenerator, GenerateOptions } from './host/draft-generator.js';
export type { CallbackMetadata, Notifier, ResolvedMetadata } from './host/notifier.js';
export type { BusinessCalendar, SlaPolicy, SlaPolicyProvider } from './host/sla-policy-provider.js';
export { prometheus } from './ops/prometheus.js';
export type { Portal, PortalCustomer, PortalOptions, PortalRateLimit, PortalStrings } from './portal/portal.js';
export { type Awaitable, err, ok, type Result } from './result.js';
export type { EventName } from './telemetry/event-names.js';
export type { EventMetadata, Measurements, TelemetryHandler } from './telemetry/telemetry.js';
export type { TransactionExecutor } from './within/executor.js';
export type { Workspace, WorkspaceOptions } from './workspace/workspace.js';
