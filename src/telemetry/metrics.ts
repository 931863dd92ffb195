import type { Decision, DeliveryTopic } from '../contracts/domain.js';

/** The outcome of one delivery attempt. */
export type DeliveryOutcome = 'done' | 'retried' | 'discarded';

/** The outcome of a request for customer facts, as the workspace shows it beside a conversation. */
export type ContextState = 'available' | 'empty' | 'unavailable' | 'unconfigured' | 'anonymous';

/** The outcome of a portal request. */
export type PortalRequestOutcome = 'ok' | 'refused' | 'unauthenticated' | 'limited' | 'failed';

/** The metrics that Cairnloop counts. Labels are bounded enums, never ids or text. */
export interface Metrics {
  conversationResolved(durationSeconds: number): void;
  deliveryAttempted(topic: DeliveryTopic, outcome: DeliveryOutcome, durationSeconds: number, lagSeconds: number): void;
  /** `latenessSeconds` is the time from the deadline of the SLA clock until its breach was recorded. */
  slaBreached(priority: string, latenessSeconds: number): void;
  draftDecided(decision: Decision): void;
  outboundSettled(outcome: 'sent' | 'failed'): void;
  contextRequested(state: ContextState): void;
  /** Counts a failure of a host module after which work continues without it. */
  hostModuleFailed(module: 'automationPolicy' | 'slaPolicyProvider'): void;
  /** `route` is the name of a route of the portal, or `other`. */
  portalRequested(route: string, outcome: PortalRequestOutcome): void;
  customerErased(): void;
  /** Counts conversations that were removed by retention. */
  conversationsRemoved(count: number): void;
}

/** Metrics that count nothing, for a config without `metrics`. */
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
