import type { Logger } from 'pino';
import { Registry } from 'prom-client';
import { withTimeout } from '../foundation/with-timeout.js';
import type { Metrics } from '../telemetry/metrics.js';
import {
  addInstanceToMetricsRegistry,
  type InstanceMetricSource,
  reregisterClearedMetrics,
} from './metrics-registry.js';
import type { PrometheusReporter } from './prometheus.js';

/** How many deliveries are pending or discarded, by topic, and for how long the oldest pending one has been due. */
export type DeliveryCounts = readonly {
  topic: string;
  pending: number;
  discarded: number;
  oldestDueSeconds: number;
}[];

/** Callback outcomes that could not be written, because another session has their rows locked. */
export interface KeptOutcomes {
  count: number;
  oldestSeconds: number;
}

/**
 * The ages of the oldest unsealed audit event and of the last anchor; `anchorAgeSeconds` is null where none was handed
 * over.
 */
export interface AuditAges {
  oldestUnsealedSeconds: number;
  anchorAgeSeconds: number | null;
}

/** Time limit of a scrape, in milliseconds. */
const scrapeTimeoutMs = 3000;

/** The priorities that are metric labels. All others are free text of the host and count as `other`. */
const knownPriorities = new Set(['low', 'normal', 'high', 'urgent']);

export interface PrometheusMetrics extends Metrics {
  scrape(): Promise<{ contentType: string; body: string }>;
  /** Removes the instance from the metrics that are read at a scrape. What was counted before stays. */
  close(): void;
}

/** Creates Cairnloop's metrics with prom-client. Throws `METRIC_NAME_TAKEN`, `METRICS_REGISTRY_UNUSABLE`. */
export async function createPrometheusMetrics(
  reporter: PrometheusReporter,
  source: InstanceMetricSource,
  log: Logger,
): Promise<PrometheusMetrics> {
  const registry = (reporter.options.registry as Registry | undefined) ?? new Registry();
  const joined = await addInstanceToMetricsRegistry(registry, source);
  /** The metrics, registered again if the host has cleared its registry. */
  const current = () => {
    reregisterClearedMetrics(registry, joined, log);
    return joined.set;
  };
  return {
    conversationResolved(durationSeconds) {
      const { resolveSeconds, resolved } = current();
      resolveSeconds.observe(durationSeconds);
      resolved.inc();
    },
    deliveryAttempted(topic, outcome, durationSeconds, lag) {
      const { deliveries, attemptSeconds, lagSeconds } = current();
      deliveries.inc({ topic, outcome });
      attemptSeconds.observe({ topic }, durationSeconds);
      lagSeconds.observe({ topic }, lag);
    },
    slaBreached(priority, latenessSeconds) {
      const { slaBreaches, breachLateness } = current();
      slaBreaches.inc({ priority: knownPriorities.has(priority) ? priority : 'other' });
      breachLateness.observe(latenessSeconds);
    },
    draftDecided: (decision) => current().drafts.inc({ decision }),
    outboundSettled: (outcome) => current().outbound.inc({ outcome }),
    contextRequested: (state) => current().contextRequests.inc({ state }),
    hostModuleFailed: (module) => current().moduleFailures.inc({ module }),
    portalRequested: (route, outcome) => current().portalRequests.inc({ route, outcome }),
    customerErased: () => current().customersErased.inc(),
    conversationsRemoved: (count) => current().conversationsRemoved.inc(count),
    async scrape() {
      current();
      const body = await withTimeout(scrapeTimeoutMs, 'metrics', () => registry.metrics());
      return { contentType: registry.contentType, body };
    },
    close: () => void joined.sources.delete(source),
  };
}
