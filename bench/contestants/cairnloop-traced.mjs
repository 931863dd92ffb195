import { pino } from 'pino';
import { createCairnloop, openTelemetry } from '../../dist/index.js';
import { countCalls } from '../support/count.mjs';
import { withClient } from '../support/postgres.mjs';
import { notifierThat } from './cairnloop.mjs';

/**
 * Owes one `onConversationResolved` for each of the first `jobs` conversations, as `cairnloop.mjs` does. A share `sampled` of
 * them was written in a trace that is recorded, the others in one that is not; null: none was traced.
 */
export async function prepare(url, { jobs, sampled }) {
  await withClient(url, async (client) => {
    await client.query(insertDeliveries, [jobs, sampled]);
    await client.query('VACUUM ANALYZE cairnloop.deliveries');
  });
}

/** Drains them with one worker. Returns the seconds it took, and of CPU in this process. */
export async function work(url, { jobs, sampled, callbackMs = 0 }) {
  const tracing = sampled === null ? {} : { tracing: openTelemetry({ tracerProvider: await startSdk() }) };
  let onCall;
  const notifier = notifierThat(() => onCall(), callbackMs);
  const config = { database: { url }, notifier, ...tracing };
  const cairnloop = await createCairnloop(config, { logger: pino({ level: 'silent' }) });
  const count = countCalls(jobs);
  onCall = count.call;
  const before = process.cpuUsage();
  await cairnloop.worker.start();
  const seconds = await count.all;
  const { user, system } = process.cpuUsage(before);
  await cairnloop.close();
  return { seconds, cpuSeconds: (user + system) / 1e6 };
}

/** As a host has it in production, with an exporter that sends nothing: what it sends is the host's own choice. */
async function startSdk() {
  const { BatchSpanProcessor, NodeTracerProvider } = await import('@opentelemetry/sdk-trace-node');
  const exporter = {
    export: (_spans, done) => done({ code: 0 }),
    shutdown: async () => {},
    forceFlush: async () => {},
  };
  const provider = new NodeTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] });
  provider.register();
  return provider;
}

const insertDeliveries = `
  INSERT INTO cairnloop.deliveries (topic, conversation_id, dedupe_key, payload, available_at, created_at, traceparent)
  SELECT 'conversation_resolved', id, id || '/1',
    jsonb_build_object('actor', jsonb_build_object('id', 'operator-1'), 'metadata', '{}'::jsonb, 'resolvedAt', now()),
    now() - make_interval(secs => row_number() OVER (ORDER BY id DESC) / 1000.0), now(),
    CASE WHEN $2::float8 IS NOT NULL THEN '00-' || md5(id::text) || '-' || left(md5('span of ' || id), 16)
      || CASE WHEN row_number() OVER (ORDER BY md5(id::text)) <= $2::float8 * $1::int THEN '-01' ELSE '-00' END END
  FROM (SELECT id FROM cairnloop.conversations ORDER BY id LIMIT $1::int) c`;
