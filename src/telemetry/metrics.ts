import type { Decision, DeliveryTopic } from '../contracts/domain.js';

/** What became of one attempt at a delivery. */
export type DeliveryOutcome = 'done' | 'retried' | 'discarded';

/** How a context request ended, as the rail shows it. */
export type ContextState = 'available' | 'empty' | 'unavailable' | 'unconfigured' | 'anonymous';

/** How a request to the portal ended. */
export type PortalOutcome = 'ok' | 'refused' | 'unauthenticated' | 'limited' | 'failed';

/** The numbers that Cairnloop counts. Labels are bounded enums, never ids or text. */
export interface Metrics {
  conversationResolved(durationSeconds: number): void;
  deliveryAttempted(topic: DeliveryTopic, outcome: DeliveryOutcome, durationSeconds: number, lagSeconds: number): void;
  slaBreached(priority: string): void;
  draftDecided(decision: Decision): void;
  outboundSettled(outcome: 'sent' | 'failed'): void;
  contextRequested(state: ContextState): void;
  /** One that gave no usable answer, where work goes on without it. */
  hostModuleFailed(module: 'automationPolicy' | 'slaPolicyProvider'): void;
  /** `route` is a name of the routes table, or `other`. */
  portalRequested(route: string, outcome: PortalOutcome): void;
}

/** Counts nothing: what an instance without `metrics` uses. */
export const noMetrics: Metrics = {
  conversationResolved() {},
  deliveryAttempted() {},
  slaBreached() {},
  draftDecided() {},
  outboundSettled() {},
  contextRequested() {},
  hostModuleFailed() {},
  portalRequested() {},
};
