import type pg from 'pg';
import { deliveryTopics } from '../contracts/domain.js';
import { oldestConversationClosedAtSql } from '../customers/retention.js';
import { quoteIdentifier, toParameterValues } from '../db/connect.js';
import { waitsForEarlierDeliverySql } from '../deliveries/ordered-topics.js';
import { isUnclaimedSql } from '../deliveries/sql-conditions.js';
import { findWorkerHeartbeats } from '../deliveries/worker-health.js';
import { discardedCountCap, type WorkloadFacts } from './facts.js';
import { selectAuditFacts, toAuditFacts } from './read-audit.js';

/**
 * Reads which workers run and what waits for them. Every statement uses an index and reads a bounded number of rows.
 */
export async function readWorkloadFacts(client: pg.Client, schema: string): Promise<WorkloadFacts> {
  const s = quoteIdentifier(schema);
  const workers = await findWorkerHeartbeats({
    run: async (statement, ...[params]) =>
      (await client.query(statement.text(s), toParameterValues(statement, params))).rows,
  });
  const announced = await client.query(selectAnnounced(s));
  const oldest = await client.query(selectOldestDue(s), [deliveryTopics]);
  const discarded = await client.query(selectDiscarded(s), [deliveryTopics]);
  const priorities = await client.query(selectPriorities(s));
  const ages = await client.query(selectAges(s));
  const audit = await client.query(selectAuditFacts(s));
  return {
    workers,
    announced: announced.rows[0]?.modules ?? null,
    oldestDueMs: oldest.rows[0].ms,
    discarded: discarded.rows,
    priorities: priorities.rows.map((row) => row.priority),
    oldestClosedMs: ages.rows[0].closed_ms,
    oldestErasureMs: ages.rows[0].erasure_ms,
    audit: toAuditFacts(audit.rows[0]),
  };
}

const selectAnnounced = (s: string) => `SELECT modules FROM ${s}.announced_modules`;

const selectOldestDue = (s: string) => `
  SELECT (extract(epoch FROM ${s}.clock() - min(first.available_at)) * 1000)::float8 AS ms
  FROM unnest($1::text[]) AS t (topic) CROSS JOIN LATERAL (
    SELECT available_at FROM ${s}.deliveries d
    WHERE d.topic = t.topic AND d.state = 'pending' AND d.available_at <= ${s}.clock()
      AND ${isUnclaimedSql(s)} AND NOT ${waitsForEarlierDeliverySql(s, 'd')}
    ORDER BY d.available_at LIMIT 1
  ) first`;

const selectDiscarded = (s: string) => `
  SELECT t.topic, count(*)::int AS count
  FROM unnest($1::text[]) AS t (topic) CROSS JOIN LATERAL (
    SELECT FROM ${s}.deliveries d
    WHERE d.topic = t.topic AND d.state = 'discarded' AND NOT d.by_hand LIMIT ${discardedCountCap}
  ) few
  GROUP BY t.topic ORDER BY t.topic`;

const selectAges = (s: string) => {
  const ageOf = (time: string) => `(extract(epoch FROM ${s}.clock() - (${time})) * 1000)::float8`;
  return `SELECT ${ageOf(oldestConversationClosedAtSql(s))} AS closed_ms,
    ${ageOf(`SELECT min(started_at) FROM ${s}.erasures`)} AS erasure_ms`;
};

const selectPriorities = (s: string) => `
  SELECT DISTINCT priority FROM (
    SELECT priority FROM ${s}.conversations WHERE status = 'open' ORDER BY updated_at DESC, id DESC LIMIT 1000
  ) newest
  ORDER BY priority`;
