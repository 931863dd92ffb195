import type { Database } from '../db/connect.js';
import { declareStatement, type Executor, type NoStatementParams } from '../db/statement.js';
import { insertAuditLinesSql, systemActorSql } from '../events/audit-lines.js';
import { CairnloopError } from '../foundation/errors.js';
import { type AuditChainEnd, findChainEndFault, readAuditChainEnd, writeAuditChainEnd } from './chain-end.js';
import { addFieldSalts } from './format.js';
import { type AuditChainLink, type SealedAuditEvent, sealAuditEvents } from './hash-chain.js';
import { type AuditKeys, noAuditKeys, signedAuditEventText } from './keys.js';
import { type AuditChainRow, auditChainColumns, toAuditChainEvent } from './pages.js';

/** How many audit events one transaction seals. */
const batchSize = 500;

/**
 * How many batches one call of {@link sealAudit} seals. The rest waits for the next call, so that a worker can stop in
 * between.
 */
const maxBatches = 100;

/**
 * Gives unsealed audit events their places in the hash chain, oldest first, and returns how many. An event whose
 * transaction commits late takes the next place, regardless of its id. While another process is sealing, it does
 * nothing and returns 0. Throws `AUDIT_KEY_MISSING`, `AUDIT_KEY_RETIRED`.
 */
export async function sealAudit(db: Database, keys: AuditKeys = noAuditKeys): Promise<number> {
  let sealed = 0;
  for (let batch = 0; batch < maxBatches; batch += 1) {
    const count = await db.transaction((tx) => sealBatch(tx, keys));
    sealed += count;
    if (count < batchSize) break;
  }
  return sealed;
}

async function sealBatch(tx: Executor, keys: AuditKeys): Promise<number> {
  const [lock] = await tx.run(takeTurn);
  if (!lock?.taken) return 0;
  const end = await readAuditChainEnd(tx);
  await requireKey(tx, end, keys);
  await recordEndFault(tx, end, keys);
  await recordKeyChange(tx, end, keys);
  const rows = await readUnsealed(tx);
  const sealed = sealAuditEvents(
    end.last,
    rows.map((row) => addFieldSalts(toAuditChainEvent(row))),
  );
  if (sealed.length > 0) await tx.run(writeSeals, sealParams(sealed, keys));
  const last: AuditChainLink = sealed.at(-1) ?? end.last;
  if (sealed.length > 0 || end.recorded?.keyId !== (keys.current?.id ?? null))
    await writeAuditChainEnd(tx, last, keys.current);
  return sealed.length;
}

/** Refuses to seal a signed audit record without its key; workers that have the key seal the events. */
async function requireKey(tx: Executor, { keyId }: AuditChainEnd, { current, byId }: AuditKeys): Promise<void> {
  if (keyId === null || keyId === current?.id) return;
  if (!current || !byId.has(keyId)) throw new CairnloopError('AUDIT_KEY_MISSING', { keyId });
  const [used] = await tx.run(selectUsed, { keyId: current.id });
  if (used?.used) throw new CairnloopError('AUDIT_KEY_RETIRED', { keyId: current.id, current: keyId });
}

/** Records an event if the end of the chain is not the one that was sealed last: sealing would hide that. */
async function recordEndFault(tx: Executor, end: AuditChainEnd, keys: AuditKeys): Promise<void> {
  const fault = findChainEndFault(end, keys);
  if (fault === null) return;
  const expected = end.recorded && `${end.recorded.seq}:${end.recorded.hash}`;
  const found = `${end.last.seq}:${end.last.hash}`;
  await tx.run(insertOwnEvent, { action: auditFaultFoundAction, detail: { fault, expected, found } });
}

/**
 * Reads unsealed events, and records an event about those without a receipt, which a trigger writes at each insert:
 * these were inserted while the triggers were disabled, which sealing would hide.
 */
async function readUnsealed(tx: Executor): Promise<AuditChainRow[]> {
  const rows = await tx.run(selectUnsealed, { limit: batchSize });
  if (rows.length === 0) return rows;
  const found = await tx.run(selectWithoutReceipt, { ids: rows.map(({ id }) => id) });
  if (found.length === 0) return rows;
  const fault =
    'events had no receipt of the insert trigger when they were sealed: they were inserted past it, or their receipts were deleted';
  await tx.run(insertOwnEvent, { action: auditFaultFoundAction, detail: { fault, events: found.map(({ id }) => id) } });
  return tx.run(selectUnsealed, { limit: batchSize });
}

/**
 * Records an audit event before each key signs for the first time, so that nobody can sign the record again unnoticed.
 */
async function recordKeyChange(tx: Executor, { last, keyId }: AuditChainEnd, { current }: AuditKeys): Promise<void> {
  if (last.seq > 0 && current && current.id !== keyId)
    await tx.run(insertOwnEvent, { action: 'audit.key_changed', detail: { from: keyId, to: current.id } });
}

/** Parallel lists with one entry per sealed event, and the id of the key that signs them all. */
interface SealParams {
  ids: string[];
  seqs: number[];
  hashes: string[];
  actorSalts: (string | null)[];
  detailSalts: (string | null)[];
  macs: (string | null)[];
  keyId: string | null;
}

function sealParams(sealed: readonly SealedAuditEvent[], { current }: AuditKeys): SealParams {
  return {
    ids: sealed.map(({ id }) => id),
    seqs: sealed.map(({ seq }) => seq),
    hashes: sealed.map(({ hash }) => hash),
    actorSalts: sealed.map(({ actorSalt }) => actorSalt ?? null),
    detailSalts: sealed.map(({ detailSalt }) => detailSalt ?? null),
    macs: sealed.map(({ hash }) => current?.sign(signedAuditEventText(hash)) ?? null),
    keyId: current?.id ?? null,
  };
}

/** The audit action under which the sealer records that audit events or their chain were changed. */
export const auditFaultFoundAction = 'audit.fault_found';

/**
 * The key of a schema's sealing lock. The lock is held until the transaction ends, so that the next holder sees the
 * whole chain.
 */
export const auditLockKey = (s: string): string =>
  `hashtextextended('cairnloop.audit.' || '${s.replaceAll("'", "''")}', 0)`;

const takeTurn = declareStatement<NoStatementParams, { taken: boolean }>(
  'audit.take_turn',
  (s) => `SELECT pg_try_advisory_xact_lock(${auditLockKey(s)}) AS taken`,
);

const selectUnsealed = declareStatement<{ limit: number }, AuditChainRow>(
  'audit.unsealed',
  (s, p) => `SELECT ${auditChainColumns} FROM ${s}.audit_events WHERE seq IS NULL ORDER BY id LIMIT ${p.limit}`,
);

const selectUsed = declareStatement<{ keyId: string }, { used: boolean }>(
  'audit.key_used',
  (s, p) => `SELECT EXISTS (SELECT FROM ${s}.audit_events WHERE key_id = ${p.keyId}) AS used`,
);

const selectWithoutReceipt = declareStatement<{ ids: string[] }, { id: string }>(
  'audit.without_receipt',
  (s, p) => `SELECT id FROM ${s}.audit_events_without_receipt(${p.ids}::uuid[]) id`,
);

const insertOwnEvent = declareStatement<{ action: string; detail: Record<string, unknown> }>(
  'audit.own_event',
  (s, p) =>
    insertAuditLinesSql(s, {
      from: '(SELECT) one',
      at: `${s}.clock()`,
      actor: systemActorSql('audit'),
      actionSql: p.action,
      conversationId: 'NULL',
      detail: p.detail,
    }),
);

const writeSeals = declareStatement<SealParams>(
  'audit.seal',
  (s, p) => `
    UPDATE ${s}.audit_events SET
      seq = seal.seq, hash = seal.hash, format = 2, actor_salt = decode(seal.actor_salt, 'hex'),
      detail_salt = decode(seal.detail_salt, 'hex'), key_id = ${p.keyId}, mac = decode(seal.mac, 'hex')
    FROM unnest(${p.ids}::uuid[], ${p.seqs}::bigint[], ${p.hashes}::text[],
        ${p.actorSalts}::text[], ${p.detailSalts}::text[], ${p.macs}::text[])
      AS seal (id, seq, hash, actor_salt, detail_salt, mac)
    WHERE audit_events.id = seal.id`,
);
