import { Counter, Gauge, Histogram } from 'prom-client';
import type { MetricSource } from './metrics-registry.js';
import type { DeliveryCounts } from './prometheus-metrics.js';

export type MetricSet = ReturnType<typeof createMetricSet>;

/** Creates Cairnloop's metrics outside of any registry. The gauges read `source` at each scrape. */
export function createMetricSet(source: MetricSource) {
  const events = createEventMetrics();
  // Set the failure counters of automationPolicy and slaPolicyProvider to 0 at the start, so that their first failure
  // shows as an increase.
  for (const module of ['automationPolicy', 'slaPolicyProvider']) events.moduleFailures.inc({ module }, 0);
  return { ...events, ...createStateGauges(source) };
}

/** Metrics that are counted when an event happens. */
function createEventMetrics() {
  return {
    resolveSeconds: histogram(
      'cairnloop_conversation_resolve_duration_seconds',
      'Time from opening a conversation to resolving it.',
      [60, 300, 900, 3600, 4 * 3600, 24 * 3600, 3 * 24 * 3600, 7 * 24 * 3600],
    ),
    resolved: counter('cairnloop_conversations_resolved_total', 'Conversations resolved.'),
    ...createDeliveryMetrics(),
    slaBreaches: counter('cairnloop_sla_breaches_total', 'SLA clocks that were breached.', ['priority']),
    breachLateness: histogram(
      'cairnloop_sla_breach_lateness_seconds',
      'Time from the deadline of an SLA clock to its breach being recorded.',
      [0.1, 0.5, 1, 5, 15, 60, 300, 3600],
    ),
    drafts: counter('cairnloop_drafts_total', 'Proposals by the decision of the AutomationPolicy.', ['decision']),
    outbound: counter('cairnloop_outbound_messages_total', 'Outbound messages by outcome: sent, failed.', ['outcome']),
    contextRequests: counter(
      'cairnloop_context_requests_total',
      'Requests for customer context by the state they ended in.',
      ['state'],
    ),
    moduleFailures: counter(
      'cairnloop_host_module_failures_total',
      'Calls of host modules that failed or returned nothing usable, after which work went on without them.',
      ['module'],
    ),
    portalRequests: counter(
      'cairnloop_portal_requests_total',
      'Requests to the portal by route and outcome: ok, refused, unauthenticated, limited, failed.',
      ['route', 'outcome'],
    ),
    customersErased: counter('cairnloop_customers_erased_total', 'Customers whose data was erased.'),
    conversationsRemoved: counter(
      'cairnloop_conversations_removed_total',
      'Conversations removed after retention.resolvedDays.',
    ),
  };
}

/** Metrics that are counted at each attempt of a delivery. */
function createDeliveryMetrics() {
  return {
    deliveries: counter(
      'cairnloop_deliveries_total',
      'Attempts of deliveries by their outcome: done, retried, discarded.',
      ['topic', 'outcome'],
    ),
    attemptSeconds: histogram(
      'cairnloop_delivery_attempt_duration_seconds',
      'Duration of the call of the host module.',
      [0.005, 0.025, 0.1, 0.25, 1, 2.5, 10, 30],
      ['topic'],
    ),
    lagSeconds: histogram(
      'cairnloop_delivery_lag_seconds',
      'Time from a delivery being due to its attempt being settled.',
      [0.01, 0.05, 0.25, 1, 5, 30, 300, 3600],
      ['topic'],
    ),
  };
}

/** Gauges that are read from the source at each scrape. */
function createStateGauges({ counts, kept, audit, workers, ready }: MetricSource) {
  return {
    ...createCountGauges(counts),
    liveWorkers: gauge(
      'cairnloop_workers',
      'Workers whose heartbeat was heard within the last 15 seconds, of all processes on the schema.',
      [],
      async (found) => found.set(await workers()),
    ),
    readyChecks: gauge(
      'cairnloop_ready',
      'Checks of readiness in this process: 1 passed, 0 failed.',
      ['check'],
      async (found) => {
        found.reset();
        for (const [check, passed] of Object.entries(await ready())) found.set({ check }, passed ? 1 : 0);
      },
    ),
    settlementsWaiting: gauge(
      'cairnloop_settlements_waiting',
      'Outcomes of callbacks that cannot be written yet, because another session has their rows locked.',
      [],
      async (found) => found.set((await kept()).count),
    ),
    settlementsOldest: gauge(
      'cairnloop_settlements_oldest_waiting_seconds',
      'For how long the oldest outcome of a callback has waited to be written.',
      [],
      async (found) => found.set((await kept()).oldestSeconds),
    ),
    ...createAuditGauges(audit),
  };
}

function createCountGauges(counts: MetricSource['counts']) {
  const ofTopics = (name: string, help: string, key: 'pending' | 'discarded' | 'oldestDueSeconds') =>
    gauge(name, help, ['topic'], async (found) => setCounts(found, await counts(), key));
  return {
    pending: ofTopics('cairnloop_deliveries_pending', 'Pending deliveries, including scheduled ones.', 'pending'),
    discarded: ofTopics('cairnloop_deliveries_discarded', 'Discarded deliveries that were not retried.', 'discarded'),
    oldestDue: ofTopics(
      'cairnloop_deliveries_oldest_due_seconds',
      'For how long the oldest due delivery has waited to be claimed by a worker; 0 where none waits.',
      'oldestDueSeconds',
    ),
  };
}

function createAuditGauges(audit: MetricSource['audit']) {
  return {
    auditUnsealed: gauge(
      'cairnloop_audit_oldest_unsealed_seconds',
      'For how long the oldest audit event has waited for its seal; 0 where none waits.',
      [],
      async (found) => found.set((await audit()).oldestUnsealedSeconds),
    ),
    auditAnchor: gauge(
      'cairnloop_audit_anchor_age_seconds',
      'How long ago an audit anchor was handed to notifier.onAuditAnchor; absent where none was.',
      [],
      async (found) => {
        const { anchorAgeSeconds } = await audit();
        if (anchorAgeSeconds === null) found.remove();
        else found.set(anchorAgeSeconds);
      },
    ),
  };
}

function counter<Label extends string = never>(name: string, help: string, labelNames: Label[] = []): Counter<Label> {
  return new Counter({ name, help, labelNames, registers: [] });
}

function histogram<Label extends string = never>(
  name: string,
  help: string,
  buckets: number[],
  labelNames: Label[] = [],
): Histogram<Label> {
  return new Histogram({ name, help, labelNames, buckets, registers: [] });
}

function gauge<Label extends string>(
  name: string,
  help: string,
  labelNames: Label[],
  collect: (gauge: Gauge<Label>) => Promise<void>,
): Gauge<Label> {
  return new Gauge<Label>({
    name,
    help,
    labelNames,
    registers: [],
    async collect() {
      await collect(this);
    },
  });
}

function setCounts(
  gauge: Gauge<'topic'>,
  counts: DeliveryCounts,
  key: 'pending' | 'discarded' | 'oldestDueSeconds',
): void {
  gauge.reset();
  for (const row of counts) gauge.set({ topic: row.topic }, row[key]);
}
