import { pino } from 'pino';
import { createCairnloop } from '../../dist/index.js';
import { countCalls } from '../support/count.mjs';
import { withClient } from '../support/postgres.mjs';

/** Owes one `onConversationResolved` for each of the first `jobs` conversations, due a millisecond apart. */
export async function prepare(url, { jobs }) {
  await withClient(url, async (client) => {
    await client.query(insertDeliveries, [jobs]);
    await client.query('VACUUM ANALYZE cairnloop.deliveries');
  });
}

/** Drains them with one worker; the callback waits `callbackMs`. Returns the seconds it took. */
export function work(url, { jobs, concurrency = 200, callbackMs = 0 }) {
  return drainWith(url, { jobs, concurrency }, (count) => notifierThat(count, callbackMs));
}

/** Starts a worker with the notifier that `notifierOf` makes of a function to call once a call. */
export async function drainWith(url, { jobs, concurrency }, notifierOf) {
  let onCall;
  const cairnloop = await createCairnloop(
    { database: { url }, worker: { concurrency }, notifier: notifierOf(() => onCall()) },
    { logger: pino({ level: 'silent' }) },
  );
  const count = countCalls(jobs);
  onCall = count.call;
  await cairnloop.worker.start();
  const seconds = await count.all;
  await cairnloop.close();
  return { seconds };
}

/** A Notifier whose resolved callback does nothing but count, after waiting if asked to. */
export function notifierThat(count, callbackMs) {
  return {
    onConversationResolved() {
      count();
      return callbackMs > 0 ? new Promise((resolve) => setTimeout(resolve, callbackMs)) : undefined;
    },
    onSlaBreach() {},
    onOutboundTriggered() {},
  };
}

const insertDeliveries = `
  INSERT INTO cairnloop.deliveries (topic, conversation_id, dedupe_key, payload, available_at, created_at)
  SELECT 'conversation_resolved', id, id || '/1',
    jsonb_build_object('actor', jsonb_build_object('id', 'operator-1'), 'metadata', '{}'::jsonb, 'resolvedAt', now()),
    now() - make_interval(secs => row_number() OVER (ORDER BY id DESC) / 1000.0), now()
  FROM cairnloop.conversations ORDER BY id LIMIT $1`;
