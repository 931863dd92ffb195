import { pino } from 'pino';
import { openDatabase } from '../../src/db/connect.js';
import type { Runtime } from '../../src/runtime.js';
import { noMetrics } from '../../src/telemetry/metrics.js';
import { createTelemetry } from '../../src/telemetry/telemetry.js';
import { noTraces } from '../../src/telemetry/traces.js';
import type { StartedHost } from './started-host.js';

/** A runtime on a started host's database, for what is reached through no public call. Its `db` is for the caller to close. */
export function runtimeOf({ database }: StartedHost): Runtime {
  const log = pino({ level: 'silent' });
  return {
    config: {},
    db: openDatabase({ url: database.url, schema: 'cairnloop', poolSize: 5 }),
    log,
    metrics: noMetrics,
    telemetry: createTelemetry(log),
    jobs: { wake: () => {} },
    traces: noTraces,
    changeFeed: { changed: () => {} },
  } as unknown as Runtime;
}
