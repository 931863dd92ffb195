import { pino } from 'pino';
import { openActivity } from '../../dist/activity/open-activity.js';
import { validateConfig } from '../../dist/config/config-schema.js';
import { resolveConversation } from '../../dist/conversations/resolve.js';
import { openDatabase } from '../../dist/db/connect.js';
import { createAgendaJobs } from '../../dist/jobs/agenda-jobs.js';
import { noMetrics } from '../../dist/ops/metrics.js';
import { createTelemetry } from '../../dist/telemetry/telemetry.js';
import { notifierThat } from '../contestants/cairnloop.mjs';

/** `conversations.resolve` as `createCairnloop` assembles it, so that its wake-up can be left out. */
export async function product(url, { wakes }) {
  const log = pino({ level: 'silent' });
  const config = validateConfig({ database: { url }, notifier: notifierThat(() => {}, 0) });
  const db = openDatabase(config.database);
  const jobs = createAgendaJobs(config, log);
  const activity = openActivity(db, log);
  const runtime = {
    config,
    db,
    log,
    activity,
    metrics: noMetrics,
    telemetry: createTelemetry(log),
    jobs: wakes ? jobs : { wake() {} },
  };
  return {
    resolve: (id) => resolveConversation(runtime, id, { resolvedBy: { id: 'operator-1' } }),
    async close() {
      await activity.close();
      await jobs.close();
      await db.close();
    },
  };
}
