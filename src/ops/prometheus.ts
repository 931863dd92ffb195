import { type MetricsReporter, metricsBrand } from '../config/config-schema.js';
import { requireKnownKeys } from '../known-keys.js';

export interface PrometheusOptions {
  /** A prom-client `Registry` of the host's, to be scraped together with Cairnloop's metrics. Default: one of our own. */
  registry?: unknown;
}

/** What `prometheus()` answers; the reporter itself is loaded when an instance is created. */
export interface PrometheusReporter extends MetricsReporter {
  readonly options: PrometheusOptions;
}

/** Switches `/metrics` on: `metrics: prometheus()` in the config. Throws `INPUT_INVALID`. */
export function prometheus(options: PrometheusOptions = {}): PrometheusReporter {
  requireKnownKeys('prometheus', options, ['registry']);
  return { [metricsBrand]: true, options };
}
