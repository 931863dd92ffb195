import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { CairnloopError } from '../foundation/errors.js';
import { errorText } from '../foundation/redact.js';
import { createMetricSet, type MetricSet } from './metric-set.js';
import type { AuditAges, DeliveryCounts, KeptOutcomes } from './prometheus-metrics.js';

/** The values that the metrics read at a scrape. */
export interface MetricSource {
  counts(): Promise<DeliveryCounts>;
  kept(): Promise<KeptOutcomes>;
  audit(): Promise<AuditAges>;
  /** Counts the workers that are alive. */
  workers(): Promise<number>;
  /** Whether each readiness check passes, by its name. */
  ready(): Promise<Readonly<Record<string, boolean>>>;
}

/** The metric values that one instance of Cairnloop supplies. */
export interface InstanceMetricSource extends MetricSource {
  /** Identifies the database and schema; it is equal for instances that count the same rows. */
  database: string;
}

/** Cairnloop's metrics in one registry. All instances that share the registry use them. */
interface RegistryMetrics {
  names: ReadonlyMap<string, object>;
  set: MetricSet;
  sources: Set<InstanceMetricSource>;
}

/**
 * The key under which a registry object holds Cairnloop's metrics, so that another copy of this package finds them too.
 */
const ownMetrics = Symbol.for('cairnloop.registry-metrics.1');

/**
 * Adds an instance to the metrics of a registry, which are made at the first call. Throws `METRIC_NAME_TAKEN` where the
 * host has a metric of the same name, `METRICS_REGISTRY_UNUSABLE` where the registry cannot take or print them.
 */
export async function addInstanceToMetricsRegistry(
  registry: Registry,
  source: InstanceMetricSource,
): Promise<RegistryMetrics> {
  const holder = registry as Registry & { [ownMetrics]?: RegistryMetrics };
  const metrics = holder[ownMetrics] ?? createRegistryMetrics();
  refuseTakenNames(registry, metrics);
  Object.defineProperty(holder, ownMetrics, { value: metrics, configurable: true });
  metrics.sources.add(source);
  register(registry, missingFrom(registry, metrics));
  await requirePrintable(registry);
  return metrics;
}

function createRegistryMetrics(): RegistryMetrics {
  const sources = new Set<InstanceMetricSource>();
  const set = createMetricSet({
    counts: () => sumOf([...sources]),
    kept: () => keptOf([...sources]),
    audit: () => auditOf([...sources]),
    workers: () => workersOf([...sources]),
    ready: () => readyOf([...sources]),
  });
  return { set, sources, names: new Map(Object.values(set).map((metric) => [nameOf(metric), metric])) };
}

function nameOf(metric: object): string {
  return (metric as { name: string }).name;
}

/** Adds up the delivery counts of all schemas; several instances on one schema count once. */
async function sumOf(sources: readonly InstanceMetricSource[]): Promise<DeliveryCounts> {
  const sums = new Map<string, DeliveryCounts[number]>();
  for (const counts of await Promise.all(onePerDatabase(sources).map((source) => source.counts()))) {
    for (const { topic, pending, discarded, oldestDueSeconds } of counts) {
      const sum = sums.get(topic);
      sums.set(topic, {
        topic,
        pending: pending + (sum?.pending ?? 0),
        discarded: discarded + (sum?.discarded ?? 0),
        oldestDueSeconds: Math.max(oldestDueSeconds, sum?.oldestDueSeconds ?? 0),
      });
    }
  }
  return [...sums.values()];
}

/** Adds up the callback outcomes that wait for a lock, over all schemas. */
async function keptOf(sources: readonly InstanceMetricSource[]): Promise<KeptOutcomes> {
  const kept = await Promise.all(onePerDatabase(sources).map((source) => source.kept()));
  return {
    count: kept.reduce((sum, { count }) => sum + count, 0),
    oldestSeconds: Math.max(0, ...kept.map(({ oldestSeconds }) => oldestSeconds)),
  };
}

/** The greatest age of an unsealed audit event, and of the last anchor of a schema, over all schemas. */
async function auditOf(sources: readonly InstanceMetricSource[]): Promise<AuditAges> {
  const ages = await Promise.all(onePerDatabase(sources).map((source) => source.audit()));
  const anchors = ages.flatMap(({ anchorAgeSeconds }) => anchorAgeSeconds ?? []);
  return {
    oldestUnsealedSeconds: Math.max(0, ...ages.map(({ oldestUnsealedSeconds }) => oldestUnsealedSeconds)),
    anchorAgeSeconds: anchors.length > 0 ? Math.max(...anchors) : null,
  };
}

function onePerDatabase(sources: readonly InstanceMetricSource[]): InstanceMetricSource[] {
  return [...new Map(sources.map((source) => [source.database, source])).values()];
}

async function workersOf(sources: readonly InstanceMetricSource[]): Promise<number> {
  const counts = await Promise.all(onePerDatabase(sources).map((source) => source.workers()));
  return counts.reduce((sum, count) => sum + count, 0);
}

/** A readiness check passes only if it passes in every Cairnloop instance of this registry. */
async function readyOf(sources: readonly InstanceMetricSource[]): Promise<Record<string, boolean>> {
  const ready: Record<string, boolean> = {};
  for (const checks of await Promise.all(sources.map((source) => source.ready())))
    for (const [check, passed] of Object.entries(checks)) ready[check] = passed && (ready[check] ?? true);
  return ready;
}

function refuseTakenNames(registry: Registry, { names }: RegistryMetrics): void {
  for (const [name, metric] of names) {
    const found: object | undefined = registry.getSingleMetric(name);
    if (found && found !== metric) throw new CairnloopError('METRIC_NAME_TAKEN', { name });
  }
}

function missingFrom(registry: Registry, { names }: RegistryMetrics): [name: string, metric: object][] {
  return [...names].filter(([name]) => registry.getSingleMetric(name) === undefined);
}

/**
 * Registers metrics under their full names: an OpenMetrics registry removes `_total` from the name of a counter that it
 * has printed.
 */
function register(registry: Registry, missing: [name: string, metric: object][]): void {
  try {
    for (const [name, metric] of missing) registry.registerMetric(Object.assign(metric, { name }) as never);
  } catch (error) {
    throw new CairnloopError('METRICS_REGISTRY_UNUSABLE', { reason: errorText(error, 200) });
  }
}

/** Checks that the registry prints Cairnloop's metrics: one of an older prom-client may leave them out. */
async function requirePrintable(registry: Registry): Promise<void> {
  const name = 'cairnloop_conversations_resolved_total';
  const said = await printed(registry, name);
  if (!said.includes(`\n${name}`)) throw new CairnloopError('METRICS_REGISTRY_UNUSABLE', { reason: said });
}

async function printed(registry: Registry, name: string): Promise<string> {
  try {
    return await registry.getSingleMetricAsString(name);
  } catch (error) {
    return errorText(error, 200);
  }
}

/**
 * Registers the metrics again after the host cleared its registry; counts are kept. A single metric that the host
 * removed stays removed. Never throws.
 */
export function reregisterClearedMetrics(registry: Registry, metrics: RegistryMetrics, log: Logger): void {
  try {
    const missing = missingFrom(registry, metrics);
    if (missing.length < metrics.names.size) return;
    register(registry, missing);
  } catch (error) {
    log.warn({ reason: errorText(error) }, 'metrics could not be put back into the registry, which was cleared');
  }
}
