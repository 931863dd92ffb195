import { type MetricsReporter, metricsBrand } from '../config/config-schema.js';
import { describeType } from '../foundation/describe-value.js';
import { CairnloopError, type ConfigProblem } from '../foundation/errors.js';
import { requireKnownKeys } from '../validation/known-keys.js';

export interface PrometheusOptions {
  /**
   * A prom-client `Registry` of the host's: Cairnloop's metrics go in, and `/metrics` prints all of it. Instances that
   * share a registry use the same metrics. Default: a registry of the instance's own.
   */
  registry?: unknown;
}

/** The result of `prometheus()`; the reporter is loaded when an instance is created. */
export interface PrometheusReporter extends MetricsReporter {
  readonly options: PrometheusOptions;
}

/**
 * Switches `/metrics` on: `metrics: prometheus()` in the config. Throws `INPUT_INVALID` for an unknown option, or a
 * `registry` that is not one of prom-client's.
 */
export function prometheus(options: PrometheusOptions = {}): PrometheusReporter {
  requireKnownKeys('prometheus', options, ['registry']);
  const problems = optionProblems(options);
  if (problems.length > 0) throw new CairnloopError('INPUT_INVALID', { operation: 'prometheus', problems });
  return { [metricsBrand]: true, options };
}

function optionProblems({ registry }: PrometheusOptions): ConfigProblem[] {
  if (registry === undefined || isRegistry(registry)) return [];
  return [{ path: 'registry', expected: 'a Registry of prom-client', found: describeType(registry) }];
}

/** Recognises a Registry by its methods, as it may come from another copy of prom-client. */
function isRegistry(value: unknown): boolean {
  const methods = ['registerMetric', 'getSingleMetric', 'getSingleMetricAsString', 'metrics'];
  try {
    return typeof value === 'object' && value !== null && methods.every((name) => hasMethod(value, name));
  } catch {
    // Reading a property failed: a getter of the value throws, or the value is a proxy that throws.
    return false;
  }
}

function hasMethod(value: object, name: string): boolean {
  return typeof (value as Record<string, unknown>)[name] === 'function';
}
