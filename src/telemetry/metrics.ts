import type { Decision, DeliveryTopic } from '../contracts/domain.js';

/** The outcome of one delivery attempt. */
export type DeliveryOutcome = 'done' | 'retried' | 'discarded';

/** The outcome of a context request, as the rail shows it. */
export type ContextState = 'available' | 'empty' | 'unavailable' | 'unconfigured' | 'anonymous';

/** The outcome of a portal request. */
export type PortalOutcome = 'ok' | 'refused' | 'unauthenticated' | 'limited' | 'failed';

/** The metrics that Cairnloop counts. Labels are bounded enums, never ids or text. */
export interface Metrics {
  conversationResolved(durationSeconds: number): void;
  deliveryAttempted(topic: DeliveryTopic, outcome: DeliveryOutcome, durationSeconds: number, lagSeconds: number): void;
  /** `latenessSeconds`: from the deadline to the breach being recorded. */
  slaBreached(priority: string, latenessSeconds: number): void;
  draftDecided(decision: Decision): void;
  outboundSettled(outcome: 'sent' | 'failed'): void;
  contextRequested(state: ContextState): void;
  /** Counts a failure of a host module after which work continues without it. */
  hostModuleFailed(module: 'automationPolicy' | 'slaPolicyProvider'): void;
  /** `route` is a name of the routes table, or `other`. */
  portalRequested(route: string, outcome: PortalOutcome): void;
  customerErased(): void;
  /** Conversations that the retention has removed. */
  conversationsRemoved(count: number): void;
}

/** Counts nothing; used without `metrics`. */
export const noMetrics: Metrics = {
  conversationResolved() {},
  deliveryAttempted() {},
  slaBreached() {},
  draftDecided() {},
  outboundSettled() {},
  contextRequested() {},
  hostModuleFailed() {},
  portalRequested() {},
  customerErased() {},
  conversationsRemoved() {},
};
