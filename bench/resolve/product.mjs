import { pino } from 'pino';
import { createAgendaJobs } from '../../dist/agenda/agenda-jobs.js';
import { openChangeFeed } from '../../dist/change-feed/open-change-feed.js';
import { validateConfig } from '../../dist/config/config-schema.js';
import { resolveConversation } from '../../dist/conversations/resolve.js';
import { openDatabase } from '../../dist/db/connect.js';
import { noMetrics } from '../../dist/telemetry/metrics.js';
import { createTelemetry } from '../../dist/telemetry/telemetry.js';
import { notifierThat } from '../contestants/cairnloop.mjs';

/** `conversations.resolve` as `createCairnloop` assembles it, so that its wake-up can be left out. */
export async function product(url, { wakes }) {
  const log = pino({ level: 'silent' });
  const config = validateConfig({ database: { url }, notifier: notifierThat(() => {}, 0) });
  const db = openDatabase(config.database);
  const jobs = createAgendaJobs(config, log);
  const changeFeed = openChangeFeed(db, log);
  const runtime = {
    config,
    db,
    log,
    changeFeed,
    metrics: noMetrics,
    telemetry: createTelemetry(log),
    jobs: wakes ? jobs : { wake() {} },
  };
  return {
    resolve: (id) => resolveConversation(runtime, id, { resolvedBy: { id: 'operator-1' } }),
    async close() {
      await changeFeed.close();
      await jobs.close();
      await db.close();
    },
  };
}
