import { figure } from '../support/report.mjs';
import { median } from '../support/stats.mjs';

const reads = 201;

/** What reads cost on tables that are cut by time into so many parts, against the same rows in one table. */
const cases = [
  {
    table: 'messages',
    parts: 24,
    what: 'the messages of one conversation',
    index: '(conversation_id, created_at, id)',
    read: (table) => `
      SELECT id, role, content, created_at FROM ${table}
      WHERE conversation_id = (SELECT id FROM cairnloop.conversations OFFSET floor(random() * 1000) LIMIT 1)
      ORDER BY created_at, id LIMIT 50`,
  },
  {
    table: 'deliveries',
    parts: 7,
    what: 'a claim of 200',
    index: `(topic, available_at, id) WHERE state = 'pending'`,
    read: (table) => `
      SELECT id FROM ${table} WHERE topic = 'reply' AND state = 'pending' AND available_at <= now()
      ORDER BY available_at, id LIMIT 200 FOR UPDATE SKIP LOCKED`,
  },
];

export async function partitions(query) {
  const rows = [];
  for (const { table, parts, what, index, read } of cases) {
    await cut(query, table, parts, index);
    const whole = await typical(query, read('cairnloop.sizing_whole'));
    const cutUp = await typical(query, read('cairnloop.sizing_cut'));
    await query('DROP TABLE cairnloop.sizing_whole, cairnloop.sizing_cut');
    rows.push([`${what}, ${parts} parts`, figure(whole), figure(cutUp), `${figure(cutUp / whole)}x`]);
  }
  return {
    caption: 'Reads that name no time, on a table cut by time',
    head: ['read', 'one table (ms)', 'cut (ms)', ''],
    rows,
  };
}

/** The same rows twice, spread evenly over so many days; of the deliveries one in a hundred is pending. */
async function cut(query, table, parts, index) {
  const like = `(LIKE cairnloop.${table} INCLUDING DEFAULTS)`;
  await query(`CREATE TABLE cairnloop.sizing_whole ${like}`);
  await query(`CREATE TABLE cairnloop.sizing_cut ${like} PARTITION BY RANGE (created_at)`);
  for (let part = 0; part < parts; part += 1)
    await query(`CREATE TABLE cairnloop.sizing_cut_${part} PARTITION OF cairnloop.sizing_cut
      FOR VALUES FROM (date '2026-01-01' + ${part}) TO (date '2026-01-01' + ${part + 1})`);
  await query(`INSERT INTO cairnloop.sizing_whole SELECT * FROM cairnloop.${table}`);
  await query(`UPDATE cairnloop.sizing_whole
    SET created_at = date '2026-01-01' + (abs(hashtext(conversation_id::text)) % ${parts}) * interval '1 day'`);
  if (table === 'deliveries')
    await query(`UPDATE cairnloop.sizing_whole SET state = 'pending', settled_at = NULL
      WHERE abs(hashtext(id::text)) % 100 = 0`);
  await query('INSERT INTO cairnloop.sizing_cut SELECT * FROM cairnloop.sizing_whole');
  for (const name of ['whole', 'cut']) {
    await query(`CREATE INDEX ON cairnloop.sizing_${name} ${index}`);
    await query(`VACUUM ANALYZE cairnloop.sizing_${name}`);
  }
}

async function typical(query, text) {
  const times = [];
  for (let read = 0; read < reads; read += 1) {
    const started = performance.now();
    await query(text);
    times.push(performance.now() - started);
  }
  return median(times);
}
