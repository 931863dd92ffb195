import { declareStatement, type Executor, type NoStatementParams } from '../db/statement.js';
import { type AuditChainLink, auditChainStart } from './hash-chain.js';
import { type AuditKey, type AuditKeys, signedChainEndText } from './keys.js';

/** The end of the audit chain: the last sealed event, and the end that the sealer recorded. */
export interface AuditChainEnd {
  /** The last sealed event; {@link auditChainStart} while nothing is sealed. */
  last: AuditChainLink;
  /** The id of the key that signed the last sealed event. */
  keyId: string | null;
  /** The end of the chain as the sealer recorded it; null where that record was deleted. */
  recorded: (AuditChainLink & { keyId: string | null; mac: string | null }) | null;
}

export async function readAuditChainEnd(executor: Executor): Promise<AuditChainEnd> {
  const [row] = await executor.run(selectEnd);
  const seq = row?.last_seq;
  return {
    last: seq ? { seq: Number(seq), hash: row.last_hash ?? '' } : auditChainStart,
    keyId: row?.last_key_id ?? null,
    recorded: row?.seq
      ? {
          seq: Number(row.seq),
          hash: row.hash ?? '',
          keyId: row.key_id,
          mac: row.mac,
        }
      : null,
  };
}

/**
 * Says how the recorded end of the chain differs from the actual one, or what is wrong with its signature; null if it
 * is right.
 */
export function findChainEndFault({ last, keyId, recorded }: AuditChainEnd, keys: AuditKeys): string | null {
  if (!recorded) return 'the row that records the end of the chain is gone';
  if (recorded.seq !== last.seq || recorded.hash !== last.hash)
    return `the chain ends at event ${last.seq}, but event ${recorded.seq} was sealed last`;
  if (keyId !== null && recorded.keyId === null) return 'the signature of the end of the chain is gone';
  const key = recorded.keyId === null ? undefined : keys.byId.get(recorded.keyId);
  if (key && !key.signed(signedChainEndText(recorded.seq, recorded.hash), recorded.mac))
    return 'the end of the chain was not signed by the key that it names';
  return null;
}

export async function writeAuditChainEnd(
  tx: Executor,
  { seq, hash }: AuditChainLink,
  key: AuditKey | null,
): Promise<void> {
  const mac = key?.sign(signedChainEndText(seq, hash)) ?? null;
  await tx.run(upsertEnd, { seq, hash, keyId: key?.id ?? null, mac });
}

interface EndRow {
  last_seq: string | null;
  last_hash: string | null;
  last_key_id: string | null;
  seq: string | null;
  hash: string | null;
  key_id: string | null;
  mac: string | null;
}

const selectEnd = declareStatement<NoStatementParams, EndRow>(
  'audit.chain_end',
  (s) => `
    SELECT last.seq AS last_seq, last.hash AS last_hash, last.key_id AS last_key_id, recorded.seq, recorded.hash,
      recorded.key_id, encode(recorded.mac, 'hex') AS mac
    FROM (SELECT) one
    LEFT JOIN (
      SELECT seq, hash, key_id FROM ${s}.audit_events WHERE seq IS NOT NULL ORDER BY seq DESC LIMIT 1) last ON true
    LEFT JOIN ${s}.audit_chain_end recorded ON true`,
);

const upsertEnd = declareStatement<{ seq: number; hash: string; keyId: string | null; mac: string | null }>(
  'audit.write_chain_end',
  (s, p) => `
    INSERT INTO ${s}.audit_chain_end (seq, hash, key_id, mac)
    VALUES (${p.seq}, ${p.hash}, ${p.keyId}, decode(${p.mac}, 'hex'))
    ON CONFLICT (single_row) DO UPDATE SET seq = excluded.seq, hash = excluded.hash, key_id = excluded.key_id, mac = excluded.mac`,
);
