import { type MetricsReporter, metricsBrand } from '../config/config-schema.js';

export interface PrometheusOptions {
  /** A prom-client `Registry` of the host's, to be scraped together with Cairnloop's metrics. Default: one of our own. */
  registry?: unknown;
}

/** What `prometheus()` answers; the reporter itself is loaded when an instance is created. */
export interface PrometheusReporter extends MetricsReporter {
  readonly options: PrometheusOptions;
}

/** Switches `/metrics` on: `metrics: prometheus()` in the config. */
export function prometheus(options: PrometheusOptions = {}): PrometheusReporter {
  return { [metricsBrand]: true, options };
}
