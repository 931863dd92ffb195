import type { Database } from '../db/connect.js';
import { type Executor, statement } from '../db/statement.js';
import { chainStart, type Link, sealEvents } from './hash-chain.js';
import { type ChainRow, chainColumns, toChainEvent } from './pages.js';

/** How many events one transaction seals. */
const batchSize = 500;

/** How many batches one call seals; what is left waits for the next, so that a worker can stop in between. */
const maxBatches = 100;

/**
 * Gives unsealed audit events their places in the hash chain, oldest first, and answers how many. An event whose
 * transaction commits late takes the next place, whatever its id. Where another process is sealing, this one leaves it
 * to that one and answers 0.
 */
export async function sealAudit(db: Database): Promise<number> {
  let sealed = 0;
  for (let batch = 0; batch < maxBatches; batch += 1) {
    const count = await db.transaction((tx) => sealBatch(tx, db.schema));
    sealed += count;
    if (count < batchSize) break;
  }
  return sealed;
}

async function sealBatch(tx: Executor, schema: string): Promise<number> {
  const [lock] = await tx.run<{ taken: boolean }>(takeTurn, [`cairnloop.audit.${schema}`]);
  if (!lock?.taken) return 0;
  const rows = await tx.run<ChainRow>(selectUnsealed, [batchSize]);
  if (rows.length === 0) return 0;
  const sealed = sealEvents(await readChainEnd(tx), rows.map(toChainEvent));
  await tx.run(writeSeals, [sealed.map((e) => e.id), sealed.map((e) => e.seq), sealed.map((e) => e.hash)]);
  return sealed.length;
}

/** The last sealed link; {@link chainStart} while nothing is sealed. */
export async function readChainEnd(executor: Executor): Promise<Link> {
  const [last] = await executor.run<{ seq: string; hash: string }>(selectLast, []);
  return last ? { seq: Number(last.seq), hash: last.hash } : chainStart;
}

/** Held to the end of the transaction, so that the next to get it sees the whole chain. */
const takeTurn = statement(
  'audit.take_turn',
  () => 'SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS taken',
);

const selectUnsealed = statement(
  'audit.unsealed',
  (s) => `SELECT ${chainColumns} FROM ${s}.audit_events WHERE seq IS NULL ORDER BY id LIMIT $1`,
);

const selectLast = statement(
  'audit.last_sealed',
  (s) => `SELECT seq, hash FROM ${s}.audit_events WHERE seq IS NOT NULL ORDER BY seq DESC LIMIT 1`,
);

const writeSeals = statement(
  'audit.seal',
  (s) => `
    UPDATE ${s}.audit_events SET seq = seal.seq, hash = seal.hash
    FROM unnest($1::uuid[], $2::bigint[], $3::text[]) AS seal (id, seq, hash) WHERE audit_events.id = seal.id`,
);
