import type { AuditAnchor } from '../contracts/domain.js';
import { declareStatement, type Executor, type NoStatementParams } from '../db/statement.js';
import { type Timestamp, toDate } from '../db/timestamp.js';
import { auditChainStart } from './hash-chain.js';

/** Reads the current end of the audit chain, to be kept where the owner of the database cannot change it. */
export async function readAuditAnchor(executor: Executor): Promise<AuditAnchor> {
  const [row] = await executor.run(selectAnchor);
  return {
    seq: Number(row?.seq ?? auditChainStart.seq),
    hash: row?.hash ?? auditChainStart.hash,
    count: Number(row?.count ?? 0),
    at: toDate(row?.at ?? new Date()),
    keyId: row?.key_id ?? null,
  };
}

interface AnchorRow {
  seq: string | null;
  hash: string | null;
  key_id: string | null;
  count: string;
  at: Timestamp;
}

const selectAnchor = declareStatement<NoStatementParams, AnchorRow>(
  'audit.anchor',
  (s) => `
    SELECT last.seq, last.hash, last.key_id, ${s}.clock() AS at,
      (SELECT count(*) FROM ${s}.audit_events WHERE seq IS NOT NULL) AS count
    FROM (SELECT) one LEFT JOIN (
      SELECT seq, hash, key_id FROM ${s}.audit_events WHERE seq IS NOT NULL ORDER BY seq DESC LIMIT 1) last ON true`,
);
