import { Counter, Gauge, Histogram } from 'prom-client';
import type { MetricSource } from './metrics-registry.js';
import type { DeliveryCounts } from './prometheus-metrics.js';

export type MetricSet = ReturnType<typeof createMetricSet>;

/** Cairnloop's metrics, in no registry yet. The source is read at a scrape. */
export function createMetricSet({ counts, kept, audit, workers, ready }: MetricSource) {
  const resolveSeconds = new Histogram({
    name: 'cairnloop_conversation_resolve_duration_seconds',
    help: 'Time from opening a conversation to resolving it.',
    buckets: [60, 300, 900, 3600, 4 * 3600, 24 * 3600, 3 * 24 * 3600, 7 * 24 * 3600],
    registers: [],
  });
  const resolved = new Counter({
    name: 'cairnloop_conversations_resolved_total',
    help: 'Conversations resolved.',
    registers: [],
  });
  const deliveries = new Counter({
    name: 'cairnloop_deliveries_total',
    help: 'Attempts at deliveries by what became of them: done, retried, discarded.',
    labelNames: ['topic', 'outcome'],
    registers: [],
  });
  const attemptSeconds = new Histogram({
    name: 'cairnloop_delivery_attempt_duration_seconds',
    help: 'Time that the host module took.',
    labelNames: ['topic'],
    buckets: [0.005, 0.025, 0.1, 0.25, 1, 2.5, 10, 30],
    registers: [],
  });
  const lagSeconds = new Histogram({
    name: 'cairnloop_delivery_lag_seconds',
    help: 'Time from a delivery being due to its attempt being settled.',
    labelNames: ['topic'],
    buckets: [0.01, 0.05, 0.25, 1, 5, 30, 300, 3600],
    registers: [],
  });
  const slaBreaches = new Counter({
    name: 'cairnloop_sla_breaches_total',
    help: 'SLA clocks that were breached.',
    labelNames: ['priority'],
    registers: [],
  });
  const breachLateness = new Histogram({
    name: 'cairnloop_sla_breach_lateness_seconds',
    help: 'Time from the deadline of an SLA clock to its breach being recorded.',
    buckets: [0.1, 0.5, 1, 5, 15, 60, 300, 3600],
    registers: [],
  });
  const drafts = new Counter({
    name: 'cairnloop_drafts_total',
    help: 'Proposals by the decision of the AutomationPolicy.',
    labelNames: ['decision'],
    registers: [],
  });
  const outbound = new Counter({
    name: 'cairnloop_outbound_messages_total',
    help: 'Outbound messages by outcome: sent, failed.',
    labelNames: ['outcome'],
    registers: [],
  });
  const contextRequests = new Counter({
    name: 'cairnloop_context_requests_total',
    help: 'Requests for customer context by the state they ended in.',
    labelNames: ['state'],
    registers: [],
  });
  const moduleFailures = new Counter({
    name: 'cairnloop_host_module_failures_total',
    help: 'Host modules that gave no usable answer, where work went on without it.',
    labelNames: ['module'],
    registers: [],
  });
  const portalRequests = new Counter({
    name: 'cairnloop_portal_requests_total',
    help: 'Requests to the portal by route and outcome: ok, refused, unauthenticated, limited, failed.',
    labelNames: ['route', 'outcome'],
    registers: [],
  });
  // From the start, so that the first failure shows as an increase.
  for (const module of ['automationPolicy', 'slaPolicyProvider']) moduleFailures.inc({ module }, 0);
  const pending = new Gauge({
    name: 'cairnloop_deliveries_pending',
    help: 'Deliveries that wait, scheduled ones among them.',
    labelNames: ['topic'],
    registers: [],
    async collect() {
      setCounts(this, await counts(), 'pending');
    },
  });
  const discarded = new Gauge({
    name: 'cairnloop_deliveries_discarded',
    help: 'Deliveries given up and not retried.',
    labelNames: ['topic'],
    registers: [],
    async collect() {
      setCounts(this, await counts(), 'discarded');
    },
  });
  const oldestDue = new Gauge({
    name: 'cairnloop_deliveries_oldest_due_seconds',
    help: 'For how long the oldest delivery has been due that no worker has taken; 0 where none waits.',
    labelNames: ['topic'],
    registers: [],
    async collect() {
      setCounts(this, await counts(), 'oldestDueSeconds');
    },
  });
  const liveWorkers = new Gauge({
    name: 'cairnloop_workers',
    help: 'Workers whose heartbeat was heard within the last 15 seconds, of all processes on the schema.',
    registers: [],
    async collect() {
      this.set(await workers());
    },
  });
  const readyChecks = new Gauge({
    name: 'cairnloop_ready',
    help: 'Checks of readiness in this process: 1 passed, 0 failed.',
    labelNames: ['check'],
    registers: [],
    async collect() {
      this.reset();
      for (const [check, passed] of Object.entries(await ready())) this.set({ check }, passed ? 1 : 0);
    },
  });
  const settlementsWaiting = new Gauge({
    name: 'cairnloop_settlements_waiting',
    help: 'Outcomes of callbacks that cannot be written yet, because another session has their rows locked.',
    registers: [],
    async collect() {
      this.set((await kept()).count);
    },
  });
  const settlementsOldest = new Gauge({
    name: 'cairnloop_settlements_oldest_waiting_seconds',
    help: 'For how long the oldest of these outcomes has waited.',
    registers: [],
    async collect() {
      this.set((await kept()).oldestSeconds);
    },
  });
  const auditUnsealed = new Gauge({
    name: 'cairnloop_audit_oldest_unsealed_seconds',
    help: 'For how long the oldest audit event has waited for its seal; 0 where none waits.',
    registers: [],
    async collect() {
      this.set((await audit()).oldestUnsealedSeconds);
    },
  });
  const auditAnchor = new Gauge({
    name: 'cairnloop_audit_anchor_age_seconds',
    help: 'How long ago an audit anchor was handed to notifier.onAuditAnchor; absent where none was.',
    registers: [],
    async collect() {
      const { anchorAgeSeconds } = await audit();
      if (anchorAgeSeconds === null) this.remove();
      else this.set(anchorAgeSeconds);
    },
  });
  return {
    resolveSeconds,
    resolved,
    deliveries,
    attemptSeconds,
    lagSeconds,
    slaBreaches,
    breachLateness,
    drafts,
    outbound,
    contextRequests,
    moduleFailures,
    portalRequests,
    pending,
    discarded,
    oldestDue,
    liveWorkers,
    readyChecks,
    settlementsWaiting,
    settlementsOldest,
    auditUnsealed,
    auditAnchor,
  };
}

function setCounts(
  gauge: Gauge<'topic'>,
  counts: DeliveryCounts,
  key: 'pending' | 'discarded' | 'oldestDueSeconds',
): void {
  gauge.reset();
  for (const row of counts) gauge.set({ topic: row.topic }, row[key]);
}
