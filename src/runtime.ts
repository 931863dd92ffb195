import type { Logger } from 'pino';
import type { Activity } from './activity/activity.js';
import type { ResolvedConfig } from './config/config-types.js';
import type { ContextReader } from './context/context-reader.js';
import type { Database } from './db/connect.js';
import type { Jobs } from './jobs/jobs.js';
import type { Metrics } from './ops/metrics.js';
import type { Telemetry } from './telemetry/telemetry.js';

/** What every operation works with; made once by `createCairnloop`. */
export interface Runtime {
  readonly config: ResolvedConfig;
  readonly db: Database;
  readonly jobs: Jobs;
  readonly activity: Activity;
  readonly context: ContextReader;
  readonly telemetry: Telemetry;
  readonly metrics: Metrics;
  readonly log: Logger;
}
