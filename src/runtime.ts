import type { Logger } from 'pino';
import type { AgendaJobs } from './agenda/jobs.js';
import type { ChangeFeed } from './change-feed/change-feed.js';
import type { ResolvedConfig } from './config/config-types.js';
import type { ContextReader } from './context/context-reader.js';
import type { Database } from './db/connect.js';
import type { DeferredFollowUps } from './events/announce.js';
import type { Metrics } from './telemetry/metrics.js';
import type { Telemetry } from './telemetry/telemetry.js';
import type { Traces } from './telemetry/traces.js';

/** The config, database, jobs and telemetry that every operation uses; made once by `createCairnloop`. */
export interface Runtime {
  readonly config: ResolvedConfig;
  readonly db: Database;
  readonly jobs: AgendaJobs;
  readonly changeFeed: ChangeFeed;
  readonly context: ContextReader;
  readonly telemetry: Telemetry;
  readonly traces: Traces;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** Set in a transaction that the host commits: collects what must follow the commit, such as telemetry. */
  readonly held?: DeferredFollowUps;
}
