/** The public API of the package. Importing it has no side effect. */

export {
  type CairnloopConfig,
  configProblems,
  type MetricsReporter,
  type ResolvedConfig,
  type TracingBridge,
  validateConfig,
} from './config/config-schema.js';
export { defineConfig } from './config/define-config.js';
export type { AutomationPolicy, PolicyOptions } from './contracts/automation-policy.js';
export type * from './contracts/cairnloop.js';
export type { ContextProvider } from './contracts/context-provider.js';
export type * from './contracts/customer-data.js';
export * from './contracts/domain.js';
export type { DraftGenerator, GenerateOptions } from './contracts/draft-generator.js';
export type * from './contracts/inputs.js';
export type { CallbackMetadata, Notifier, ResolvedMetadata } from './contracts/notifier.js';
export { type Awaitable, err, ok, type Result } from './contracts/result.js';
export type { BusinessCalendar, SlaPolicy, SlaPolicyProvider } from './contracts/sla-policy-provider.js';
export { CairnloopError, type ConfigProblem, type ErrorCode } from './foundation/errors.js';
export type { CreateOptions } from './instance/cairnloop.js';
export { createCairnloop } from './instance/create-cairnloop.js';
export { prometheus } from './ops/prometheus.js';
export type { Portal, PortalCustomer, PortalOptions, PortalRateLimit, PortalStrings } from './portal/portal.js';
export type { Report, ReportDay, ReportNumber } from './report/report-types.js';
export type { EventName } from './telemetry/event-names.js';
export { openTelemetry } from './telemetry/open-telemetry.js';
export type { EventMetadata, Measurements, TelemetryHandler } from './telemetry/telemetry.js';
export type { TransactionExecutor } from './within/executor.js';
export type { Workspace, WorkspaceOptions } from './workspace/workspace.js';
