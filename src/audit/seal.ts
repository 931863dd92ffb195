import type { Database } from '../db/connect.js';
import { type Executor, statement } from '../db/statement.js';
import { CairnloopError } from '../foundation/errors.js';
import { type ChainEnd, endFault, readChainEnd, writeChainEnd } from './chain-end.js';
import { salted } from './format.js';
import { type Link, type SealedEvent, sealEvents } from './hash-chain.js';
import { type AuditKeys, lineText, noKeys } from './keys.js';
import { type ChainRow, chainColumns, toChainEvent } from './pages.js';

/** How many events one transaction seals. */
const batchSize = 500;

/** How many batches one call seals; what is left waits for the next, so that a worker can stop in between. */
const maxBatches = 100;

/**
 * Gives unsealed audit events their places in the hash chain, oldest first, and returns how many. An event whose
 * transaction commits late takes the next place, whatever its id. Where another process is sealing, this one leaves it
 * to that one and returns 0. Throws `AUDIT_KEY_MISSING`, `AUDIT_KEY_RETIRED`.
 */
export async function sealAudit(db: Database, keys: AuditKeys = noKeys): Promise<number> {
  let sealed = 0;
  for (let batch = 0; batch < maxBatches; batch += 1) {
    const count = await db.transaction((tx) => sealBatch(tx, keys));
    sealed += count;
    if (count < batchSize) break;
  }
  return sealed;
}

async function sealBatch(tx: Executor, keys: AuditKeys): Promise<number> {
  const [lock] = await tx.run<{ taken: boolean }>(takeTurn);
  if (!lock?.taken) return 0;
  const end = await readChainEnd(tx);
  await requireKey(tx, end, keys);
  await recordEndFault(tx, end, keys);
  await recordKeyChange(tx, end, keys);
  const rows = await readUnsealed(tx);
  const sealed = sealEvents(
    end.last,
    rows.map((row) => salted(toChainEvent(row))),
  );
  if (sealed.length > 0) await tx.run(writeSeals, sealValues(sealed, keys));
  const last: Link = sealed.at(-1) ?? end.last;
  if (sealed.length > 0 || end.recorded?.keyId !== (keys.current?.id ?? null))
    await writeChainEnd(tx, last, keys.current);
  return sealed.length;
}

/** A record that is signed goes on being signed: a worker without the key leaves its lines to those that have it. */
async function requireKey(tx: Executor, { keyId }: ChainEnd, { current, byId }: AuditKeys): Promise<void> {
  if (keyId === null || keyId === current?.id) return;
  if (!current || !byId.has(keyId)) throw new CairnloopError('AUDIT_KEY_MISSING', { keyId });
  const [used] = await tx.run<{ used: boolean }>(selectUsed, [current.id]);
  if (used?.used) throw new CairnloopError('AUDIT_KEY_RETIRED', { keyId: current.id, current: keyId });
}

/** The end that was sealed last is not the end that is found: sealing on would hide it, so the record says so. */
async function recordEndFault(tx: Executor, end: ChainEnd, keys: AuditKeys): Promise<void> {
  const fault = endFault(end, keys);
  if (fault === null) return;
  const expected = end.recorded && `${end.recorded.seq}:${end.recorded.hash}`;
  await tx.run(insertOwnEvent, [faultAction, { fault, expected, found: `${end.last.seq}:${end.last.hash}` }]);
}

/** Events without a receipt were put in without their triggers; sealing removes that trace, so the record says so. */
async function readUnsealed(tx: Executor): Promise<ChainRow[]> {
  const rows = await tx.run<ChainRow>(selectUnsealed, [batchSize]);
  if (rows.length === 0) return rows;
  const found = await tx.run<{ id: string }>(selectWithoutReceipt, [rows.map(({ id }) => id)]);
  if (found.length === 0) return rows;
  const fault = 'events had no receipt when they were sealed: they were put in, or their receipts removed';
  await tx.run(insertOwnEvent, [faultAction, { fault, events: found.map(({ id }) => id) }]);
  return tx.run<ChainRow>(selectUnsealed, [batchSize]);
}

/** Signing begins, or goes on with another key: the record says when, so that it cannot begin anew unseen. */
async function recordKeyChange(tx: Executor, { last, keyId }: ChainEnd, { current }: AuditKeys): Promise<void> {
  if (last.seq > 0 && current && current.id !== keyId)
    await tx.run(insertOwnEvent, ['audit.key_changed', { from: keyId, to: current.id }]);
}

function sealValues(sealed: readonly SealedEvent[], { current }: AuditKeys): unknown[] {
  return [
    sealed.map(({ id }) => id),
    sealed.map(({ seq }) => seq),
    sealed.map(({ hash }) => hash),
    sealed.map(({ actorSalt }) => actorSalt ?? null),
    sealed.map(({ detailSalt }) => detailSalt ?? null),
    current?.id ?? null,
    sealed.map(({ hash }) => current?.sign(lineText(hash)) ?? null),
  ];
}

/** The action of an event that says what the sealer found changed. */
export const faultAction = 'audit.fault_found';

/** One key per schema. Held to the end of the transaction, so that the next to get it sees the whole chain. */
export const lockKey = (s: string): string => `hashtextextended('cairnloop.audit.' || '${s.replaceAll("'", "''")}', 0)`;

const takeTurn = statement('audit.take_turn', (s) => `SELECT pg_try_advisory_xact_lock(${lockKey(s)}) AS taken`);

const selectUnsealed = statement(
  'audit.unsealed',
  (s) => `SELECT ${chainColumns} FROM ${s}.audit_events WHERE seq IS NULL ORDER BY id LIMIT $1`,
);

const selectUsed = statement(
  'audit.key_used',
  (s) => `SELECT EXISTS (SELECT FROM ${s}.audit_events WHERE key_id = $1) AS used`,
);

const selectWithoutReceipt = statement(
  'audit.without_receipt',
  (s) => `SELECT id FROM ${s}.audit_events_without_receipt($1::uuid[]) id`,
);

const insertOwnEvent = statement(
  'audit.own_event',
  (s) => `
    INSERT INTO ${s}.audit_events (at, actor, action, detail) VALUES (${s}.clock(), '{"id": "system:audit"}', $1, $2)`,
);

const writeSeals = statement(
  'audit.seal',
  (s) => `
    UPDATE ${s}.audit_events SET
      seq = seal.seq, hash = seal.hash, format = 2, actor_salt = decode(seal.actor_salt, 'hex'),
      detail_salt = decode(seal.detail_salt, 'hex'), key_id = $6, mac = decode(seal.mac, 'hex')
    FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::text[], $7::text[])
      AS seal (id, seq, hash, actor_salt, detail_salt, mac)
    WHERE audit_events.id = seal.id`,
);
