import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { withTimeout } from '../host/call.js';
import type { Metrics } from './metrics.js';
import type { PrometheusReporter } from './prometheus.js';

/** Deliveries that wait or were given up, by topic. */
export type DeliveryCounts = readonly { topic: string; pending: number; discarded: number }[];

/** A scrape that has not been collected by then is given up, in milliseconds. */
const scrapeTimeoutMs = 3000;

/** Priorities are the host's free text; only these are labels, so that their number stays bounded. */
const knownPriorities = new Set(['low', 'normal', 'high', 'urgent']);

export interface PrometheusMetrics extends Metrics {
  scrape(): Promise<{ contentType: string; body: string }>;
}

/** In a registry of the host's there may be the metrics of an instance before this one; the newest one reports. */
function forgetOlder(registry: Registry): void {
  for (const { name } of registry.getMetricsAsArray())
    if (name.startsWith('cairnloop_')) registry.removeSingleMetric(name);
}

/** Cairnloop's metrics in prom-client. `counts` is asked for at a scrape and may answer from a cache. */
export function createPrometheusMetrics(
  reporter: PrometheusReporter,
  counts: () => Promise<DeliveryCounts>,
): PrometheusMetrics {
  const registry = (reporter.options.registry as Registry | undefined) ?? new Registry();
  forgetOlder(registry);
  const registers = [registry];
  const resolveSeconds = new Histogram({
    name: 'cairnloop_conversation_resolve_duration_seconds',
    help: 'Time from opening a conversation to resolving it.',
    buckets: [60, 300, 900, 3600, 4 * 3600, 24 * 3600, 3 * 24 * 3600, 7 * 24 * 3600],
    registers,
  });
  const resolved = new Counter({
    name: 'cairnloop_conversations_resolved_total',
    help: 'Conversations resolved.',
    registers,
  });
  const deliveries = new Counter({
    name: 'cairnloop_deliveries_total',
    help: 'Attempts at deliveries by what became of them: done, retried, discarded.',
    labelNames: ['topic', 'outcome'],
    registers,
  });
  const attemptSeconds = new Histogram({
    name: 'cairnloop_delivery_attempt_duration_seconds',
    help: 'Time that the host module took.',
    labelNames: ['topic'],
    buckets: [0.005, 0.025, 0.1, 0.25, 1, 2.5, 10, 30],
    registers,
  });
  const lagSeconds = new Histogram({
    name: 'cairnloop_delivery_lag_seconds',
    help: 'Time from a delivery being due to its attempt being settled.',
    labelNames: ['topic'],
    buckets: [0.01, 0.05, 0.25, 1, 5, 30, 300, 3600],
    registers,
  });
  const slaBreaches = new Counter({
    name: 'cairnloop_sla_breaches_total',
    help: 'SLA clocks that were breached.',
    labelNames: ['priority'],
    registers,
  });
  const drafts = new Counter({
    name: 'cairnloop_drafts_total',
    help: 'Proposals by the decision of the AutomationPolicy.',
    labelNames: ['decision'],
    registers,
  });
  const outbound = new Counter({
    name: 'cairnloop_outbound_messages_total',
    help: 'Outbound messages by outcome: sent, failed.',
    labelNames: ['outcome'],
    registers,
  });
  const contextRequests = new Counter({
    name: 'cairnloop_context_requests_total',
    help: 'Requests for customer context by the state they ended in.',
    labelNames: ['state'],
    registers,
  });
  const moduleFailures = new Counter({
    name: 'cairnloop_host_module_failures_total',
    help: 'Host modules that gave no usable answer, where work went on without it.',
    labelNames: ['module'],
    registers,
  });
  const portalRequests = new Counter({
    name: 'cairnloop_portal_requests_total',
    help: 'Requests to the portal by route and outcome: ok, refused, unauthenticated, limited, failed.',
    labelNames: ['route', 'outcome'],
    registers,
  });
  // From the start, so that the first failure shows as an increase.
  for (const module of ['automationPolicy', 'slaPolicyProvider']) moduleFailures.inc({ module }, 0);
  new Gauge({
    name: 'cairnloop_deliveries_pending',
    help: 'Deliveries that wait, scheduled ones among them.',
    labelNames: ['topic'],
    registers,
    async collect() {
      for (const { topic, pending } of await counts()) this.set({ topic }, pending);
    },
  });
  new Gauge({
    name: 'cairnloop_deliveries_discarded',
    help: 'Deliveries given up and not retried.',
    labelNames: ['topic'],
    registers,
    async collect() {
      for (const { topic, discarded } of await counts()) this.set({ topic }, discarded);
    },
  });

  return {
    conversationResolved(durationSeconds) {
      resolveSeconds.observe(durationSeconds);
      resolved.inc();
    },
    deliveryAttempted(topic, outcome, durationSeconds, lag) {
      deliveries.inc({ topic, outcome });
      attemptSeconds.observe({ topic }, durationSeconds);
      lagSeconds.observe({ topic }, lag);
    },
    slaBreached: (priority) => slaBreaches.inc({ priority: knownPriorities.has(priority) ? priority : 'other' }),
    draftDecided: (decision) => drafts.inc({ decision }),
    outboundSettled: (outcome) => outbound.inc({ outcome }),
    contextRequested: (state) => contextRequests.inc({ state }),
    hostModuleFailed: (module) => moduleFailures.inc({ module }),
    portalRequested: (route, outcome) => portalRequests.inc({ route, outcome }),
    scrape: async () => ({
      contentType: registry.contentType,
      body: await withTimeout(scrapeTimeoutMs, 'metrics', () => registry.metrics()),
    }),
  };
}
